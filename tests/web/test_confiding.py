"""An inbox confided to somebody: what they see and do of it, what stays its owner's, when it ends."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maillage.care import api as care
from maillage.care.actions import recalls
from maillage.care.models import Recall, RecallStep, Task
from maillage.care.rules.recalls import RecallKind
from maillage.directory.api import Professional
from maillage.exchange.models import Notification
from maillage.kernel import actions, confiding, inboxes, journal, leaving, outbox, snoozes
from maillage.kernel.contributions import happenings_of
from maillage.kernel.models import Entry, InboxDeed, InboxHolding, Person
from maillage.kernel.rules import InboxGroup, Role
from maillage.people import api as people
from maillage.people.actions import circle
from maillage.people.models import AccessLogEntry, CareLink, CareOpposition
from maillage.territory.api import Territory
from maillage.web import inbox
from tests.care.conftest import client_of, nurse, patient, pharmacist
from tests.factories import make_patient, make_person, make_professional, make_territory
from tests.factories.fixtures import coordinator, doctor, place, professional, regulator
from tests.statements import statements

__all__ = [
    "coordinator", "doctor", "nurse", "patient", "pharmacist", "place",
    "professional", "regulator",
]  # fmt: skip
pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 27, 18, 30, tzinfo=PARIS)  # a Friday evening; summer time begins on Sunday
TODAY, ALL = NOW.date(), list(InboxGroup)
INBOX, CONFIDING = "/a-traiter/", "/a-traiter/confier/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def replacement(place: Territory, clock: time_machine.Traveller) -> Person:
    """A physician of the territory, in nobody's circle."""
    person = make_person("marc.sureau", Role.PHYSICIAN, place.scope)
    make_professional("Sureau", "Marc", person)
    return person


def confide(owner: Person, to: Person, **more: Any) -> InboxHolding:
    usual: dict[str, Any] = {
        "groups": ALL,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=9),
        "key": uuid4().hex,
    }
    return confiding.confide(by=owner, holder=to, **usual | more)


def into_circle(by: Person, patient: people.Patient, who: Person, role: Role = Role.PHYSICIAN) -> CareLink:
    return circle.add_to_circle(
        by=by,
        patient=patient,
        who=who.professional,
        origin=people.Origin.TEAM,
        role=role,
        is_informed=True,
    )


def ask(by: Person, to: Person, about: people.Patient | None, title: str, place: Territory) -> Task:
    return care.open_task(
        by=by,
        scope=place.scope,
        owner=getattr(to, "professional", to),
        title=title,
        key=uuid4().hex,
        patient=about,
    )


def due(owner: Person, about: people.Patient) -> Recall:
    return recalls.add_recall(
        by=owner,
        patient=about,
        kind=RecallKind.BLOOD_TEST,
        what="HbA1c",
        due_on=TODAY,
        owner=owner,
        key=uuid4().hex,
    )


def read(person: Person, query: str = "") -> str:
    answer = client_of(person).get(INBOX + query)
    assert answer.status_code == 200
    return answer.content.decode()


def held_kinds(person: Person) -> list[tuple[str, int]]:
    return [(one.source.kind, one.pending.pk) for one in inbox.gathered(person) if one.holding is not None]


