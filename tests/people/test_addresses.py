"""Where people live and stay: the rule of days, who notes, who proposes, where it is used."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from maillage.kernel.models import Entry, Person, Scope
from maillage.kernel.rules import Role
from maillage.people import api
from maillage.people.actions.addresses import (
    Where,
    add_address,
    decide_address,
    end_address,
    may_note,
    period_said,
)
from maillage.people.models import CareLink, Patient, PatientAddress
from maillage.people.queries.addresses import addresses_of
from maillage.people.queries.referring_doctor import home_of
from maillage.people.rules.addresses import Period, Use, base, current, fhir_use, is_on, overlaps
from maillage.transitions.queries.places import commune_of
from tests.factories import make_commune, make_professional
from tests.people.conftest import holder

SUMMER = (date(2026, 7, 1), date(2026, 8, 31))


# --- The rule ---

days = st.dates(date(2026, 1, 1), date(2026, 3, 1))
periods = st.builds(Period, st.sampled_from(Use), st.none() | days, st.none() | days).filter(
    lambda one: one.since is None or one.until is None or one.since <= one.until
)


@given(periods, periods)
def test_two_of_a_kind_overlap_where_they_share_a_day(one: Period, other: Period) -> None:
    everyday = [date(2025, 12, 1) + timedelta(days=n) for n in range(150)]
    shared = any(is_on(one, day) and is_on(other, day) for day in everyday)
    stays = {Use.FAMILY, Use.SECOND}
    same = (one.use in stays) == (other.use in stays)
    assert overlaps(one, other) == overlaps(other, one) == (same and shared)


@given(st.lists(periods, max_size=4), days)
def test_a_stay_of_the_day_wins_over_the_home(addresses: list[Period], day: date) -> None:
    found = current(addresses, day)
    here = [one for one in addresses if is_on(one, day)]
    assert (found is None) == (not here)
    if found is not None:
        assert is_on(found, day)
        if any(one.use in {Use.FAMILY, Use.SECOND} for one in here):
            assert found.use in {Use.FAMILY, Use.SECOND}
    home = base(addresses, day)
    assert home is None or home.use in {Use.HOME, Use.CARE_HOME}


def test_an_address_is_said_as_fhir_says_it() -> None:
    day = date(2026, 7, 14)
    assert fhir_use(Period("home"), day) == fhir_use(Period("care_home", day), day) == "home"
    assert fhir_use(Period("family", *SUMMER), day) == fhir_use(Period("second", *SUMMER), day) == "temp"
    assert fhir_use(Period("family", *SUMMER), date(2026, 9, 1)) == "old"


# --- The actions ---


@pytest.fixture
def owner(patient: Patient) -> Person:
    account = holder(Role.PATIENT, None)
    Patient._base_manager.filter(pk=patient.pk).update(account=account)
    patient.refresh_from_db()
    PatientAddress._base_manager.filter(patient=patient).delete()
    return account


@pytest.fixture
def nurse(scope: Scope, patient: Patient, owner: Person) -> Person:
    account = holder(Role.NURSE, scope)
    sheet = make_professional("Capucine", "Inès", account)
    CareLink.objects.create(
        patient=patient,
        professional=sheet,
        origin="team",
        role="nurse",
        starts_at="2020-01-01T00:00Z",
        informed_at="2020-01-01T00:00Z",
    )
    return account


def added(by: Person, patient: Patient, key: str = "k", **said: object) -> PatientAddress:
    where = Where(**{"use": Use.HOME, "line": "1 rue du Puits", **said})
    return add_address(by=by, patient=patient, where=where, key=key)


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_stay_is_where_they_are_for_its_days(patient: Patient, nurse: Person) -> None:
    there = make_commune()
    added(nurse, patient)
    stay = added(
        nurse, patient, "s", use=Use.FAMILY, line="", commune=there, since=SUMMER[0], until=SUMMER[1]
    )
    for day, wanted in (
        ("2026-06-30T12:00Z", ""),
        ("2026-07-01T08:00Z", there.name),
        ("2026-08-31T08:00Z", there.name),
        ("2026-09-01T08:00Z", ""),
    ):
        with time_machine.travel(day, tick=False):
            assert commune_of(patient) == wanted, day
            found = api.address_of(by=nurse, patient=patient)
            assert (found == stay) == bool(wanted)
            assert home_of(by=nurse, patient=patient) is None
            assert api.home_address(patient).line == "1 rue du Puits"


def test_the_day_is_that_of_the_territory(patient: Patient, nurse: Person) -> None:
    Scope.objects.filter(pk=patient.scope_id).update(time_zone="Indian/Reunion")
    patient.scope.refresh_from_db()
    stay = added(nurse, patient, use=Use.SECOND, since=SUMMER[0], until=SUMMER[1])
    with time_machine.travel("2026-06-30T21:00:00Z", tick=False):
        assert api.address_now(patient) == stay
    with time_machine.travel("2026-08-31T21:00:00Z", tick=False):
        assert api.address_now(patient) is None


def test_a_new_home_ends_the_one_before_and_nothing_else_overlaps(patient: Patient, nurse: Person) -> None:
    first = added(nurse, patient)
    moved = added(nurse, patient, "m", use=Use.CARE_HOME, line="EHPAD", since=date(2026, 5, 1))
    first.refresh_from_db()
    assert first.until == date(2026, 4, 30)
    with pytest.raises(ValidationError, match="vaut déjà ces jours-là"):
        added(nurse, patient, "o", since=date(2026, 2, 1), until=date(2026, 3, 1))
    with pytest.raises(ValidationError, match="vaut déjà ces jours-là"):
        added(nurse, patient, "e", since=date(2026, 4, 1))
    added(nurse, patient, "s", use=Use.FAMILY, since=SUMMER[0], until=SUMMER[1])
    with pytest.raises(ValidationError, match="vaut déjà ces jours-là"):
        added(nurse, patient, "t", use=Use.SECOND, since=SUMMER[1], until=date(2026, 9, 9))
    assert added(nurse, patient, "m") == moved
    with time_machine.travel("2026-10-02T08:00Z", tick=False):
        today = added(nurse, patient, "n", line="2 rue Neuve")
    moved.refresh_from_db()
    assert (today.since, moved.until) == (date(2026, 10, 2), date(2026, 10, 1))
    assert sorted(one.position for one in addresses_of(patient)) == [0, 1, 2, 3]
    assert Entry.objects.filter(verb="people.address_ended").count() == 2


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"line": "  "}, "au moins la commune"),
        ({"use": Use.FAMILY}, "un premier et un dernier jour"),
        ({"use": Use.SECOND, "since": SUMMER[0]}, "un premier et un dernier jour"),
        ({"since": SUMMER[1], "until": SUMMER[0]}, "vient après le premier"),
    ],
)
def test_what_says_nothing_or_ends_before_it_begins_is_refused(
    patient: Patient, nurse: Person, said: dict[str, object], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        added(nurse, patient, **said)


def test_the_person_proposes_and_a_professional_confirms(
    patient: Patient, owner: Person, nurse: Person
) -> None:
    stay = added(owner, patient, use=Use.FAMILY, since=SUMMER[0], until=SUMMER[1])
    assert (stay.is_proposed, may_note(owner, patient)) == (True, False)
    with time_machine.travel("2026-07-14T08:00Z", tick=False):
        assert api.address_now(patient) is None
        with pytest.raises(PermissionDenied):
            decide_address(by=owner, address=stay, is_right=True)
        confirmed = decide_address(by=nurse, address=stay, is_right=True)
        assert decide_address(by=nurse, address=stay, is_right=False).state == confirmed.state == "confirmed"
        assert api.address_now(patient) == stay
    other = added(owner, patient, "o", use=Use.SECOND, since=SUMMER[0], until=SUMMER[1])
    with pytest.raises(ValidationError, match="vaut déjà"):
        decide_address(by=nurse, address=other, is_right=True)
    with pytest.raises(ValidationError, match="confirmez-la"):
        end_address(by=nurse, address=other, until=SUMMER[0])
    decide_address(by=nurse, address=other, is_right=False)
    assert addresses_of(patient) == [stay]
    verbs = Entry.objects.filter(verb__startswith="people.address").order_by("pk")
    assert [one.verb.split("_")[1] for one in verbs] == ["proposed", "confirmed", "proposed", "refused"]
    assert not any("Puits" in str(one.changes) for one in verbs)


def test_a_last_day_is_noted_once_and_never_overlaps(patient: Patient, nurse: Person) -> None:
    first = added(nurse, patient, since=date(2026, 1, 1))
    added(nurse, patient, "m", line="2 rue Neuve", since=date(2026, 5, 1))
    with pytest.raises(ValidationError, match="vaut déjà"):
        end_address(by=nurse, address=first, until=date(2026, 5, 2))
    with pytest.raises(ValidationError, match="vient après"):
        end_address(by=nurse, address=first, until=date(2025, 5, 2))
    ended = end_address(by=nurse, address=first, until=date(2026, 3, 1))
    assert end_address(by=nurse, address=first, until=date(2026, 3, 1)).until == ended.until


def test_who_does_not_keep_the_file_notes_nothing(
    patient: Patient, owner: Person, scope: Scope, regulator: Person
) -> None:
    assert may_note(regulator, patient)
    with pytest.raises(PermissionDenied):
        added(holder(Role.PHARMACIST, scope), patient)


def test_a_period_is_said() -> None:
    first, last = SUMMER
    assert period_said(first, last).startswith("du 01/07/2026")
    assert period_said(first, None) == "depuis le 01/07/2026"
    assert period_said(None, last) == "jusqu’au 31/08/2026"
    assert period_said(None, None) == "toujours"


# --- The page ---


def test_the_page_says_where_they_are_and_does_each_gesture(
    patient: Patient, owner: Person, nurse: Person
) -> None:
    page = reverse("people:addresses", args=[patient.pk])
    team, own = client_of(nurse), client_of(owner)
    assert "Aucune adresse n’est encore notée" in team.get(page).text
    form = {"key": "a", "use": "home", "line": "<b>1 rue</b>", "label": "Chez moi"}
    assert team.post(page, {"key": "z", "use": "home"}).status_code == 422
    assert team.post(page, form | {"use": "castle"}).status_code == 422
    assert team.post(page, form | {"line": "a\x00b"}).status_code == 422
    assert team.post(page, form | {"since": "9999-99-99"}).status_code == 422
    assert team.post(page, form).status_code == 302
    shown = team.get(page).text
    assert "&lt;b&gt;1 rue&lt;/b&gt;" in shown
    assert "en ce moment" in shown
    stay = {"key": "b", "use": "family", "line": "2 rue", "since": "2036-07-01", "until": "2036-08-31"}
    assert "un professionnel la confirmera" in own.post(page, stay, follow=True).text
    assert "proposée, à confirmer" in team.get(page).text
    assert "proposée, à confirmer" in team.get(reverse("people:patient", args=[patient.pk])).text
    assert "proposée, à confirmer" in own.get(reverse("people:patient", args=[patient.pk])).text
    row = PatientAddress._base_manager.get(key="b")
    refused = own.post(page, {"do": "confirm", "row": row.pk}, follow=True)
    assert "notent ses adresses" in refused.text
    for hostile in ("0", "x", "", "9" * 30):
        assert team.post(page, {"do": "confirm", "row": hostile}).status_code == 404
    team.post(page, {"do": "confirm", "row": row.pk})
    row.refresh_from_db()
    assert row.state == "confirmed"
    assert team.post(page, {"do": "end", "row": row.pk, "until": "x"}).status_code == 422
    team.post(page, {"do": "end", "row": row.pk, "until": "2036-08-01"})
    row.refresh_from_db()
    assert row.until == date(2036, 8, 1)
    english = own.get(page, headers={"accept-language": "en"}).text
    assert "Where I live" in english or "Où j’habite" in english


def test_who_does_not_read_how_to_reach_them_sees_no_page(
    patient: Patient, owner: Person, scope: Scope
) -> None:
    account = holder(Role.MIDWIFE, scope)
    sheet = make_professional("Aubépine", "Hélène", account)
    CareLink.objects.create(patient=patient, professional=sheet, origin="expertise", role="midwife")
    page = reverse("people:addresses", args=[patient.pk])
    assert client_of(account).get(page).status_code == 404
    assert client_of(holder(Role.PHARMACIST, scope)).get(page).status_code == 404
