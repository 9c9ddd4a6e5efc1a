"""A process of Maillage that books an appointment, cancels it, or works, and may be killed at a given step.

`python -m tests.agenda.process book STEP`, `cancel STEP` and `work STEP`; a step is where it kills itself.
"""

import json
import os
import signal
import sys
from datetime import UTC, datetime, time, timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models.signals import post_save  # noqa: E402

from maillage.agenda import api  # noqa: E402
from maillage.agenda.models import Appointment, Slot  # noqa: E402
from maillage.exchange.api import Notification  # noqa: E402
from maillage.kernel import outbox  # noqa: E402
from maillage.kernel.models import Delivery, Person  # noqa: E402
from maillage.kernel.rules import Role  # noqa: E402
from tests.factories import make_patient, make_person, make_professional, make_territory  # noqa: E402

LONG_AGO = "2020-01-01T00:00:00Z"
command, step = sys.argv[1:]


def die_at(name: str) -> None:
    if step == name:
        os.kill(os.getpid(), signal.SIGKILL)


def book() -> None:
    """Open an agenda, put somebody on its waiting list, book a slot."""
    place = make_territory()
    desk = make_person("yanis.fougere", Role.REGULATOR, place.scope)
    doctor = make_person("helene.aubepine", Role.PHYSICIAN, place.scope)
    agenda = api.create_agenda(
        by=doctor, professional=make_professional("Aubépine", "Hélène", account=doctor), place=place
    )
    office = api.add_schedule(by=doctor, agenda=agenda, name="Cabinet du Pont")
    day = datetime.now(UTC).date() + timedelta(days=3)
    api.add_opening(
        by=doctor, schedule=office, weekday=day.weekday(), starts=time(9), ends=time(10), minutes=20,
        valid_from=day, valid_to=day, visibility=api.Visibility.SNP, key="opening",
    )  # fmt: skip
    slot = Slot.objects.order_by("starts_at").first()
    api.wait_for(by=desk, agenda=agenda, patient=make_patient("Orme", place), key="waiting")
    with transaction.atomic():
        transaction.on_commit(lambda: die_at("booked, nobody told"))
        api.book(by=desk, slot=slot, patient=make_patient("Tilleul", place), key="booking")


def cancel() -> None:
    """Cancel what was booked: its slot is offered to who waits."""
    desk = Person.objects.get(email="yanis.fougere@example.org")
    made = Appointment.objects.for_person(desk).get()
    with transaction.atomic():
        transaction.on_commit(lambda: die_at("cancelled, nobody told"))
        api.change_state(by=desk, appointment=made, state=api.State.CANCELLED, key="cancelled")


def work() -> None:
    """Do what a worker does once every wait is over; answer which messages there are then."""
    ours = Delivery.objects.filter(delivered_at=None, handler__startswith="maillage.agenda")
    for _turn in range(2):
        ours.exclude(message__topic="agenda.offers_over").update(try_after=LONG_AGO)
        outbox.drain()
    rows = Notification.objects.deliveries(None)
    sys.stdout.write(json.dumps(sorted(row.template for row in rows)))


def told(**_signal: object) -> None:
    die_at("told, not marked")


post_save.connect(told, sender=Notification)
settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
{"book": book, "cancel": cancel, "work": work}[command]()