def test_a_replacement_of_the_circle_sees_the_line_whole_and_does_it_for_its_owner(
    doctor: Person,
    nurse: Person,
    replacement: Person,
    patient: people.Patient,
    place: Territory,
    clock: time_machine.Traveller,
) -> None:
    task = ask(nurse, doctor, patient, "Rappeler la fille", place)
    into_circle(doctor, patient, replacement)
    confide(doctor, replacement)
    page = read(replacement)
    assert "TILLEUL" in page
    assert "Rappeler la fille" in page
    assert "pour Helene Aubepine" in page
    assert "choses attendent Helene Aubepine, dont vous suivez la boîte jusqu’au 05/04/2026" in page
    assert AccessLogEntry.objects.in_scope(place.scope).filter(person=replacement).exists()
    clock.shift(timedelta(hours=1))
    answer = client_of(replacement).post(
        reverse("care:close_task", args=[task.pk]), {"next": INBOX, "outcome": "Appelée, rassurée"}
    )
    assert answer["Location"] == INBOX
    task.refresh_from_db()
    assert (task.state, task.closed_by) == ("done", replacement)
    entry = Entry.objects.filter(verb="care.task_done").get()
    assert (entry.by, entry.changes["on_behalf_of"]) == (replacement, f"kernel.person:{doctor.pk}")
    assert "Rappeler la fille" not in read(replacement)
    assert (
        "Marc Sureau, pour Helene Aubepine"
        in client_of(doctor).get(reverse("care:task", args=[task.pk])).text
    )
    mine = read(doctor)
    assert "Fait pour vous" in mine
    assert "Rappeler la fille" in mine
    assert "Marc Sureau a fait une tâche" in mine
    again = client_of(replacement).post(reverse("care:close_task", args=[task.pk]), {"outcome": "x"})
    assert again.status_code == 302
    assert InboxDeed.objects.count() == 1, "done already: nothing more is noted"
    assert journal.verify().intact


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PHARMACIST, Role.PHYSICIAN, Role.REGULATOR])
def test_without_a_link_the_line_says_that_it_waits_and_nothing_more(
    role: Role, doctor: Person, nurse: Person, patient: people.Patient, place: Territory
) -> None:
    task = ask(nurse, doctor, patient, "Plaie du pied", place)
    other = make_person("sara.houx", role, place.scope)
    confide(doctor, other, groups=[InboxGroup.TASKS])
    page = read(other)
    assert "Un patient · Tâche" in page
    assert "TILLEUL" not in page
    assert "Plaie" not in page
    assert "Attend Helene Aubepine : ce geste lui revient." in page.replace("\u202f", " ").replace(
        "\xa0", " "
    )
    assert reverse("care:close_task", args=[task.pk]) not in page
    client_of(other).post(reverse("care:close_task", args=[task.pk]), {"outcome": "fait"})
    task.refresh_from_db()
    assert task.state == "open"
    assert client_of(other).get(reverse("care:task", args=[task.pk])).status_code == 404


@pytest.mark.parametrize(
    ("role", "is_linked", "is_named", "may_note"),
    [
        (Role.PHYSICIAN, True, True, True),
        (Role.PHYSICIAN, False, False, False),
        (Role.NURSE, True, True, True),
        (Role.COORDINATOR, False, False, False),
        (Role.REGULATOR, False, True, False),
        (Role.CASE_MANAGER, False, True, False),
    ],
)
def test_who_is_to_be_called_is_named_to_those_whom_a_link_or_a_reception_lets_know(
    role: Role,
    is_linked: bool,
    is_named: bool,
    may_note: bool,
    doctor: Person,
    patient: people.Patient,
    place: Territory,
) -> None:
    people.Patient._base_manager.filter(pk=patient.pk).update(phone="+33639980001")
    recall = due(doctor, patient)
    other = make_person("sara.houx", role, place.scope)
    make_professional("Houx", "Sara", other)
    if is_linked:
        into_circle(doctor, patient, other, role)
    confide(doctor, other, groups=[InboxGroup.CALLS])
    page = read(other, f"?pour={doctor.pk}")
    assert ("TILLEUL" in page) is is_named
    assert ("tel:+33639980001" in page) is is_named
    assert ("HbA1c" in page) is is_linked, "what is due is of health"
    assert ("Appel passé" in page) is may_note
    assert ("Un patient" in page) is not is_named
    sent = {"do": "note", "came": "called", "seen": recall.version, "key": uuid4().hex}
    client_of(other).post(reverse("care:recall", args=[patient.pk, recall.pk]), sent)
    assert RecallStep.objects.of_recalls([recall]).exists() is may_note
    if may_note:
        page = client_of(doctor).get(reverse("care:recall", args=[patient.pk, recall.pk])).text
        assert "Sara Houx, pour Helene Aubepine" in page
        assert "HbA1c" in read(doctor), "what was done for them"


def test_an_opposition_takes_the_name_from_a_reception(
    doctor: Person, regulator: Person, patient: people.Patient, clock: time_machine.Traveller
) -> None:
    due(doctor, patient)
    confide(doctor, regulator)
    assert "TILLEUL" in read(regulator)
    CareOpposition.objects.create(patient=patient, person=regulator, recorded_by=doctor, since=NOW)
    assert "TILLEUL" not in read(regulator)
    assert "Un patient" in read(regulator)


