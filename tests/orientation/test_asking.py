"""An EHPAD, a pharmacy, a professional asks the desk, follows what becomes of it, takes it back."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from maillage.directory.api import Membership, Structure
from maillage.exchange.api import Notification
from maillage.kernel import access, journal
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Permission, Role
from maillage.orientation import api
from maillage.orientation.models import Request
from maillage.people.api import Patient
from maillage.people.models import AccessLogEntry
from maillage.territory.api import Commune, Territory
from tests.factories import make_person, make_professional
from tests.orientation.conftest import events_told, refused

ASK, ASKED = reverse("orientation:ask"), reverse("orientation:asked")
SENDERS = {
    Role.EHPAD: "ehpad", Role.PHARMACIST: "pharmacy", Role.NURSE: "professional",
    Role.PHYSICIAN: "professional",
    Role.MIDWIFE: "professional", Role.PHYSIOTHERAPIST: "professional", Role.CASE_MANAGER: "professional",
}  # fmt: skip
Fill = Callable[..., dict[str, object]]


@pytest.fixture
def home(place: Territory) -> Person:
    return make_person("odile.glycine", Role.EHPAD, place.scope)


@pytest.fixture
def fill(place: Territory, village: Commune) -> Fill:
    """Give a function that fills the form."""

    def filled(**values: object) -> dict[str, object]:
        return {
            "key": "k1", "scope": place.scope.pk, "motive": "M03.21", "complaint": "Vomit depuis midi.",
            "last_name": "Tilleul", "first_name": "Louis", "birth_date": "1938-03-02", "commune": "71001",
            "place": "EHPAD Les Glycines", "caller_phone": "03 39 98 00 12", "caller_name": "Odile Glycine",
        } | values  # fmt: skip

    return filled


def sent(client: Client, person: Person, values: dict[str, object]) -> Request:
    client.force_login(person)
    assert client.post(ASK, values).status_code == 302
    return Request.objects.sent_by(person).get()


@pytest.mark.parametrize("role", list(Role))
def test_who_may_send_is_who_cares_for_somebody(
    client: Client, place: Territory, fill: Fill, role: Role
) -> None:
    person = make_person("some.body", role, place.scope)
    client.force_login(person)
    assert client.get(ASK).status_code == (200 if role in SENDERS else 403)
    answer = client.post(ASK, fill())
    assert answer.status_code == (302 if role in SENDERS else 403)
    if role in SENDERS:
        row = Request.objects.sent_by(person).get()
        assert (row.origin, row.state, row.opened_by) == (SENDERS[role], "new", person)
        assert row.caller_kind == ("MED" if role is Role.PHYSICIAN else "SANTE")


def test_it_arrives_at_the_desk_and_a_double_click_sends_one(
    client: Client, home: Person, regulator: Person, place: Territory, fill: Fill
) -> None:
    before = events_told(place)
    row = sent(client, home, fill())
    client.post(ASK, fill())
    assert Request.objects.sent_by(home).count() == 1
    assert events_told(place) > before
    assert [one.request.pk for one in api.queue(by=regulator, scope=place.scope)] == [row.pk]
    client.force_login(regulator)
    assert "EHPAD" in client.get(reverse("orientation:desk")).content.decode()
    api.take(by=regulator, request=row)
    text = client.get(reverse("orientation:request", args=[row.pk])).content.decode()
    assert "Louis TILLEUL" in text
    assert 'value="Tilleul"' in text  # the desk has nothing to type again
    assert journal.Entry.objects.filter(verb="orientation.opened", by=home).count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("motive", ""),
        ("motive", "M99.99"),
        ("caller_phone", "12"),
        ("commune", ""),
        ("scope", "999"),
        ("birth_date", "2990-01-01"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_typed_is_lost(
    client: Client, home: Person, fill: Fill, field: str, value: str
) -> None:
    client.force_login(home)
    answer = client.post(ASK, fill(**{field: value}))
    assert answer.status_code == 422
    assert "Vomit depuis midi." in answer.content.decode()
    assert not Request.objects.sent_by(home).exists()


@pytest.mark.parametrize("motive", ["M01.01", "M01.03", "M03.08"])
def test_a_vital_motive_shows_the_15_to_the_sender_and_is_p0_at_the_desk(
    client: Client, home: Person, regulator: Person, place: Territory, fill: Fill, motive: str
) -> None:
    calm = make_person("paul.reglisse", Role.PHARMACIST, place.scope)
    sent(client, calm, fill(key="k0"))
    row = sent(client, home, fill(motive=motive))
    assert row.priority == "P0"
    text = client.get(ASKED).content.decode()
    assert "Appelez le 15 maintenant" in text
    assert "Annuler cette demande" not in text
    waiting = {line.request.pk: line.request.priority for line in api.queue(by=regulator, scope=place.scope)}
    assert waiting[row.pk] == "P0"
    refused(api.Refusal.ALARM_STAYS, api.withdraw, by=home, request=row, reason="Passé.")
    api.take(by=regulator, request=row)
    with pytest.raises(api.OrientationError):
        api.propose(by=regulator, request=row)
    api.transfer_to_15(by=regulator, request=row, note="Transmis.")
    assert "Transmise au 15" in client.get(ASKED).content.decode()


def test_nobody_reads_or_cancels_the_request_of_another_structure(
    client: Client, home: Person, place: Territory, fill: Fill
) -> None:
    row = sent(client, home, fill())
    other = make_person("autre.ehpad", Role.EHPAD, place.scope)
    client.force_login(other)
    assert "Tilleul".upper() not in client.get(ASKED).content.decode()
    assert client.post(reverse("orientation:withdraw", args=[row.pk]), {"reason": "x"}).status_code == 404
    with pytest.raises(PermissionDenied):
        api.withdraw(by=other, request=row, reason="x")
    assert api.under_way_count(other) == 0
    assert api.under_way_count(home) == 1
    assert not access.may(other, Permission.REGULATE, place.scope)


def test_it_is_taken_back_with_a_reason_while_nothing_is_decided(
    client: Client, home: Person, regulator: Person, place: Territory, fill: Fill
) -> None:
    row = sent(client, home, fill())
    assert "Entre les mains du bureau de régulation." in client.get(ASKED).content.decode()
    assert 'value="Brumeval (71001)"' in client.get(ASK).content.decode()  # the next form knows where from
    address = reverse("orientation:withdraw", args=[row.pk])
    assert "Dites pourquoi" in client.post(address, {"reason": " "}, follow=True).content.decode()
    client.post(address, {"reason": "Le médecin traitant est passé."})
    assert "Annulée par qui l’a envoyée" in client.get(ASKED).content.decode()
    client.post(address, {"reason": "Encore."})
    file = api.request_file(by=regulator, pk=row.pk)
    assert [(one.outcome, one.note) for one in file.closures] == [
        ("withdrawn", "Le médecin traitant est passé.")
    ]
    assert api.today(by=regulator, scope=place.scope).without_answer == {api.Outcome.WITHDRAWN: 1}


def test_once_decided_it_is_no_longer_taken_back_and_the_answer_is_told(
    client: Client, home: Person, regulator: Person, fill: Fill
) -> None:
    row = sent(client, home, fill(motive="M02.06"))
    api.take(by=regulator, request=row)
    text = client.get(ASKED).content.decode()
    assert f"Entre les mains de {regulator.get_full_name()}" in text
    Request.objects.keyed(row.pk).update(state="advice")
    refused(api.Refusal.DECIDED, api.withdraw, by=home, request=row, reason="Trop tard.")
    assert "Conseil donné" in client.get(ASKED).content.decode()
    api.close(by=regulator, request=row, outcome=api.Outcome.SEEN)
    told = Notification.objects.for_person(home).filter(template="request_answered", channel="inbox").get()
    assert told.path == f"{ASKED}#demande-{row.pk}"
    assert "Tilleul" not in str(told.parameters)


def test_the_count_is_beside_the_entry(client: Client, home: Person, fill: Fill) -> None:
    sent(client, home, fill())
    text = client.get(reverse("web:home")).content.decode()
    assert ASKED in text
    assert "1 en attente" in text


# --- Two accounts of one EHPAD ---


@pytest.fixture
def glycines(village: Commune) -> Structure:
    return ehpad("glycines", village)


def ehpad(key: str, commune: Commune) -> Structure:
    return Structure.objects.create(
        id=key, kind="ehpad", name=f"EHPAD {key.title()}", commune=commune, lon=4.0, lat=46.0, count=1,
        source="test",
    )  # fmt: skip


def works_at(name: str, structure: Structure, place: Territory, **values: object) -> Person:
    account = make_person(name, Role.EHPAD, place.scope)
    sheet = make_professional(account.last_name, account.first_name, account)
    Membership.objects.create(professional=sheet, structure=structure, source="test", **values)
    return account


def test_the_colleagues_of_an_ehpad_share_its_requests_and_no_other_does(
    client: Client, place: Territory, village: Commune, glycines: Structure, regulator: Person, fill: Fill,
    patient: Patient,
) -> None:  # fmt: skip
    odile, yann = (works_at(name, glycines, place) for name in ("odile.glycine", "yann.lilas"))
    left = works_at("rose.lilas", glycines, place, ends_on=date(2026, 3, 1))
    elsewhere = works_at("paul.orme", ehpad("ormes", village), place)
    nurse = make_person("ines.capucine", Role.NURSE, place.scope)
    row = sent(client, odile, fill())
    assert row.sent_from == glycines
    assert [one.request.pk for one in api.sent(by=yann)] == [row.pk]
    assert api.under_way_count(yann) == 1
    for other in (left, elsewhere, nurse):
        assert api.sent(by=other) == []
        assert not Request.objects.for_person(other).filter(pk=row.pk).exists()
    api.take(by=regulator, request=row)
    api.describe(by=regulator, request=row, values={"patient": patient})

    client.force_login(yann)
    page = client.get(ASKED).content.decode()
    assert "Envoyée par Odile Glycine, EHPAD Glycines." in page
    log = AccessLogEntry.objects.in_scope(place.scope).filter(patient=patient)
    read = {one.purpose for one in log.filter(person=yann)}
    assert read == {"Demandes envoyées par un collègue du même EHPAD"}
    assert not log.filter(person=odile).exists()

    withdrawn = reverse("orientation:withdraw", args=[row.pk])
    client.force_login(elsewhere)
    assert client.post(withdrawn, {"reason": "x"}).status_code == 404
    with pytest.raises(PermissionDenied):
        api.withdraw(by=elsewhere, request=row, reason="x")
    client.force_login(yann)
    client.post(withdrawn, {"reason": "Le résident va mieux."})
    row = Request.objects.keyed(row.pk).get()
    assert row.state == "closed"
    assert Entry.objects.filter(verb="orientation.withdrawn").get().by == yann


def test_whoever_works_in_two_ehpad_sends_from_the_one_of_the_commune(
    client: Client, place: Territory, village: Commune, town: Commune, glycines: Structure, fill: Fill
) -> None:
    both = works_at("odile.glycine", glycines, place)
    Membership.objects.create(professional=both.professional, structure=ehpad("ormes", town), source="test")
    assert sent(client, both, fill()).sent_from == glycines
    alone = make_person("awa.melisse", Role.EHPAD, place.scope)
    assert sent(client, alone, fill(key="k2")).sent_from is None
