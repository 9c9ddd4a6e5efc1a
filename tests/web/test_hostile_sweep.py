"""Every address, by every kind of hostile value and several roles: no failure, nothing of somebody else.

The demonstration is prepared once. What a request writes is undone before the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import get_resolver, path

from maillage.config import demonstration
from maillage.directory import api as directory
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.territory import api as territory
from maillage.web.pages.views import unreadable
from tests.factories import make_patient, make_territory
from tests.packs import fictional_pack
from tests.web.hostile_values import KINDS, OF_A_NEIGHBOUR, OF_ANOTHER
from tests.web.neighbours import Rows, rows_of_a_neighbour, rows_of_another_patient
from tests.web.sweep import MOST_STATEMENTS, Sweep

__all__ = ["fictional_pack"]
pytestmark = pytest.mark.django_db

NEIGHBOUR, ANOTHER = "Voisinage7Q", "Autrepatient7Q"
ROLES = (Role.COORDINATOR, Role.REGULATOR, Role.PHYSICIAN, Role.PATIENT, Role.EHPAD, Role.ADMINISTRATOR)
NOBODY = "nobody"


@pytest.fixture
def quiet() -> Iterator[None]:
    """Say nothing of thousands of refusals: what was wrong is in the faults."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    cache.clear()  # the tries that the sign-in counts


def signed_in(person: Person | None) -> Client:
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
    return client


def test_no_address_fails_nor_gives_what_is_somebody_else_s(fictional_pack: Path, quiet: None) -> None:
    territory.import_pack(by=None, folder=fictional_pack, extra_loaders=[directory.structure_loader])
    demonstration.populate(territory.create_demonstration_territory(by=None))
    another = rows_of_another_patient(first=OF_ANOTHER, mark=ANOTHER)
    near = rows_of_a_neighbour(first=OF_A_NEIGHBOUR, mark=NEIGHBOUR)
    copied = {model._meta.label for model in near}
    assert copied > {"people.Patient", "orientation.Request", "agenda.Appointment", "roster.Roster"}, copied

    held = RoleAssignment.objects.filter(person__is_demonstration=True).order_by("pk")
    people = {role.value: held.filter(role=role).select_related("person")[0].person for role in ROLES}
    forbidden: dict[str, list[tuple[str, Rows]]] = {key: [(NEIGHBOUR, near)] for key in [*people, NOBODY]}
    forbidden[Role.ADMINISTRATOR.value] = []  # whose rights hold everywhere
    forbidden[Role.PATIENT.value] = forbidden[NOBODY] = [(NEIGHBOUR, near), (ANOTHER, another)]
    visitors = {role: signed_in(person) for role, person in {**people, NOBODY: None}.items()}
    sweep = Sweep(get_resolver().url_patterns, visitors, forbidden)
    sweep.learn()
    for address in sweep.addresses:
        sweep.attack(address)
    assert not sweep.faults, f"{len(sweep.faults)} faults, the first:\n" + "\n\n".join(sweep.faults[:20])
    missing = {(one.name, kind) for one in sweep.addresses for kind in KINDS} - sweep.covered
    assert not missing, sorted(missing)[:20]


# --- The sweep itself: it finds each fault of a small site, and none where there is none ---


@login_not_required
def calm(request: HttpRequest) -> HttpResponse:
    """Reads what it is sent, and answers."""
    return HttpResponse(f"{len(request.GET.get('q', ''))} {len(request.POST.get('name', ''))}")


@login_not_required
def fails(request: HttpRequest) -> HttpResponse:
    """Reads a year from what nothing links to."""
    return HttpResponse(str(int(request.GET.get("year", "2026")) + 1))


@login_not_required
def shows(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows a patient to anybody."""
    found = Patient._base_manager.filter(pk=pk).first()
    return HttpResponse(found.birth_name if found else "")


@login_not_required
def changes(request: HttpRequest) -> HttpResponse:
    """Changes a patient of anybody, by a form that a page shows."""
    if request.method == "GET":
        return HttpResponse('<main><form method="post"><input name="patient" value="1"></form></main>')
    asked = request.POST.get("patient", "")
    if asked.isdecimal() and asked.isascii() and len(asked) < 18:
        Patient._base_manager.filter(pk=int(asked)).update(used_name="Autre")
    return HttpResponse("ok")


@login_not_required
def swells(request: HttpRequest) -> HttpResponse:
    """Answers with what it was sent a thousand times."""
    return HttpResponse(request.GET.get("q", "") * 1_000)


@login_not_required
def asks(request: HttpRequest) -> HttpResponse:
    """Asks the database again and again."""
    return HttpResponse(str(sum(Person.objects.count() for _time in range(MOST_STATEMENTS + 1))))


def _nothing(request: HttpRequest, exception: object = None) -> HttpResponse:
    return HttpResponse(status=404)


def _failed(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=500)


urlpatterns = [
    path("", calm, name="calm"),
    path("annees/", fails, name="fails"),
    path("patients/<int:pk>/", shows, name="shows"),
    path("changer/", changes, name="changes"),
    path("gonfler/", swells, name="swells"),
    path("demander/", asks, name="asks"),
]
handler400, handler404, handler500 = unreadable, _nothing, _failed


@override_settings(ROOT_URLCONF=__name__)
def test_the_sweep_finds_what_is_wrong_and_says_where(quiet: None) -> None:
    make_patient("Tilleul", make_territory())
    near = rows_of_a_neighbour(first=OF_A_NEIGHBOUR, mark=NEIGHBOUR)
    visitors = {NOBODY: signed_in(None)}
    found: dict[str, list[str]] = {}
    for name in ("calm", "fails", "shows", "changes", "swells", "asks"):
        sweep = Sweep(urlpatterns, visitors, {NOBODY: [(NEIGHBOUR, near)]}, depth=5)
        (address,) = (one for one in sweep.addresses if one.name == name)
        sweep.learn([address.filled(lambda _converter, _name: "1")])
        sweep.attack(address)
        found[name] = sweep.faults
    assert found.pop("calm") == []
    said = {
        "fails": "answers 500 ValueError", "shows": f"shows {NEIGHBOUR}", "swells": "bytes",
        "changes": "changes in people_patient a row of Voisinage7Q", "asks": "statements",
    }  # fmt: skip
    for name, words in said.items():
        assert any(words in fault for fault in found[name]), (name, found[name][:3])
    assert all(fault.startswith("nobody GET /annees/ {'year': ") for fault in found["fails"])