def test_a_task_about_nobody_is_done_by_who_holds_the_inbox_and_by_no_other(
    doctor: Person, nurse: Person, replacement: Person, coordinator: Person, place: Territory
) -> None:
    task = ask(nurse, doctor, None, "Signer la convention", place)
    held = confide(doctor, replacement)
    assert "Signer la convention" in read(replacement)
    with pytest.raises(PermissionDenied):
        care.close_task(by=coordinator, task=task)
    confiding.take_back(by=doctor, holding=held)
    with pytest.raises(PermissionDenied):
        care.close_task(by=replacement, task=task)
    confide(doctor, replacement, groups=[InboxGroup.CALLS])
    with pytest.raises(PermissionDenied):
        care.close_task(by=replacement, task=task)
    confide(doctor, coordinator, groups=[InboxGroup.TASKS])
    care.close_task(by=coordinator, task=task)
    assert InboxDeed.objects.get().holding.holder == coordinator


def test_a_message_is_read_for_its_owner_who_is_told_by_whom(
    doctor: Person, nurse: Person, replacement: Person, patient: people.Patient, place: Territory
) -> None:
    ask(nurse, doctor, patient, "Peser", place)
    (row,) = Notification.objects.for_person(doctor).filter(person=doctor)
    address = reverse("exchange:close", args=[row.pk])
    assert client_of(replacement).post(address).status_code == 404
    confide(doctor, replacement, groups=[InboxGroup.MESSAGES])
    assert address in read(replacement)
    assert client_of(replacement).post(address, {"next": INBOX}).status_code == 302
    row.refresh_from_db()
    assert row.closed_by == replacement
    entry = Entry.objects.get(verb="exchange.message_read")
    assert entry.changes == {"on_behalf_of": f"kernel.person:{doctor.pk}"}
    assert "Lu pour vous par Marc Sureau" in client_of(doctor).get(reverse("exchange:inbox")).text
    assert "Une tâche vous attend" in read(doctor), "in what was done for them"
    client_of(doctor).post(reverse("exchange:reopen", args=[row.pk]))
    assert address in read(doctor), "and they take it up again"


def test_what_only_the_professional_may_do_waits_for_them(
    doctor: Person, professional: Professional, replacement: Person, place: Territory, coordinator: Person
) -> None:
    sought = make_patient("Aulne", place)
    request = people.request_doctor(by=coordinator, patient=sought, consented=True)
    people.set_quota(by=doctor, doctor=professional, per_month=5)
    people.propose(by=coordinator, request=request, doctor=doctor.professional)
    assert "Accepter" in read(doctor)
    confide(doctor, replacement)
    page = read(replacement, f"?pour={doctor.pk}&genre=people.proposal")
    assert "Un patient · Patient proposé" in page
    assert "AULNE" not in page
    assert "Accepter" not in page
    assert "ce geste lui revient" in page


def test_one_row_is_in_one_list_and_counted_once(
    doctor: Person, replacement: Person, regulator: Person, place: Territory, patient: people.Patient
) -> None:
    other = make_person("yves.orme", Role.REGULATOR, place.scope)
    make_professional("Orme", "Yves", other)
    ask(regulator, doctor, None, "Rappeler le labo", place)
    before = inbox.count(doctor)
    confide(doctor, replacement)
    confide(doctor, regulator, groups=[InboxGroup.TASKS, InboxGroup.CALLS])
    rows = held_kinds(replacement)
    assert len(rows) == len(set(rows)) == before, "the same rows as their owner's"
    assert inbox.count(replacement) == before + len(inboxes.waiting(replacement)[_messages(replacement)])
    page = read(replacement)
    assert f"({inbox.count(replacement)} en attente)" in page, "the masthead says what the page lists"
    own, theirs = read(replacement, "?pour=moi"), read(replacement, f"?pour={doctor.pk}")
    assert "Rappeler le labo" not in own
    assert "Rappeler le labo" in theirs
    assert "Rappeler le labo" in read(replacement, "?pour=inconnu"), "no such person: all of them"
    assert inbox.count(doctor) >= before, "nothing ceases to reach its owner"
    assert "Rappeler le labo" in read(doctor)


def _messages(person: Person) -> Any:
    return next(one for one in inboxes.waiting(person) if one.kind == "exchange.message")


def test_a_call_that_both_may_make_is_ones_own(place: Territory, regulator: Person) -> None:
    other = make_person("yves.orme", Role.REGULATOR, place.scope)
    confide(regulator, other)
    own = {(source.kind, one.pk) for source, rows in inboxes.waiting(other).items() for one in rows}
    assert not own & set(held_kinds(other))


