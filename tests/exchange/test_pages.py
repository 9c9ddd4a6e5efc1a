"""The inbox, its count in the masthead, its undo; what was sent, for who coordinates, without a name."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from maillage.exchange import api
from maillage.exchange.actions import inbox
from maillage.exchange.models import Notification
from maillage.exchange.rules.vocabulary import CallOutcome
from maillage.kernel import outbox
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.people.models import AccessLogEntry
from maillage.territory.api import Territory
from tests.exchange.conftest import NOW, Tell
from tests.exchange.servers import Gateway
from tests.factories import make_patient, make_person, make_professional, make_territory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Enter = Callable[[Person], Client]


@pytest.fixture
def enter() -> Enter:
    def entered(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return entered


@pytest.fixture
def called(patient: Patient) -> Patient:
    """A patient to telephone, through her daughter where she does not answer."""
    patient.joins_by_phone = True
    patient.carer_name, patient.carer_phone = "Awa Mélisse", "+33639980009"
    patient.save()
    return patient


def page(client: Client, name: str = "inbox", query: str = "") -> str:
    answer = client.get(reverse(f"exchange:{name}") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def waiting(client: Client, query: str = "") -> str:
    """What waits for somebody, in the inbox of all contexts."""
    answer = client.get(reverse("web:inbox") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def do(client: Client, name: str, pk: int, status: int = 302, **sent: str) -> None:
    assert client.post(reverse(f"exchange:{name}", args=[pk]), sent).status_code == status


def test_a_message_is_read_then_unread(enter: Enter, tell: Tell, doctor: Person) -> None:
    client = enter(doctor)
    assert "Rien ne vous attend" in page(client)
    row, _mail = tell(doctor, path="/agenda/")
    text = waiting(client)
    assert "Rendez-vous le lundi 16 mars 2026 à 9\u00a0h\u00a020 avec Hélène Aubépine" in text
    assert 'href="/agenda/"' in text
    assert "(1 en attente)" in text
    do(client, "close", row.pk)
    do(client, "close", row.pk)
    assert "Remettre à lire" in page(client)
    assert "(1 en attente)" not in page(client)
    do(client, "reopen", row.pk)
    do(client, "reopen", row.pk)
    assert "(1 en attente)" in page(client)
    client.cookies["django_language"] = "en"
    text = waiting(client)
    assert "Appointment on Monday 16 March 2026 at 09:20" in text
    assert "Mark as read" in text


def test_a_call_says_whom_to_call_and_is_done_by_one(
    enter: Enter, tell: Tell, called: Patient, regulator: Person, place: Any, clock: Any
) -> None:
    (row,) = tell(called, not_after=NOW + timedelta(days=1))
    other = make_person("paul.reglisse", Role.REGULATOR, place.scope)
    text = waiting(enter(regulator))
    for said in (
        "Louis TILLEUL",
        "06\u00a039\u00a098\u00a000\u00a001",
        "Awa Mélisse",
        "Avant le dimanche 15",
    ):
        assert said in text
    assert AccessLogEntry.objects.in_scope(place.scope).filter(patient=called, person=regulator).count() == 1
    assert 'href="tel:+33639980001"' in text
    assert 'href="tel:+33639980009"' in text, "the daughter's number is one tap too"
    do(enter(other), "note_call", row.pk, 404, outcome="no_answer")
    clock.shift(timedelta(hours=4))  # it is the regulator's alone until then
    do(enter(other), "close", row.pk, 404)
    do(enter(other), "note_call", row.pk, 404, outcome="fever")
    do(enter(other), "note_call", row.pk, outcome="no_answer")
    text = waiting(enter(regulator))
    assert "Sans réponse · Paul Reglisse" in text
    assert "(1 en attente)" in text, "nobody answered: it stays to call"
    do(enter(other), "note_call", row.pk, outcome="reached")
    assert "Joint au téléphone · Paul Reglisse" in page(enter(regulator))
    ended = inbox.note_call(by=regulator, pk=row.pk, outcome=CallOutcome.WRONG_NUMBER)
    assert ended.closed_by == other, "the first to end it ended it"
    do(enter(regulator), "reopen", row.pk)
    assert "(1 en attente)" in page(enter(regulator))
    verbs = Entry.objects.filter(verb__startswith="exchange.").values_list("verb", flat=True)
    assert sorted(verbs) == ["exchange.call_made", "exchange.call_made", "exchange.call_reopened"]


def test_a_call_to_a_professional_gives_the_number(
    enter: Enter, tell: Tell, regulator: Person, place: Any
) -> None:
    away = make_professional("Genêt", "Paul", phone="03 99 00 00 07")
    tell(away, scope=place.scope)
    text = waiting(enter(regulator))
    assert "Paul Genêt" in text
    assert 'href="tel:+33399000007"' in text


def test_a_call_that_nobody_made_stays_until_somebody_says_why(
    enter: Enter, tell: Tell, called: Patient, regulator: Person, coordinator: Person, clock: Any
) -> None:
    (row,) = tell(called, not_after=NOW + timedelta(hours=1))
    assert "Prévenu autrement" not in waiting(enter(regulator)), "before the hour, a call is made"
    assert "aucun en échec" in page(enter(coordinator), "deliveries")
    clock.shift(timedelta(hours=2))
    assert api.unread_count(regulator) == 1
    text = waiting(enter(regulator))
    assert "Jamais prévenu" in text
    assert "Prévenu autrement" in text
    report = page(enter(coordinator), "deliveries", "?voir=trouble")
    assert "1 n’a pas abouti" in report
    assert "Jamais prévenu" in report
    do(enter(regulator), "note_call", row.pk, outcome="too_late")
    assert api.unread_count(regulator) == 0
    report = page(enter(coordinator), "deliveries")
    assert "aucun en échec" in report
    assert "Clos sans prévenir" in report


def test_a_call_withdrawn_waits_for_nobody(
    enter: Enter, tell: Tell, called: Patient, regulator: Person, coordinator: Person, clock: Any
) -> None:
    tell(called, not_after=NOW + timedelta(hours=1), key="moved")
    api.withdraw(keys=["moved"])
    clock.shift(timedelta(hours=2))
    assert api.unread_count(regulator) == 0
    text = page(enter(regulator))
    assert "Sans objet" in text
    assert "/appel/" not in waiting(enter(regulator))
    assert "aucun en échec" in page(enter(coordinator), "deliveries")


def test_without_a_number_there_is_no_call_to_make(
    enter: Enter, tell: Tell, place: Any, regulator: Person
) -> None:
    silent, away = make_patient("Saule", place, phone=""), make_professional("Houx", "Luc")
    for to, scope in ((silent, None), (away, place.scope)):
        (row,) = tell(to, scope=scope)
        assert (row.state, row.failure) == ("abandoned", "no_address")
    assert api.unread_count(regulator) == 0
    (call,) = tell(make_patient("Frêne", place, phone="", carer_phone="+33639980009"))
    assert call.state == "sent", "their carer is called"


def test_others_see_neither_the_call_nor_the_message(
    enter: Enter, tell: Tell, called: Patient, doctor: Person, coordinator: Person, administrator: Person
) -> None:
    elsewhere = make_person("nadia.verveine", Role.REGULATOR, make_territory().scope)
    (call,) = tell(called)
    line, mail = tell(doctor)
    for person in (elsewhere, coordinator, administrator):
        client = enter(person)
        assert "Rien ne vous attend" in waiting(client)
        for pk in (call.pk, line.pk, mail.pk):
            do(client, "close", pk, 404)
            do(client, "reopen", pk, 404)
            do(client, "note_call", pk, 404, outcome="reached")
    do(enter(doctor), "close", mail.pk, 404)
    do(enter(doctor), "note_call", line.pk, 404, outcome="reached")


def test_one_chooses_how_to_be_told(enter: Enter, tell: Tell, doctor: Person) -> None:
    client = enter(doctor)
    address = reverse("exchange:preference")
    assert client.post(address, {"mail": "never", "language": "eo"}).status_code == 302
    assert "une langue des listes" in page(client)
    assert client.post(address, {"mail": "never", "language": "en"}).status_code == 302
    assert len(tell(doctor)) == 1
    (chosen,) = re.findall(r'<input[^>]*name="mail"[^>]*\bchecked[^>]*>', page(client))
    assert 'value="never"' in chosen


def test_the_coordinator_reads_what_was_sent_without_a_name(
    enter: Enter, tell: Tell, patient: Patient, coordinator: Person, regulator: Person, gateway: Gateway,
    clock: Any,
) -> None:  # fmt: skip
    client = enter(coordinator)
    assert "Rien à montrer ici" in page(client, "deliveries")
    gateway.answers = [422, 503]
    refused, late = *tell(patient), *tell(patient)
    assert "En attente" in page(client, "deliveries", "?voir=waiting")
    clock.shift(timedelta(seconds=2))
    outbox.drain()
    text = page(client, "deliveries", "?voir=trouble")
    assert "2 n’ont pas abouti" in text
    assert f"Patient nº\u00a0{patient.pk}" in text
    assert "06\u00a039" not in text
    assert "06\u00a0••\u00a0••\u00a0••\u00a001" in text
    assert "(HTTP 422)" in text
    assert "TILLEUL" not in text.upper()
    assert "639980001" not in text
    assert text.count("/relance/") == 1, "the other is tried again by itself"
    do(client, "retry", refused.pk)
    do(client, "retry", 10_000, 404)
    clock.shift(timedelta(seconds=9))
    assert outbox.drain() == 2
    text = page(client, "deliveries", "?voir=nonsense")
    assert "aucun en échec" in text
    assert "Sans objet" in text, "the number refused for good became a call, taken back now that the SMS left"
    call = next(row for row in Notification.objects.for_person(regulator) if row.is_call)
    do(enter(regulator), "note_call", call.pk, outcome="message_left")
    assert "Message laissé" in page(client, "deliveries", "?voir=calls")
    do(enter(regulator), "note_call", call.pk, outcome="reached")
    assert "Passé" in page(client, "deliveries", "?voir=calls")
    assert reverse("exchange:deliveries") in page(client)
    assert enter(regulator).get(reverse("exchange:deliveries")).status_code == 403
    do(enter(regulator), "retry", late.pk, 403)
    assert reverse("exchange:deliveries") not in page(enter(regulator))


def test_a_report_stops_at_its_own_territory(
    enter: Enter, tell: Tell, patient: Patient, administrator: Person, gateway: Gateway, clock: Any
) -> None:
    gateway.answers = [422]
    (row,) = tell(patient)
    tell(make_professional("Genêt", "Paul"))
    clock.shift(timedelta(seconds=2))
    outbox.drain()
    elsewhere = make_person("nadia.verveine", Role.COORDINATOR, make_territory().scope)
    assert "Rien à montrer ici" in page(enter(elsewhere), "deliveries")
    do(enter(elsewhere), "retry", row.pk, 403)
    text = page(enter(administrator), "deliveries")
    assert "Paul Genêt" in text, "who is told outside any territory is read by administrators"
    assert "Aucune adresse où écrire" in text
    do(enter(administrator), "retry", row.pk)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_inbox_costs_the_same_whatever_it_holds(
    enter: Enter,
    tell: Tell,
    called: Patient,
    regulator: Person,
    rows: int,
    django_assert_max_num_queries: Any,
) -> None:
    client = enter(regulator)
    for number in range(rows):
        tell(make_patient(f"Frêne{number}", _place(called)))
        tell(regulator)
    with django_assert_max_num_queries(21):
        waiting(client)
    for row in Notification.objects.for_person(regulator).to_do():
        do(client, *(("note_call", row.pk) if row.is_call else ("close", row.pk)), outcome="reached")
    with django_assert_max_num_queries(19):
        page(client)


def test_the_count_is_one_query(
    tell: Tell, called: Patient, regulator: Person, django_assert_num_queries: Any
) -> None:
    tell(called)
    tell(regulator)
    with django_assert_num_queries(1):
        assert api.unread_count(regulator) == 2


def test_the_inbox_has_pages(enter: Enter, tell: Tell, regulator: Person) -> None:
    for _number in range(51):
        tell(regulator)
    client = enter(regulator)
    assert waiting(client).count("Marquer comme lu") == 30
    assert waiting(client, "?genre=exchange.message&page=2").count("Marquer comme lu") == 21
    for row in Notification.objects.for_person(regulator):
        inbox.close(by=regulator, pk=row.pk)
    assert page(client).count("Remettre à lire") == 50
    assert page(client, query="?page=2").count("Remettre à lire") == 1
    assert Notification.objects.for_person(regulator).count() == 51


def _place(patient: Patient) -> Any:
    return patient.scope.territory


@pytest.mark.django_db(transaction=True)
def test_a_call_is_written_in_the_chain_of_its_scope(
    tell: Tell, called: Patient, regulator: Person, place: Territory
) -> None:
    with transaction.atomic():
        (row,) = tell(called)
    inbox.note_call(by=regulator, pk=row.pk, outcome=CallOutcome.REACHED)
    inbox.reopen(by=regulator, pk=row.pk)
    lines = Entry.objects.filter(verb__startswith="exchange.call_")
    assert list(lines.values_list("chain", flat=True)) == [place.scope_id] * 2
