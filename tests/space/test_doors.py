"""The doors to the space: of a patient, of who registers patients; what the demonstration makes of it."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Patient
from maillage.people.rules.circle import Origin
from maillage.space.actions.demonstration import create_demonstration_space
from maillage.space.models import EntryCode, Letter
from maillage.territory.api import Territory
from tests.factories import make_patient, make_person, make_professional
from tests.space.conftest import client_of


def test_the_first_screen_and_the_space_lead_to_each_other(own: Person) -> None:
    browser = client_of(own)
    first = browser.get("/").content.decode()
    assert first.index("Qui appeler") < first.index("Ouvrir mon espace") < first.index("Qui me soigne")
    assert "Ce qui m’attend" in browser.get(reverse("space:home")).content.decode()


@pytest.mark.parametrize(("role", "is_open"), [(Role.CASE_MANAGER, True), (Role.PHARMACIST, False)])
def test_who_registers_patients_has_the_door_to_invite(
    role: Role, is_open: bool, own: Person, patient: Patient, place: Territory
) -> None:
    """A case manager is outside the care team, and reads the identity with the person's agreement."""
    person = make_person("nadia.verveine", role, place.scope)
    if role is Role.CASE_MANAGER:
        circle.add_to_circle(by=own, patient=patient, who=person, origin=Origin.COORDINATION, role=role)
        circle.give_consent(by=own, patient=patient, who=person)
    page = client_of(person).get(reverse("people:patient", args=[patient.pk])).content.decode()
    assert (reverse("space:invite", args=[patient.pk]) in page) is is_open
    assert "Inviter, ou envoyer une lettre" in page or not is_open


def test_the_demonstration_has_papers_and_invitations_once(
    own: Person, patient: Patient, place: Territory
) -> None:
    nurse = make_person("ines.capucine", Role.NURSE, place.scope)
    sheet = make_professional("Capucine", "Inès", nurse, profession="60")
    other = make_patient("Orme", place, birth_date=date(1950, 3, 14))
    for one in (own, nurse):
        one.is_demonstration = True
        one.save(update_fields=["is_demonstration"])
    Patient.objects.in_scope(place.scope).filter(pk__in=[patient.pk, other.pk]).update(is_demonstration=True)
    from maillage.people.models import CareLink

    now = timezone.now()
    for one in (patient, other):
        CareLink.objects.create(
            patient=one, professional=sheet, origin="team", role="nurse", starts_at=now, informed_at=now
        )
    assert create_demonstration_space(place=place, now=now) == 3
    assert create_demonstration_space(place=place, now=now) == 0
    assert {one.means for one in Letter.objects.of_patient(patient)} == {"space", "spoken"}
    assert EntryCode.objects.of_patient(other).get().way == "paper"


def test_the_demonstration_without_its_accounts_makes_nothing(place: Territory) -> None:
    assert create_demonstration_space(place=place, now=timezone.now()) == 0