def test_what_the_holder_puts_off_is_still_there_for_its_owner_and_the_other_way(
    doctor: Person, nurse: Person, replacement: Person, place: Territory
) -> None:
    task = ask(nurse, doctor, None, "Rappeler le labo", place)
    confide(doctor, replacement)
    sent = {"kind": "care.task", "row": str(task.pk), "for": "monday"}
    assert client_of(replacement).post(reverse("web:snooze"), sent).status_code == 302
    assert "Rappeler le labo" not in read(replacement, f"?pour={doctor.pk}")
    assert "Rappeler le labo" in read(replacement, "?genre=plus-tard")
    assert "Rappeler le labo" in read(doctor)
    client_of(replacement).post(reverse("web:wake"), sent)
    snoozes.snooze(by=doctor, kind="care.task", row=task.pk, until=NOW + timedelta(days=2))
    assert "Rappeler le labo" in read(replacement)
    confiding.take_back(by=doctor, holding=InboxHolding.objects.get())
    assert client_of(replacement).post(reverse("web:snooze"), sent).status_code == 404


@pytest.mark.parametrize(
    "how",
    ["its day", "taken back", "given up", "role of the holder", "role of the owner", "account", "departure"],
)
def test_it_ends_at_once_pages_open_included(
    how: str,
    doctor: Person,
    nurse: Person,
    replacement: Person,
    place: Territory,
    clock: time_machine.Traveller,
) -> None:
    task = ask(nurse, doctor, None, "Rappeler le labo", place)
    held = confide(doctor, replacement)
    browser = client_of(replacement)
    assert "Rappeler le labo" in browser.get(INBOX).text
    match how:
        case "its day":
            clock.move_to(datetime(2026, 4, 5, 23, 59, tzinfo=PARIS))
            assert "Rappeler le labo" in client_of(replacement).get(INBOX).text, "the last day is whole"
            clock.move_to(datetime(2026, 4, 6, 0, 0, tzinfo=PARIS))
            browser = client_of(replacement)
        case "taken back":
            confiding.take_back(by=doctor, holding=held)
        case "given up":
            confiding.take_back(by=replacement, holding=held)
        case "role of the holder" | "role of the owner":
            who = replacement if how == "role of the holder" else doctor
            actions.end_role(by=None, assignment=who.roles.get())
        case "account":
            actions.close_account(by=None, person=doctor)
        case _:
            dpo = make_person("hugo.lierre", Role.DPO, None)
            done = leaving.withdraw_person(by=dpo, person=doctor, reason="Retraite", key="k")
            assert ["kernel.inboxes", 1, 0] in [list(one) for one in done.done]
            held.refresh_from_db()
            assert held.ended_by == dpo
    assert "Rappeler le labo" not in browser.get(INBOX).text
    browser.post(reverse("care:close_task", args=[task.pk]), {"outcome": "fait"})
    task.refresh_from_db()
    assert task.state == "open" or how == "departure"
    assert not InboxDeed.objects.exists()


