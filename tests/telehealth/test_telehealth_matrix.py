"""Every address of a patient, for every role and state of the link, answers as the circle decides.

The addresses come from the resolver: a new one without a line in `OF_A_PATIENT` fails.
"""

import pytest
from django.urls import get_resolver, reverse

from maillage.care.api import may_write
from maillage.kernel import access
from maillage.kernel.rules import Permission, Role
from maillage.people.api import Part, Patient, decision
from maillage.territory.api import Territory
from tests.addresses import addresses
from tests.care.test_reading_matrix import ROLES, STATES, linked
from tests.factories import make_patient, make_person, make_professional
from tests.keys import ABSENT
from tests.telehealth.conftest import client_of

#: The part of the file that each address of a patient reads.
OF_A_PATIENT = {"telehealth:new_question": Part.HEALTH}
CODES = {Role.PHYSICIAN: "10", Role.NURSE: "60", Role.PHARMACIST: "21", Role.PHYSIOTHERAPIST: "70"}


def test_each_address_of_a_patient_has_its_line() -> None:
    found = {one.name for one in addresses(get_resolver().url_patterns) if one.name.startswith("telehealth:")}
    assert {name for name in found if "patients" in reverse_pattern(name)} == set(OF_A_PATIENT)


def reverse_pattern(name: str) -> str:
    return next(one.pattern for one in addresses(get_resolver().url_patterns) if one.name == name)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", sorted(OF_A_PATIENT))
def test_the_page_of_a_patient_follows_the_circle(
    place: Territory, patient: Patient, name: str, state: str
) -> None:
    wrong = []
    for number, role in enumerate(ROLES):
        one = make_patient(f"Orme{number}", place)
        scope = None if role is Role.DPO else place.scope
        person = make_person(f"p.{role.value.replace('_', '')}", role, scope)
        if role in CODES:
            make_professional("Loriot", "Ada", person, profession=CODES[role])
        linked(one, person, role, state)
        read = decision(person, one, OF_A_PATIENT[name])
        expected = 200 if may_write(read) else 403 if read.is_allowed else 404
        if not access.may(person, Permission.SEND_REQUEST):
            expected = 403
        status = client_of(person).get(reverse(name, args=[one.pk])).status_code
        if status != expected:
            wrong.append((role, status, expected))
    assert wrong == []


def test_a_guess_finds_nothing(patient: Patient, nurse: object) -> None:
    browser = client_of(nurse)
    assert browser.get(reverse("telehealth:new_question", args=[ABSENT])).status_code == 404
    assert browser.get(reverse("telehealth:question", args=[ABSENT])).status_code == 404
    assert browser.post(reverse("telehealth:question", args=[ABSENT]), {"do": "take"}).status_code == 404
