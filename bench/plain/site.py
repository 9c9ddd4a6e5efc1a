"""Settings, addresses and views of the minimal site, in one file; DATABASE_URL says where it writes.

`python -m bench.plain.site prepare BOOKINGS CLIENTS` makes its tables, slots, patients and sessions, and
prints what the client needs as JSON; `python -m bench.plain.site count` prints bookings and distinct slots.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta

import django
import environ
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

PATIENTS = 20

if not settings.configured:
    database = environ.Env().db("DATABASE_URL")
    # As Maillage has it: a pool of ten connections, each tried before it is used.
    database |= {"OPTIONS": {"pool": {"min_size": 1, "max_size": 10, "timeout": 30}}}
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": database | {"CONN_HEALTH_CHECKS": True}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "bench.plain",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        ROOT_URLCONF="bench.plain.site",
        SECRET_KEY="for one bench only",
        USE_TZ=True,
    )
    django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402
from django.urls import path  # noqa: E402

from bench.plain.models import Booking, Patient, Slot  # noqa: E402


@login_required
def reserve(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a form, or book the slot: 302 where it was given, 409 where it was taken."""
    if request.method != "POST":
        return HttpResponse(f'<input name="csrfmiddlewaretoken" value="{get_token(request)}">')
    patient = get_object_or_404(Patient, pk=request.POST["patient"])
    with transaction.atomic():
        slot = get_object_or_404(Slot.objects.select_for_update(), pk=pk)
        if Booking.objects.filter(slot=slot).exists():
            return HttpResponse("taken", status=409)
        Booking.objects.create(slot=slot, patient=patient, booked_by=request.user)
    return HttpResponseRedirect("/")


urlpatterns = [path("<int:pk>/", reserve)]
application = get_asgi_application()


def prepare(bookings: int, clients: int) -> dict[str, list]:
    """Fill the database; return slots as (path, patient) and the session of each client."""
    for words in (("auth",), ("sessions",), ()):
        call_command("migrate", *words, run_syncdb=not words, verbosity=0, interactive=False)
    patients = [Patient.objects.create(name=f"Tilleul {number}") for number in range(PATIENTS)]
    first = datetime.now(UTC) + timedelta(days=1)
    slots = Slot.objects.bulk_create(
        Slot(starts_at=first + timedelta(minutes=20 * number)) for number in range(bookings)
    )
    wanted = [(f"/{slot.pk}/", patients[rank % PATIENTS].pk) for rank, slot in enumerate(slots)]
    return {"wanted": wanted, "sessions": [_session(number) for number in range(clients)]}


def _session(number: int) -> str:
    user = User.objects.create_user(f"client{number}")
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        print(json.dumps(prepare(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        print(Booking.objects.count(), Booking.objects.values("slot").distinct().count())