def said(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(error.value.messages)


def test_what_cannot_be_is_refused_in_words(
    doctor: Person, replacement: Person, nurse: Person, place: Territory
) -> None:
    def refused(field: str, word: str, to: Person = replacement, **more: Any) -> None:
        with pytest.raises(ValidationError) as error:
            confide(doctor, to, **more)
        assert list(error.value.message_dict) == [field]
        assert word in said(error)

    refused("holder", "déjà la vôtre", doctor)
    refused("starts_on", "passé", starts_on=TODAY - timedelta(days=1))
    refused("ends_on", "avant le début", ends_on=TODAY - timedelta(days=1))
    refused("ends_on", "365", ends_on=TODAY + timedelta(days=365))
    refused("groups", "au moins une", groups=[])
    elsewhere = make_territory("Ailleurs")
    strangers = [
        make_person("ada.loriot", Role.NURSE, elsewhere.scope),
        make_person("louise.if", Role.PATIENT, place.scope),
        make_person("awa.melisse", Role.CARER, place.scope),
        make_person("bernard.chene", Role.BOARD, place.scope),
        make_person("hugo.lierre", Role.DPO, None),
    ]
    gone = make_person("jean.saule", Role.NURSE, place.scope)
    actions.close_account(by=None, person=gone)
    refused("holder", "rôle", gone)
    for one in strangers:
        refused("holder", "rôle", one)
        with pytest.raises((PermissionDenied, ValidationError)):
            confide(one, doctor)
    confide(doctor, replacement, starts_on=TODAY + timedelta(days=5), ends_on=TODAY + timedelta(days=8))
    refused("holder", "suit déjà votre boîte", starts_on=TODAY + timedelta(days=8))
    with pytest.raises(ValidationError) as error:
        confide(replacement, doctor, starts_on=TODAY + timedelta(days=8))
    assert "plus personne ne regarde" in said(error)
    confide(replacement, doctor, starts_on=TODAY + timedelta(days=9))
    confide(doctor, nurse, starts_on=TODAY + timedelta(days=5))
    longest = confide(nurse, replacement, ends_on=TODAY + timedelta(days=364))
    assert longest.ends_on - longest.starts_on == timedelta(days=364)


def test_nobody_passes_on_an_inbox_that_they_hold(
    doctor: Person, replacement: Person, nurse: Person, coordinator: Person, place: Territory
) -> None:
    ask(coordinator, doctor, None, "Rappeler le labo", place)
    confide(doctor, replacement)
    form = {
        "key": "k",
        "holder": nurse.pk,
        "starts_on": "2026-03-27",
        "ends_on": "2026-03-30",
        "groups": ALL,
    }
    page = client_of(replacement).post(CONFIDING, form, follow=True).text
    assert "La boîte que vous suivez (Helene Aubepine) n’est pas confiée avec la vôtre" in page
    assert "Rappeler le labo" not in read(nurse)
    assert [one.holding.owner for one in inboxes.held_by(nurse)] == [replacement]


def test_the_same_click_twice_confides_once(
    doctor: Person, replacement: Person, nurse: Person, place: Territory
) -> None:
    first = confide(doctor, replacement, key="once")
    assert confide(doctor, replacement, key="once") == first
    with pytest.raises(ValidationError, match="déjà servi"):
        confide(doctor, nurse, key="once")
    assert confide(nurse, replacement, key="once") != first, "a key is its author's"
    assert confiding.take_back(by=doctor, holding=first).ended_at == NOW
    assert confiding.take_back(by=replacement, holding=first).ended_by == doctor
    assert Entry.objects.filter(verb="kernel.inbox_taken_back").count() == 1
    with pytest.raises(PermissionDenied):
        confiding.take_back(by=doctor, holding=InboxHolding.objects.get(owner=nurse))


def test_both_are_told_without_a_word_of_health(
    doctor: Person, replacement: Person, place: Territory
) -> None:
    held = confide(doctor, replacement)
    outbox.drain()
    for person, words in ((doctor, "Votre boîte est confiée"), (replacement, "Une boîte vous est confiée")):
        page = read(person)
        assert words in page
        assert "dimanche 5 avril 2026" in page
    confiding.take_back(by=replacement, holding=held)
    outbox.drain()
    for person in (doctor, replacement):
        assert "Une boîte n’est plus confiée" in read(person)
    assert journal.verify().intact


def test_the_form_confides_in_one_gesture_and_gives_back_what_was_typed(
    doctor: Person, replacement: Person, place: Territory
) -> None:
    page = read(doctor)
    assert "Je m’absente" in page
    assert page.count('name="groups"') == len(ALL)
    form = {"key": "k", "starts_on": "2026-03-27", "ends_on": "2026-03-20", "holder": replacement.pk}
    client = client_of(doctor)
    answer = client.post(CONFIDING, form | {"groups": ["calls"]})
    assert answer.status_code == 422
    assert "La fin est avant le début" in answer.text
    assert 'value="2026-03-20"' in answer.text or "20/03/2026" in answer.text
    for wrong in ({"groups": []}, {"groups": ["tout"]}, {"holder": "x"}, {"ends_on": ""}, {"key": ""}):
        sent = form | {"groups": ["calls"], "ends_on": "2026-03-29"} | wrong
        assert client.post(CONFIDING, sent).status_code == 422, wrong
    assert not InboxHolding.objects.exists()
    answer = client.post(CONFIDING, form | {"groups": ["calls"], "ends_on": "2026-03-29"}, follow=True)
    assert "Marc Sureau suit votre boîte du 27/03/2026 au 29/03/2026" in answer.text
    assert InboxHolding.objects.get().groups == ["calls"]
    assert "Appels et rappels à passer" in answer.text
    theirs = client_of(replacement).get(CONFIDING).text
    assert "Y renoncer" in theirs
    row = InboxHolding.objects.get()
    stranger = make_person("ada.loriot", Role.NURSE, place.scope)
    address = reverse("web:take_back", args=[row.pk])
    assert client_of(stranger).post(address).status_code == 404
    assert "ne suivez plus" in client_of(replacement).post(address, follow=True).text
    assert "ne voit plus" in client.post(address, follow=True).text


def test_the_dpo_reads_who_could_see_whose_inbox_and_when(
    doctor: Person, replacement: Person, nurse: Person, place: Territory, clock: time_machine.Traveller
) -> None:
    dpo = make_person("hugo.lierre", Role.DPO, None)
    address = reverse("web:confided_inboxes")
    assert "Personne n’a confié sa boîte" in client_of(dpo).get(address).text
    assert client_of(doctor).get(address).status_code == 403
    confiding.take_back(by=doctor, holding=confide(doctor, nurse))
    confide(nurse, replacement, starts_on=TODAY + timedelta(days=30), ends_on=TODAY + timedelta(days=40))
    task = ask(nurse, doctor, None, "Rappeler le labo", place)
    confide(doctor, replacement, groups=[InboxGroup.TASKS])
    care.close_task(by=replacement, task=task)
    page = client_of(dpo).get(address).text
    assert "1 boîte « À traiter » est suivie aujourd’hui" in page.replace("\xa0", " ")
    for word in ("en cours", "à venir", "arrêtée", "Marc Sureau", "Tâches et demandes de coordination"):
        assert word in page
    actions.end_role(by=None, assignment=replacement.roles.get())
    clock.shift(timedelta(days=1))
    assert "sans effet" in client_of(dpo).get(address).text
    clock.shift(timedelta(days=60))
    assert "terminée" in client_of(dpo).get(address).text


def test_the_calendar_of_the_holder_has_the_days(doctor: Person, replacement: Person) -> None:
    held = confide(doctor, replacement)
    found = [
        one for one in happenings_of(replacement, NOW, NOW + timedelta(days=30)) if "Boîte" in one.summary
    ]
    assert [(one.starts_at.date(), one.ends_at.date()) for one in found] == [
        (date(2026, 3, 27), date(2026, 4, 6))
    ]
    assert found[0].is_whole_days
    assert "Helene Aubepine" in found[0].summary
    assert not happenings_of(doctor, NOW, NOW + timedelta(days=30))
    confiding.take_back(by=doctor, holding=held)
    assert not happenings_of(replacement, NOW, NOW + timedelta(days=30))


def test_an_inbox_held_costs_a_bounded_number_of_statements(
    doctor: Person, nurse: Person, replacement: Person, patient: people.Patient, place: Territory
) -> None:
    def cost(person: Person, address: str = INBOX) -> list[str]:
        client = client_of(person)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return statements(captured)

    into_circle(doctor, patient, replacement)
    without = cost(replacement)
    confide(doctor, replacement)
    ask(nurse, doctor, patient, "Peser", place)
    due(doctor, patient)
    few = cost(replacement)
    for number in range(20):
        ask(nurse, doctor, patient, f"Peser {number}", place)
    assert cost(replacement) == few, "as many lines of the same kinds cost the same"
    assert len(few) <= 32
    assert len(without) <= 12
    assert len(cost(replacement, "/")) <= 20
    added = set(cost(nurse)) - {"SELECT kernel_inboxholding", "SELECT kernel_inboxdeed"}
    assert "SELECT kernel_inboxdeed" not in added


def test_whoever_holds_the_inboxes_of_a_whole_territory_reads_every_line(
    coordinator: Person, nurse: Person, place: Territory
) -> None:
    owners = [make_person(f"colette.genet{number}", Role.PHYSICIAN, place.scope) for number in range(45)]
    asked: set[tuple[str, int]] = set()
    for number, owner in enumerate(owners):
        make_professional("Genet", f"Colette {number}", owner)
        confide(owner, coordinator)
        asked.add(("care.task", ask(nurse, owner, None, f"Commander des gants {number}", place).pk))
    assert asked <= set(held_kinds(coordinator))
    assert client_of(coordinator).get(INBOX).status_code == 200


def test_the_page_of_the_dpo_costs_the_same_for_many_people(place: Territory, nurse: Person) -> None:
    client, address = client_of(make_person("hugo.lierre", Role.DPO, None)), reverse("web:confided_inboxes")

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    confide(make_person("colette.genet", Role.PHYSICIAN, place.scope), nurse)
    few = cost()
    for number in range(6):
        owner, holder = (
            make_person(f"{one}{number}", Role.NURSE, place.scope) for one in ("iris.a", "iris.b")
        )
        confide(owner, holder)
    assert cost() == few
