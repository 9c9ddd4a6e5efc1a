"""An address that a person proposes waits in the inbox of their care team, until one of them decides."""

import pytest
from django.urls import reverse

from maillage.kernel import inboxes
from maillage.kernel.models import Person
from maillage.people import api as people
from maillage.people.actions import addresses, circle
from maillage.people.models import AccessLogEntry, CareLink, PatientAddress
from maillage.people.rules.addresses import State, Use
from tests.care.conftest import client_of, nurse, patient, pharmacist
from tests.factories.fixtures import coordinator, doctor, place, professional, regulator

__all__ = ["coordinator", "doctor", "nurse", "patient", "pharmacist", "place", "professional", "regulator"]
pytestmark = pytest.mark.django_db
KIND = "people.address"


def propose(patient: people.Patient, key: str = "a") -> PatientAddress:
    assert patient.account is not None
    where = addresses.Where(Use.HOME, line="3 rue des Lilas")
    return addresses.add_address(by=patient.account, patient=patient, where=where, key=key)


def waits(person: Person) -> list[int]:
    return [one.pk for one in inboxes.waiting_of(person, KIND) or []]


def test_what_a_person_proposes_waits_for_their_team_and_is_decided_in_place(
    doctor: Person, nurse: Person, coordinator: Person, patient: people.Patient
) -> None:
    row = propose(patient)
    assert waits(nurse) == waits(doctor) == [row.pk]
    assert waits(coordinator) == []
    page = client_of(nurse).get("/a-traiter/").text
    assert "Nouvelle adresse proposée" in page
    assert "3 rue des Lilas" in page
    assert "TILLEUL" in page
    assert AccessLogEntry.objects.in_scope(patient.scope).filter(person=nurse).exists()
    sent = {"do": "confirm", "row": str(row.pk), "next": "/a-traiter/"}
    answer = client_of(nurse).post(reverse("people:addresses", args=[patient.pk]), sent)
    assert answer["Location"] == "/a-traiter/"
    row.refresh_from_db()
    assert row.state == State.CONFIRMED.value
    assert waits(nurse) == waits(doctor) == [], "the same row for all of them"


def test_who_has_left_the_circle_or_is_opposed_sees_no_address(
    doctor: Person, nurse: Person, pharmacist: Person, patient: people.Patient
) -> None:
    propose(patient)
    link = CareLink.objects.of_patient(patient).get(professional=nurse.professional)
    circle.end_link(by=doctor, link=link, reason="parti")
    assert waits(nurse) == []
    assert waits(doctor)


def test_what_a_professional_notes_waits_for_nobody(
    doctor: Person, nurse: Person, patient: people.Patient
) -> None:
    where = addresses.Where(Use.HOME, line="3 rue des Lilas")
    addresses.add_address(by=nurse, patient=patient, where=where, key="a")
    assert waits(doctor) == []
