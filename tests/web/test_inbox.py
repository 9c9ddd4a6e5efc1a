"""The inbox of all contexts: what waits, gathered and ordered; put off; done where it belongs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maillage.care import api as care
from maillage.care.models import Task
from maillage.directory.api import Professional
from maillage.exchange import api as exchange
from maillage.kernel import contributions, once, snoozes
from maillage.kernel.contributions import Contribution, Deed, InboxLine, InboxSource, Pending, Waits
from maillage.kernel.models import Person, Snooze
from maillage.kernel.rules import Role
from maillage.kernel.statements import given
from maillage.people.actions import circle
from maillage.people.api import Patient
from maillage.people.models import AccessLogEntry, CareLink
from maillage.territory.api import Territory
from maillage.web import inbox
from tests.care.conftest import client_of, nurse, patient, pharmacist
from tests.factories.fixtures import coordinator, doctor, place, professional, regulator
from tests.statements import statements

__all__ = ["coordinator", "doctor", "nurse", "patient", "pharmacist", "place", "professional", "regulator"]
pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 13, 14, 0, tzinfo=PARIS)  # a Friday
INBOX = "/a-traiter/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def ask(
    by: Person, to: Professional, about: Patient, title: str, key: str, due_at: datetime | None = None
) -> Task:
    return care.open_task(
        by=by, scope=about.scope, owner=to, title=title, key=key, patient=about, due_at=due_at
    )


def read(person: Person, query: str = "") -> str:
    answer = client_of(person).get(INBOX + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_tasks_and_messages_are_one_list_the_most_pressing_first(
    doctor: Person, nurse: Person, patient: Patient, clock: time_machine.Traveller
) -> None:
    ask(doctor, nurse.professional, patient, "Peser", "a", due_at=NOW + timedelta(hours=1))
    ask(doctor, nurse.professional, patient, "Rappeler", "b", due_at=NOW + timedelta(days=2))
    clock.shift(timedelta(hours=2))
    page = read(nurse)
    messages = inbox.count(nurse) - 2
    assert messages > 0, "each task was announced by a message"
    assert f"{inbox.count(nurse)} choses vous attendent, dont 1 en retard." in page
    assert f"({inbox.count(nurse)} en attente)" in page, "the masthead says what the page lists"
    assert page.index("Peser") < page.index("Rappeler") < page.index("Marquer comme lu")


def test_a_message_about_an_hour_that_comes_is_read_before_what_can_wait(
    doctor: Person, nurse: Person, patient: Patient, clock: time_machine.Traveller
) -> None:
    for number in range(12):
        ask(doctor, nurse.professional, patient, f"Geste {number}", f"k{number}", NOW + timedelta(days=1))
        clock.shift(timedelta(minutes=1))
    told = exchange.Notification.objects.for_person(nurse).filter(person=nurse).order_by("pk")
    keys = list(told.values_list("pk", flat=True))
    soon, past = keys[-1], keys[0]
    rows = exchange.Notification._base_manager
    rows.filter(pk=soon).update(not_after=NOW + timedelta(minutes=30))
    rows.filter(pk=past).update(not_after=NOW)

    def ordered() -> list[tuple[str, int, bool]]:
        return [(one.source.kind, one.pending.pk, one.is_late) for one in inbox.gathered(nurse)]

    assert ordered()[0] == ("exchange.message", soon, False)
    # What was of use before now is no more pressing than another message: the oldest of them, it comes first.
    assert [one[0] for one in ordered()[1:13]] == ["care.task"] * 12
    assert ordered()[13] == ("exchange.message", past, False)
    clock.shift(timedelta(minutes=30))
    assert ("exchange.message", soon, False) in ordered()[12:]


def test_a_patient_is_named_where_the_circle_lets_it_and_the_reading_is_logged(
    doctor: Person, nurse: Person, patient: Patient
) -> None:
    ask(doctor, nurse.professional, patient, "Peser", "a")
    before = AccessLogEntry.objects.in_scope(patient.scope).filter(person=nurse).count()
    with CaptureQueriesContext(connection) as captured:
        assert inbox.count(nurse) == 2
    assert not [one for one in captured.captured_queries if "INSERT" in one["sql"]], "a count names nobody"
    assert "TILLEUL" in read(nurse)
    assert AccessLogEntry.objects.in_scope(patient.scope).filter(person=nurse).count() == before + 1
    link = CareLink.objects.of_patient(patient).get(professional=nurse.professional)
    circle.end_link(by=doctor, link=link, reason="parti")
    assert "TILLEUL" not in read(nurse)
    assert "Peser" not in read(nurse)


def test_what_is_done_in_place_is_done_in_its_own_context_and_comes_back_here(
    doctor: Person, nurse: Person, patient: Patient
) -> None:
    task = ask(doctor, nurse.professional, patient, "Peser", "a")
    client, back = client_of(nurse), f"{INBOX}?genre=care.task"
    answer = client.post(reverse("care:close_task", args=[task.pk]), {"next": back, "outcome": ""})
    assert answer["Location"] == back
    task.refresh_from_db()
    assert task.state == "done"
    assert "Peser" not in read(nurse)
    (message,) = exchange.Notification.objects.for_person(nurse).filter(person=nurse)
    answer = client.post(reverse("exchange:close", args=[message.pk]), {"next": "https://ailleurs.example/"})
    assert answer["Location"] == reverse("exchange:inbox"), "only a page of ours"
    assert "tout est fait." in read(nurse)


def test_one_kind_at_a_time(doctor: Person, nurse: Person, patient: Patient) -> None:
    ask(doctor, nurse.professional, patient, "Peser", "a")
    tasks, messages = read(nurse, "?genre=care.task"), read(nurse, "?genre=exchange.message")
    assert "Peser" in tasks
    assert "Marquer comme lu" not in tasks
    assert "Peser" not in messages
    assert "Marquer comme lu" in messages
    nothing = read(nurse, "?genre=inconnu")
    assert "Rien de ce genre" in nothing
    assert "2 choses vous attendent" in nothing


def test_a_line_is_put_off_for_its_reader_alone_until_a_local_hour(
    doctor: Person, nurse: Person, patient: Patient, clock: time_machine.Traveller
) -> None:
    task = ask(doctor, nurse.professional, patient, "Peser", "a", due_at=NOW + timedelta(days=5))
    client, sent = client_of(nurse), {"kind": "care.task", "row": str(task.pk)}
    assert client.post(reverse("web:snooze"), {**sent, "for": "monday"}).status_code == 302
    (kept,) = Snooze.objects.all()
    assert kept.until == datetime(2026, 3, 16, 8, 0, tzinfo=PARIS)
    assert "Peser" not in read(nurse)
    assert "Peser" in read(nurse, "?genre=plus-tard")
    assert inbox.count(nurse) == 1
    task.refresh_from_db()
    assert task.state == "open", "nothing has changed for anybody else"
    client.post(reverse("web:wake"), sent)
    assert "Peser" in read(nurse)
    client.post(reverse("web:snooze"), {**sent, "until": "2026-03-14T07:30"})
    assert Snooze.objects.get().until == datetime(2026, 3, 14, 6, 30, tzinfo=UTC), (
        "an hour of the reader's zone"
    )
    clock.move_to(datetime(2026, 3, 14, 7, 31, tzinfo=PARIS))
    assert "Peser" in read(nurse)


def test_a_deadline_ends_what_was_put_off(
    doctor: Person, nurse: Person, patient: Patient, clock: time_machine.Traveller
) -> None:
    task = ask(doctor, nurse.professional, patient, "Peser", "a", due_at=NOW + timedelta(hours=1))
    snoozes.snooze(by=nurse, kind="care.task", row=task.pk, until=NOW + timedelta(days=3))
    assert "Peser" not in read(nurse)
    clock.shift(timedelta(hours=1))
    page = read(nurse, "?genre=care.task")
    assert "Peser" in page
    assert "inbox-later" not in page, "what is late is not put off"


@pytest.mark.parametrize("until", ["", "hier", "2026-03-13T13:59", "2027-03-13T14:00", "9999-12-31T23:59"])
def test_a_moment_that_is_none_puts_nothing_off(
    until: str, doctor: Person, nurse: Person, patient: Patient
) -> None:
    task = ask(doctor, nurse.professional, patient, "Peser", "a")
    sent = {"kind": "care.task", "row": str(task.pk), "until": until}
    answer = client_of(nurse).post(reverse("web:snooze"), sent, follow=True)
    assert "Choisissez" in answer.content.decode()
    assert not Snooze.objects.exists()


def test_nobody_puts_off_what_is_not_theirs(
    doctor: Person, nurse: Person, pharmacist: Person, patient: Patient
) -> None:
    task = ask(doctor, nurse.professional, patient, "Peser", "a")
    for name in ("web:snooze", "web:wake"):
        for row in (str(task.pk), "\x00", "²", "9" * 30):
            sent = {"kind": "care.task", "row": row, "for": "hour"}
            assert client_of(pharmacist).post(reverse(name), sent).status_code == 404
    assert not Snooze.objects.exists()


def test_the_moments_offered_follow_the_wall_clock() -> None:
    friday = datetime(2026, 3, 27, 23, 30, tzinfo=PARIS)
    found = snoozes.choices(friday)
    assert "evening" not in found
    assert found["monday"] == datetime(2026, 3, 30, 6, 0, tzinfo=UTC), "summer time begins on Sunday"
    night = datetime(2026, 3, 29, 1, 30, tzinfo=PARIS)
    assert snoozes.choices(night)["hour"].astimezone(UTC) == night.astimezone(UTC) + timedelta(hours=1)
    assert snoozes.choices(NOW)["evening"].hour == 18


def test_what_is_over_is_forgotten(nurse: Person, clock: time_machine.Traveller) -> None:
    snoozes.snooze(by=nurse, kind="a", row=1, until=NOW + timedelta(hours=1))
    clock.shift(timedelta(hours=2))
    snoozes.snooze(by=nurse, kind="b", row=2, until=NOW + timedelta(hours=3))
    assert [one.kind for one in Snooze.objects.all()] == ["b"]


def test_the_page_costs_the_same_whatever_waits(doctor: Person, nurse: Person, patient: Patient) -> None:
    def cost() -> tuple[int, int]:
        client = client_of(nurse)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(INBOX)
        return len(statements(captured)), len(answer.content)

    ask(doctor, nurse.professional, patient, "Peser", "first")
    few, _light = cost()
    for number in range(70):
        ask(doctor, nurse.professional, patient, f"Peser {number}", str(number))
    many, heavy = cost()
    assert many <= few, "a page full of one kind draws no other"
    assert few <= 24
    assert heavy < 200_000, "thirty lines a page"


def test_a_new_context_has_its_lines_in_the_inbox(nurse: Person, coordinator: Person) -> None:
    kept: list[list[int]] = []

    def lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
        kept.append(sorted(keys))
        seen = ("+33399000001",), (Deed("Vu", "/vu/"),)
        return [InboxLine(person.pk, "Averse", "/averse/", "Val", "à 15 h", *seen)]

    Person.objects.create_user("tiers@exemple.fr")
    waits = Waits(
        lambda: Person.objects.filter(created_at__lte=given("now")),
        "created_at",
        asked=lambda person: [Pending(one.pk, NOW) for one in (person, coordinator)],
    )
    source = InboxSource("rain.shower", "Pluie", "world", frozenset({Role.NURSE}), waits, lines)
    contributions.contribute(Contribution("rain", inbox=(source,)))
    try:
        page = read(nurse)
        other = read(coordinator)
    finally:
        contributions.withdraw("rain")
    assert "Averse" in page
    assert "tel:+33399000001" in page
    assert 'action="/vu/"' in page
    assert page.count('id="rain-shower-') == 1, "what is no longer there when it is drawn is left out"
    assert kept == [sorted([nurse.pk, coordinator.pk])], "what may no longer be read is not drawn"
    assert "Averse" not in other


def test_a_read_is_shared_while_a_page_is_made(nurse: Person, coordinator: Person) -> None:
    asked: list[int] = []

    @once.once
    def read_once(person: Person) -> int:
        asked.append(person.pk)
        return len(asked)

    assert (read_once(nurse), read_once(nurse)) == (1, 2)
    with once.reading():
        assert (read_once(nurse), read_once(nurse), read_once(coordinator)) == (3, 3, 4)
    assert read_once(nurse) == 5


def test_the_inbox_of_a_territory_without_work_says_so(place: Territory, coordinator: Person) -> None:
    page = read(coordinator)
    assert "Tout est fait" in page
    assert "inbox-keys" not in page
