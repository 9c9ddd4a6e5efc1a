"""Every address about a resident, for each role and each state of the link: the rule says what opens.

The addresses are those of the resolver: a new one about a resident enters the matrix by itself.
"""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from maillage.care.actions import acute_events
from maillage.care.actions.homes import leave, revise_card
from maillage.care.models import AcuteEvent, Stay
from maillage.directory.api import Structure
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Origin, Part, Patient
from maillage.people.models import CareLink
from maillage.territory.api import Territory
from tests.addresses import addresses
from tests.care.conftest import client_of
from tests.care.homes import OF_A_NURSE, home, manager, night_nurse, resident, stay
from tests.factories import make_person, make_professional
from tests.keys import ABSENT

__all__ = ["home", "manager", "night_nurse", "resident", "stay"]
OF_RESIDENT = [
    one.name
    for one in addresses(get_resolver().url_patterns)
    if one.pattern.startswith("/soins/residents/<int:pk>/")
]
OF_EVENT = [
    one.name
    for one in addresses(get_resolver().url_patterns)
    if one.pattern.startswith("/soins/ehpad/evenements/<int:pk>/")
]
READS = {"care:card", "care:card_pdf", "care:aggir"}
#: What each address answers to whoever reads the card, writes it, works in the home.
STATES = ("none", "informed", "not_informed", "opposed", "ended", "act", "emergency")


def test_the_matrix_holds_every_address() -> None:
    assert set(OF_RESIDENT) == READS | {"care:card_change", "care:new_event"}
    assert set(OF_EVENT) == {"care:event", "care:transfer_pdf"}


@pytest.fixture
def event(resident: Patient, stay: Stay, night_nurse: Person) -> AcuteEvent:
    revise_card(by=night_nurse, patient=resident, version=0, values=OF_A_NURSE)
    return acute_events.report_event(by=night_nurse, stay=stay, key="chute", reason="Chute")


def linked(person: Person, patient: Patient, role: Role, state: str) -> None:
    """Write the link of a state between somebody and a resident."""
    if state == "none":
        return
    origin = {"act": Origin.REGULATION, "emergency": Origin.EMERGENCY}.get(state, Origin.TEAM)
    now = timezone.now()
    CareLink.objects.create(
        patient=patient,
        origin=origin.value,
        role=role.value,
        professional=person.professional,
        starts_at=now - timedelta(days=2),
        ends_at=now - timedelta(days=1) if state == "ended" else None,
        informed_at=None if state == "not_informed" else now - timedelta(days=2),
    )
    if state == "opposed":
        doctor = patient.referring_doctor.account
        circle.oppose(by=doctor, patient=patient, who=person.professional, parts=[Part.CRISIS])


def opens(role: Role, state: str) -> bool:
    """What the rule says of the crisis card: a role that needs it, by a link that opens it now."""
    needs = role in {Role.PHYSICIAN, Role.NURSE, Role.MIDWIFE, Role.EHPAD, Role.REGULATOR}
    return needs and state in {"informed", "act", "emergency"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "role",
    [
        Role.PHYSICIAN, Role.NURSE, Role.MIDWIFE, Role.PHARMACIST, Role.PHYSIOTHERAPIST, Role.EHPAD,
        Role.CASE_MANAGER, Role.REGULATOR, Role.COORDINATOR, Role.BOARD, Role.ANALYST,
    ],
)  # fmt: skip
def test_each_role_reads_as_its_link_opens(
    role: Role, state: str, event: AcuteEvent, resident: Patient, place: Territory
) -> None:
    person = make_person("une.personne", role, place.scope)
    make_professional("Personne", "Une", person, profession="60")
    resident.refresh_from_db(from_queryset=Patient.objects.in_scope(place.scope).select_related(None))
    linked(person, resident, role, state)
    client = client_of(person)
    for name in OF_RESIDENT:
        expected = 404
        if opens(role, state):
            expected = 200 if name in READS else 403
            writes = state == "informed" and role in {Role.PHYSICIAN, Role.NURSE, Role.EHPAD}
            if name == "care:card_change" and writes:
                expected = 200
        got = client.get(reverse(name, args=[resident.pk])).status_code
        assert got == expected, (role, state, name)
    for name in OF_EVENT:
        works = role in {Role.PHYSICIAN, Role.NURSE, Role.EHPAD}
        expected = (200 if opens(role, state) else 404) if works else 403
        assert client.get(reverse(name, args=[event.pk])).status_code == expected, (role, state, name)


@pytest.mark.parametrize("name", [*OF_RESIDENT, *OF_EVENT])
def test_the_staff_of_the_day_acts_until_the_resident_leaves(
    name: str, event: AcuteEvent, resident: Patient, stay: Stay, manager: Person, night_nurse: Person
) -> None:
    key = event.pk if name in OF_EVENT else resident.pk
    for person in (manager, night_nurse):
        assert client_of(person).get(reverse(name, args=[key])).status_code == 200
    leave(by=manager, stay=stay, on=date(2026, 3, 1))
    for person in (manager, night_nurse):
        assert client_of(person).get(reverse(name, args=[key])).status_code == 404


@pytest.mark.parametrize("name", [*OF_RESIDENT, *OF_EVENT])
def test_a_stranger_and_an_address_of_nobody_get_nothing(
    name: str, event: AcuteEvent, resident: Patient, night_nurse: Person, home: Structure
) -> None:
    key = event.pk if name in OF_EVENT else resident.pk
    assert Client().get(reverse(name, args=[key])).status_code == 302
    assert client_of(night_nurse).get(reverse(name, args=[ABSENT])).status_code == 404


def test_a_resident_reads_their_own_card_and_writes_nothing(
    event: AcuteEvent, resident: Patient, place: Territory
) -> None:
    account = make_person("louis.tilleul", Role.PATIENT, None)
    Patient.objects.in_scope(place.scope).filter(pk=resident.pk).update(account=account)
    client = client_of(account)
    assert client.get(reverse("care:card", args=[resident.pk])).status_code == 200
    assert client.get(reverse("care:card_change", args=[resident.pk])).status_code == 403
    assert client.post(reverse("care:card", args=[resident.pk])).status_code == 403
    assert client.get(reverse("care:new_event", args=[resident.pk])).status_code == 403
