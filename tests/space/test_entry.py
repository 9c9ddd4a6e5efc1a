"""Invitations and codes: two proofs, once, a few tries, and an account that nobody had to invent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from maillage.directory.api import Professional
from maillage.exchange import api as exchange
from maillage.exchange.models import Notification
from maillage.kernel import outbox
from maillage.kernel.codes import CODES, FIRST_CODE, code_of, is_code
from maillage.kernel.models import Entry, Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.people.actions import rights
from maillage.people.api import Means, Part, Patient
from maillage.people.models import CareLink
from maillage.people.rules.rights import Answer, Right
from maillage.space.actions import entry as actions
from maillage.space.models import EntryCode
from maillage.space.rules.entry import Closed, Standing, Way, closed
from maillage.territory.api import Territory
from tests.factories import make_patient, make_person
from tests.space.conftest import client_of

BORN = date(1950, 3, 14)


@pytest.fixture(autouse=True)
def address(settings: object) -> None:
    settings.PUBLIC_URL = "https://maillage.example"


@pytest.fixture
def stranger_to_screens(place: Territory) -> Patient:
    """A patient without an account nor an e-mail."""
    return make_patient("Frêne", place, birth_date=BORN, phone="+33639980002", sex="male")


@pytest.fixture
def team(doctor: Person, professional: Professional, stranger_to_screens: Patient) -> Person:
    """The doctor, in the care team of the patient."""
    now = timezone.now()
    CareLink.objects.create(
        patient=stranger_to_screens, role="physician", origin="team", professional=professional,
        starts_at=now, informed_at=now,
    )  # fmt: skip
    return doctor


def page_of(row: EntryCode) -> str:
    return reverse("space:invitation", args=[exchange.Link(actions.INVITATION, row.pk).token])


def typed(row: EntryCode, code: object = None, born: str = "14/03/1950") -> dict[str, str]:
    return {"code": str(actions.code_for(row) if code is None else code), "born": born}


# --- The rule ---


@given(st.integers(0, 9), st.booleans(), st.booleans(), st.integers(-60, 60))
def test_a_way_in_opens_only_where_nothing_closes_it(
    tries: int, is_used: bool, is_revoked: bool, minutes: int
) -> None:
    now = timezone.now()
    standing = Standing(now + timedelta(minutes=minutes), tries, is_used, is_revoked)
    opens = not is_used and not is_revoked and tries < 5 and minutes > 0
    assert (closed(standing, now, 5) is None) == opens


def test_each_reason_is_told() -> None:
    now = timezone.now()
    later = now + timedelta(days=1)
    assert closed(Standing(later, 0, True, True), now, 5) is Closed.USED
    assert closed(Standing(later, 0, False, True), now, 5) is Closed.REVOKED
    assert closed(Standing(later, 5, False, False), now, 5) is Closed.TRIED
    assert closed(Standing(now, 0, False, False), now, 5) is Closed.EXPIRED


@given(st.text(), st.integers(1), st.text(max_size=30))
def test_a_code_has_six_digits_and_another_purpose_another_code(secret: str, row: int, at: str) -> None:
    code = code_of(secret, "space", row, at)
    assert FIRST_CODE <= code < FIRST_CODE + CODES
    assert is_code(f" {str(code)[:3]} {str(code)[3:]} ", code)
    assert not is_code("é", code)


# --- The invitation ---


def test_an_invitation_by_message_opens_a_space_once(
    team: Person, stranger_to_screens: Patient, client: Client
) -> None:
    row = actions.invite(by=team, patient=stranger_to_screens, way=Way.SMS)
    outbox.drain()
    (sent,) = Notification.objects.filter(template="space_invited")._scoped()
    assert sent.channel == "sms"
    assert sent.parameters == {"link": [actions.INVITATION, row.pk], "reference": actions.code_for(row)}
    page = page_of(row)
    assert "mot de passe à inventer" in client.get(page).content.decode()
    assert client.get(page).status_code == 200, "opening it changes nothing"
    answer = client.post(page, typed(row))
    assert answer["Location"] == reverse("space:home")
    person = Patient._base_manager.get(pk=stranger_to_screens.pk).account
    assert person is not None
    assert (str(person), person.has_mailbox, person.has_usable_password()) == ("Louis Frêne", False, False)
    assert RoleAssignment.objects.get(person=person).role == Role.PATIENT
    assert client.get(reverse("space:home")).status_code == 200
    replayed = Client().post(page, typed(row))
    assert (replayed.status_code, "a déjà servi" in replayed.content.decode()) == (410, True)
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"space.invited", "space.entered", "people.account_opened"} <= verbs


@pytest.mark.parametrize("wrong", [{"code": "123456"}, {"born": "14/03/1951"}])
def test_one_of_the_two_proofs_is_not_enough_and_tries_are_counted(
    team: Person, stranger_to_screens: Patient, client: Client, wrong: dict[str, str]
) -> None:
    row = actions.invite(by=team, patient=stranger_to_screens, way=Way.PAPER)
    for _time in range(5):
        answer = client.post(page_of(row), typed(row) | wrong)
        assert answer.status_code == 422
    right = client.post(page_of(row), typed(row))
    assert (right.status_code, "Trop d’essais" in right.content.decode()) == (410, True)
    assert Patient._base_manager.get(pk=stranger_to_screens.pk).account is None


def test_what_is_too_old_taken_back_or_replaced_opens_nothing(
    team: Person, stranger_to_screens: Patient, client: Client, clock: time_machine.Traveller
) -> None:
    first = actions.invite(by=team, patient=stranger_to_screens, way=Way.PAPER)
    second = actions.invite(by=team, patient=stranger_to_screens, way=Way.PAPER)
    assert "n’est plus bonne" in client.post(page_of(first), typed(first)).content.decode()
    assert actions.take_back(by=team, patient=stranger_to_screens) == 1
    assert actions.take_back(by=team, patient=stranger_to_screens) == 0
    assert client.post(page_of(second), typed(second)).status_code == 410
    third = actions.invite(by=team, patient=stranger_to_screens, way=Way.PAPER)
    clock.shift(timedelta(days=30))
    assert "trop vieille" in client.post(page_of(third), typed(third)).content.decode()


def test_an_address_never_made_is_not_found(client: Client) -> None:
    for token in ("1-abc", "x", "99999999999999999999-a"):
        answer = client.get(reverse("space:invitation", args=[token]))
        assert (answer.status_code, answer["Referrer-Policy"]) == (404, "same-origin")


def test_who_may_not_invite_and_what_would_prove_nothing(
    team: Person, stranger_to_screens: Patient, place: Territory, settings: object
) -> None:
    stranger = make_person("mona.saule", Role.NURSE, place.scope)
    with pytest.raises(PermissionDenied):
        actions.invite(by=stranger, patient=stranger_to_screens, way=Way.SMS)
    with pytest.raises(PermissionDenied):
        actions.take_back(by=stranger, patient=stranger_to_screens)
    with pytest.raises(PermissionDenied):
        actions.invite(by=team, patient=stranger_to_screens, way=Way.CODE)
    for change, way in (
        ({"phone": "+33385000001"}, Way.SMS),
        ({"carer_phone": "+33639980002"}, Way.SMS),
        ({"birth_date": None}, Way.PAPER),
        ({"birth_date": timezone.localdate() - timedelta(days=900)}, Way.PAPER),
    ):
        before = {name: getattr(stranger_to_screens, name) for name in change}
        for name, value in change.items():
            setattr(stranger_to_screens, name, value)
        with pytest.raises(ValidationError):
            actions.invite(by=team, patient=stranger_to_screens, way=way)
        for name, value in before.items():
            setattr(stranger_to_screens, name, value)
    settings.PUBLIC_URL = ""
    with pytest.raises(ValidationError):
        actions.invite(by=team, patient=stranger_to_screens, way=Way.SMS)


def test_a_code_opens_no_account_of_a_professional(
    team: Person, stranger_to_screens: Patient, client: Client, place: Territory
) -> None:
    row = actions.invite(by=team, patient=stranger_to_screens, way=Way.PAPER)
    nurse = make_person("ines.capucine", Role.NURSE, place.scope)
    Patient._base_manager.filter(pk=stranger_to_screens.pk).update(account=nurse)
    assert client.post(page_of(row), typed(row)).status_code == 410
    stranger_to_screens.refresh_from_db()
    with pytest.raises(ValidationError):
        actions.invite(by=team, patient=stranger_to_screens, way=Way.PAPER)
    assert actions.ask_code(phone="0639980002", born=BORN) == 0


# --- The code asked for ---


def ask(client: Client, phone: str = "06 39 98 00 01", born: str = "14/03/1950") -> int:
    answer = client.post(reverse("space:enter"), {"phone": phone, "born": born})
    assert (answer.status_code, answer["Location"]) == (302, reverse("space:code"))
    return client.session["space_entry"]


def test_later_one_enters_by_a_code(own: Person, patient: Patient, client: Client) -> None:
    assert "Un code arrive par SMS" in client.get(reverse("space:enter")).content.decode()
    assert client.get(reverse("space:code"))["Location"] == reverse("space:enter")
    row = EntryCode.objects.keyed(ask(client)).get()
    outbox.drain()
    (sent,) = Notification.objects.filter(template="space_code")._scoped()
    assert (sent.channel, sent.parameters) == ("sms", {"reference": actions.code_for(row)})
    wrong = client.post(reverse("space:code"), {"code": "000000"})
    assert wrong.status_code == 422
    right = client.post(reverse("space:code"), {"code": str(actions.code_for(row))})
    assert right["Location"] == reverse("space:home")
    assert "Mon espace" in client.get(reverse("space:home")).content.decode()
    again = Client()
    session = again.session
    session["space_entry"] = row.pk
    session.save()
    assert again.post(reverse("space:code"), {"code": str(actions.code_for(row))}).status_code in {302, 410}
    assert "_auth_user_id" not in again.session


def test_whoever_is_unknown_is_told_the_same_and_tries_as_often(
    patient: Patient, client: Client, stranger_to_screens: Patient
) -> None:
    known, unknown = Client(), Client()
    ask(known)
    assert ask(unknown, "06 39 98 77 77") == 0
    assert ask(client, "06 39 98 00 02") == 0, "no space was opened"
    pages = [
        [one.post(reverse("space:code"), {"code": "000000"}) for _time in range(6)]
        for one in (known, unknown)
    ]
    assert [[one.status_code for one in row] for row in pages] == [[422] * 4 + [410] * 2] * 2


def test_codes_are_few_an_hour_and_twins_of_a_telephone_call(
    own: Person, patient: Patient, clock: time_machine.Traveller, place: Territory
) -> None:
    asked = [actions.ask_code(phone=patient.phone, born=BORN) for _time in range(4)]
    assert [bool(one) for one in asked] == [True, True, True, False]
    with pytest.raises(actions.ClosedError):
        actions.enter(entry=EntryCode.objects.keyed(asked[0]).get(), code="1")
    clock.shift(timedelta(hours=1))
    last = actions.ask_code(phone=patient.phone, born=BORN)
    assert last
    twin = make_person("jean.tilleul", Role.PATIENT, place.scope)
    make_patient("Tilleul", place, birth_date=BORN, phone=patient.phone, account=twin)
    assert actions.ask_code(phone=patient.phone, born=BORN) == 0
    clock.shift(timedelta(minutes=15))
    late = EntryCode.objects.keyed(last).get()
    with pytest.raises(actions.ClosedError) as error:
        actions.enter(entry=late, code=str(actions.code_for(late)))
    assert error.value.why is Closed.EXPIRED


# --- The professional's page ---


def test_whoever_receives_somebody_is_told_that_their_file_is_frozen(
    team: Person, stranger_to_screens: Patient
) -> None:
    dpo = make_person("hugo.lierre", Role.DPO, None)
    asked = {"by": dpo, "patient": stranger_to_screens, "means": Means.SPOKEN, "text": "Gelez", "key": "k"}
    demand = rights.ask_right(right=Right.RESTRICTION, **asked)
    path = reverse("space:invite", args=[stranger_to_screens.pk])
    assert "Usage gelé" not in client_of(team).get(path).content.decode()
    rights.answer(by=dpo, request=demand, answer=Answer.PARTLY, words="C’est fait.", parts=[Part.HEALTH])
    shown = client_of(team).get(path).content.decode()
    assert "Usage gelé à la demande de la personne" in shown
    assert "Ouvrir un accès d’urgence" not in shown


def test_the_page_of_who_invites(team: Person, stranger_to_screens: Patient, place: Territory) -> None:
    path = reverse("space:invite", args=[stranger_to_screens.pk])
    client = client_of(team)
    assert "Envoyer par SMS au 06 39 98 00 02" in client.get(path).content.decode().replace(
        "\xa0", " "
    ).replace("\u202f", " ")
    assert client.post(path, {"do": "sms"}, follow=True).status_code == 200
    assert client.post(path, {"do": "?"}).status_code == 302
    paper = client.post(path, {"do": "paper"})["Location"]
    made = client.get(paper)
    assert (made["Content-Type"], made.content[:5]) == ("application/pdf", b"%PDF-")
    assert "Revoir le papier" in client.get(path).content.decode()
    other = client_of(make_person("mona.saule", Role.NURSE, place.scope))
    assert other.get(path).status_code == 404
    assert other.get(paper).status_code == 404
    client.post(path, {"do": "take_back"})
    assert client.get(paper).status_code == 404
    answer = client.post(path, {"do": "letter"})
    assert answer.status_code == 422
    letter = client.post(path, {"do": "letter", "means": "spoken", "key": "k"})["Location"]
    assert client.get(letter).content[:5] == b"%PDF-"
    assert other.get(letter).status_code == 404


def test_a_double_click_invites_once_and_a_colleague_is_not_overtaken(
    team: Person, stranger_to_screens: Patient, place: Territory
) -> None:
    """Two messages would leave the first with a code that no longer opens."""
    here, browser = reverse("space:invite", args=[stranger_to_screens.pk]), client_of(team)
    assert 'name="after" value="0"' in browser.get(here).content.decode()
    for _click in range(2):
        browser.post(here, {"do": "sms", "after": "0"})
    (row,) = EntryCode.objects.of_patient(stranger_to_screens)
    assert row.revoked_at is None
    assert Notification.objects.in_scope(place.scope).filter(template="space_invited").count() == 1
    reception = make_person("lea.orme", Role.REGULATOR, place.scope)
    with pytest.raises(ValidationError, match="vient d’inviter"):
        actions.invite(by=reception, patient=stranger_to_screens, way=Way.PAPER, after=0)
    again = actions.invite(by=team, patient=stranger_to_screens, way=Way.SMS, after=row.pk)
    row.refresh_from_db()
    assert (again.pk != row.pk, row.revoked_at is not None) == (True, True)
