"""The coordinator counts and reads no name; who has no business there gets nothing."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.people.models import AccessLogEntry
from maillage.territory.api import Territory
from maillage.transitions.actions import complex_cases as cases
from maillage.transitions.models import ComplexCase
from tests.factories import make_person, make_territory
from tests.transitions.conftest import client_of
from tests.transitions.test_ways import discharged


def test_the_coordinator_counts_without_a_name(
    case: ComplexCase, nurse: Person, manager: Person, patient: Patient, place: Territory
) -> None:
    discharged(nurse, patient)
    coordinator = make_person("camille.bruyere", Role.COORDINATOR, place.scope)
    before = AccessLogEntry.objects.in_scope(place.scope).count()
    with CaptureQueriesContext(connection) as captured:
        page = client_of(coordinator).get(reverse("transitions:counts")).content.decode()
    assert "TILLEUL" not in page.upper()
    assert "Chutes" not in page
    assert "Admissions sans réponse" in page
    assert "Aucun accusé ni aucune visite en retard" in page
    assert AccessLogEntry.objects.in_scope(place.scope).count() == before
    assert len(captured) < 30
    cases.accept_case(by=manager, case=case)
    assert client_of(manager).get(reverse("transitions:counts")).status_code == 200


def test_others_and_other_territories_get_nothing(case: ComplexCase, nurse: Person, place: Territory) -> None:
    assert client_of(nurse).get(reverse("transitions:counts")).status_code == 403
    far = make_person("zoe.loin", Role.COORDINATOR, make_territory().scope)
    ComplexCase.objects.in_scope(place.scope).update(acknowledge_by="2026-01-05")
    there = client_of(far).get(reverse("transitions:counts")).content.decode()
    assert "Aucun accusé" in there
    here = make_person("camille.bruyere", Role.COORDINATOR, place.scope)
    assert "1 accusé ou visite en retard" in client_of(here).get(
        reverse("transitions:counts")
    ).content.decode().replace("\u00a0", " ")
