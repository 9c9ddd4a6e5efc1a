"""A request at the desk links the regulator who has it, and the professional who receives it."""

from datetime import timedelta

import time_machine

from maillage.directory.api import Professional
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.people import api as people
from maillage.people.api import Part, Patient
from maillage.territory.api import Territory
from tests.factories import make_person, make_professional
from tests.orientation.conftest import Call


def may_read(person: Person, patient: Patient, part: Part = Part.APPOINTMENTS) -> bool:
    outbox.drain()
    return people.decision(person, patient, part).is_allowed


def test_the_regulator_who_takes_a_call_reads_what_regulation_needs(
    call: Call, regulator: Person, colleague: Person, patient: Patient
) -> None:
    request = call()
    assert may_read(regulator, patient)
    assert may_read(regulator, patient, Part.CRISIS)
    assert not may_read(regulator, patient, Part.HEALTH)
    assert not may_read(colleague, patient)
    api.take(by=colleague, request=request, reason="Relève de 20 h")
    assert may_read(colleague, patient)
    assert not may_read(regulator, patient)


def test_a_call_without_a_file_links_nobody_until_it_has_one(
    call: Call, regulator: Person, patient: Patient
) -> None:
    request = call(patient=None, age_months=840)
    assert not may_read(regulator, patient)
    api.describe(by=regulator, request=request, values={"patient": patient})
    assert may_read(regulator, patient)


def test_whoever_sends_a_request_is_linked_by_nothing(
    place: Territory, village: object, patient: Patient
) -> None:
    nurse = make_person("ines.capucine", Role.NURSE, place.scope)
    values = {"motive": "M03.14", "commune": village, "patient": patient}
    api.send_request(by=nurse, scope=place.scope, key="s1", values=values)
    assert not may_read(nurse, patient, Part.IDENTITY)


def test_the_professional_who_receives_it_is_linked_and_both_lose_it_some_days_after_its_end(
    call: Call,
    regulator: Person,
    place: Territory,
    patient: Patient,
    clock: time_machine.Traveller,
) -> None:
    account = make_person("helene.aubepine", Role.PHYSICIAN, place.scope)
    effector: Professional = make_professional("Aubépine", "Hélène", account)
    request = call()
    api.send_outside_slot(by=regulator, request=request, key="o1", professional=effector)
    assert may_read(account, patient)
    assert not may_read(account, patient, Part.HEALTH)
    api.close(by=regulator, request=request, outcome=api.Outcome.SEEN)
    clock.shift(timedelta(days=6))
    assert may_read(account, patient)
    assert may_read(regulator, patient)
    clock.shift(timedelta(days=2))
    assert not may_read(account, patient)
    assert not may_read(regulator, patient)
