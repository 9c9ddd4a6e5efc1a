"""Shortages are counted for who coordinates: nobody named, small counts hidden."""

import pytest
from django.urls import reverse

from maillage.kernel.models import Person
from maillage.people.api import Patient
from maillage.protocols import api
from maillage.protocols.queries.pharmacy import shortage_counts
from tests.protocols.conftest import client_of


def note(by: Person, patient: Patient, medicine: str, count: int) -> None:
    for number in range(count):
        api.note_shortage(by=by, patient=patient, medicine=medicine, key=f"{medicine}{number}")


def test_nothing_is_counted_where_nothing_is_missing(coordinator: Person, nurse: Person) -> None:
    assert shortage_counts(coordinator) is None
    assert shortage_counts(nurse) is None


def test_small_counts_are_hidden(
    coordinator: Person, pharmacist: Person, doctor: Person, patient: Patient
) -> None:
    note(pharmacist, patient, "Amoxicilline", 12)
    note(pharmacist, patient, "AMOXICILLINE ", 1)
    note(pharmacist, patient, "Rare", 1)
    missed = api.note_shortage(by=pharmacist, patient=patient, medicine="Rare", key="s")
    api.signal_shortage(by=pharmacist, shortage=missed, to=doctor)
    found = shortage_counts(coordinator)
    assert found is not None
    assert found.stages.counts == {"noted": 14, "waiting": None, "answered": None}
    assert found.medicines == [("amoxicilline", 13)]
    page = client_of(coordinator).get(reverse("protocols:protocols")).content.decode()
    assert "Ruptures de l’année" in page
    assert "Amoxicilline" in page
    assert "effectif masqué" in page
    assert "Rare" not in page
    assert patient.birth_name not in page


@pytest.mark.parametrize("who", ["pharmacist", "doctor"])
def test_the_counts_are_for_who_manages(who: str, patient: Patient, request: pytest.FixtureRequest) -> None:
    person = request.getfixturevalue(who)
    note(request.getfixturevalue("pharmacist"), patient, "Amoxicilline", 12)
    assert shortage_counts(person) is None
    assert "Ruptures de l’année" not in client_of(person).get(reverse("protocols:protocols")).content.decode()
