"""Which readings of files stand out: signs for the DPO to look at, never an accusation."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from maillage.directory.api import Professional
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role
from maillage.people import api
from maillage.people.actions import circle
from maillage.people.models import AccessLogEntry
from maillage.people.queries.unusual import limits, unusual_readings
from maillage.people.rules.circle import Origin
from maillage.people.rules.unusual import Limits, Reading, Sign, signs
from tests.factories import declare_doctor, make_person, make_professional

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 3, 13, 12, 0, tzinfo=PARIS)
BEFORE = NOON - timedelta(days=90)
LIMITS = Limits(60, 22, 6, 3, 60)


def reading(
    pk: int = 1, at: datetime = NOON, linked: datetime | None = BEFORE, person: int = 1, patient: int = 0,
    **more: bool,
) -> Reading:  # fmt: skip
    signs_of = {"opened_own_link": False, "by_role": False} | more
    return Reading(pk=pk, at=at, linked_at=linked, person=person, patient=patient or pk, **signs_of)


def test_a_usual_reading_has_no_sign() -> None:
    assert signs([reading()], LIMITS) == {}
    assert signs([], LIMITS) == {}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (reading(linked=NOON - timedelta(minutes=60), opened_own_link=True), {Sign.RECENT_LINK}),
        (reading(linked=NOON - timedelta(minutes=61), opened_own_link=True), set()),
        (reading(linked=NOON - timedelta(minutes=5)), set()),
        (reading(linked=None), {Sign.NO_LINK}),
        (reading(linked=None, by_role=True), set()),
        (reading(at=NOON.replace(hour=22)), {Sign.NIGHT}),
        (reading(at=NOON.replace(hour=5, minute=59)), {Sign.NIGHT}),
        (reading(at=NOON.replace(hour=6)), set()),
        (reading(at=NOON.replace(hour=23), by_role=True), set()),
        (reading(at=NOON.replace(hour=23), linked=None), {Sign.NIGHT, Sign.NO_LINK}),
        (reading(linked=None, opened_own_link=True), {Sign.NO_LINK}),
    ],
)
def test_each_sign_at_its_threshold(one: Reading, expected: set[Sign]) -> None:
    assert signs([one], LIMITS).get(one.pk, frozenset()) == expected


def test_many_files_are_different_patients_of_one_reader_within_the_time() -> None:
    hour = [reading(pk, at=NOON + timedelta(minutes=30 * (pk - 1))) for pk in (1, 2, 3)]
    assert signs(hour, LIMITS) == {3: frozenset({Sign.MANY_FILES})}, "the one that goes over"
    same = [reading(pk, patient=7) for pk in (1, 2, 3)]
    assert signs(same, LIMITS) == {}
    slow = [reading(pk, at=NOON + timedelta(minutes=31 * pk)) for pk in (1, 2, 3)]
    assert signs(slow, LIMITS) == {}
    two = [reading(1), reading(2), reading(3, person=2)]
    assert signs(two, LIMITS) == {}


@pytest.fixture
def dpo(db: None) -> Person:
    return make_person("hugo.lierre", Role.DPO, None)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def read_file(by: Person, patient: api.Patient, what: str = "file") -> None:
    AccessLogEntry.objects.create(patient=patient, person=by, what=what, purpose="lecture du dossier")


def test_the_dpo_sees_what_stands_out_and_nobody_else_does(
    dpo: Person,
    patient: api.Patient,
    doctor: Professional,
    physician: Person,
    scope: Scope,
    clock: time_machine.Traveller,
) -> None:
    declare_doctor(patient, doctor)
    stranger = make_person("ines.capucine", Role.NURSE, scope)
    regulator = make_person("yanis.fougere", Role.REGULATOR, scope)
    for reader in (physician, regulator, stranger):
        read_file(reader, patient)
    read_file(stranger, patient, "list")
    assert [(one.entry.person, one.signs) for one in unusual_readings(dpo)] == [
        (stranger, frozenset({Sign.NO_LINK}))
    ]
    clock.move_to(datetime(2026, 3, 14, 22, 30, tzinfo=UTC))
    read_file(physician, patient)
    read_file(regulator, patient)
    (night, _day) = unusual_readings(dpo)
    assert (night.entry.person, night.signs) == (physician, frozenset({Sign.NIGHT}))
    assert unusual_readings(physician) == []
    clock.shift(timedelta(days=8))
    assert unusual_readings(dpo) == [], "a week, no more"


def test_a_link_opened_by_who_reads_just_after_stands_out(
    dpo: Person,
    patient: api.Patient,
    doctor: Professional,
    physician: Person,
    scope: Scope,
    clock: time_machine.Traveller,
) -> None:
    declare_doctor(patient, doctor)
    nurse = make_person("ines.capucine", Role.NURSE, scope)
    sheet = make_professional("Capucine", "Inès", nurse)
    link = circle.add_to_circle(
        by=physician, patient=patient, who=sheet, origin=Origin.TEAM, role=Role.NURSE, is_informed=True
    )
    read_file(nurse, patient)
    assert unusual_readings(dpo) == [], "the doctor named her"
    type(link)._base_manager.filter(pk=link.pk).update(opened_by=nurse)
    assert [one.signs for one in unusual_readings(dpo)] == [frozenset({Sign.RECENT_LINK})]


def test_one_reads_ones_own_file_as_one_likes(
    dpo: Person, patient: api.Patient, clock: time_machine.Traveller
) -> None:
    own = make_person("louis.tilleul", Role.PATIENT, None)
    patient.account = own
    patient.save()
    clock.move_to(datetime(2026, 3, 14, 2, 0, tzinfo=PARIS))
    read_file(own, patient)
    assert unusual_readings(dpo) == []


def test_the_page_says_it_in_amber_without_a_name_of_patient(
    client: Client, dpo: Person, patient: api.Patient, scope: Scope, physician: Person
) -> None:
    client.force_login(dpo)
    address = reverse("people:unusual")
    assert "Aucune lecture de dossier ne se distingue" in client.get(address).content.decode()
    home = client.get("/").content.decode()
    assert "Aucune lecture de dossier à regarder" in home
    stranger = make_person("ines.capucine", Role.NURSE, scope)
    read_file(stranger, patient)
    page = client.get(address).content.decode()
    assert "hors du cercle de soins" in page
    assert "n’est pas une faute" in page
    assert "non établi" in page
    assert f"Dossier nº\N{NO-BREAK SPACE}{patient.pk}" in page
    assert patient.name not in page
    home = client.get("/").content.decode()
    assert "1 lecture à regarder" in home
    assert patient.name not in home
    client.force_login(physician)
    assert client.get(address).status_code == 403


def test_the_thresholds_are_a_rule() -> None:
    assert limits().files > limits().recent_link_minutes / 60
