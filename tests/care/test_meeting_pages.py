"""The pages of meetings: who is answered what in each state of their link; the PDF, the feed, the form."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from maillage.agenda.api import create_agenda
from maillage.agenda.pages.feeds import happenings
from maillage.care.actions import meeting_items, meeting_minutes, meetings
from maillage.care.actions.meeting_minutes import Presence
from maillage.care.models import AgendaItem, Meeting
from maillage.care.rules.meetings import AgreedBy, MeetingKind
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Patient
from maillage.people.models import CareLink
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person
from tests.pdf import pages_of

MORNING = datetime(2026, 3, 5, 8, tzinfo=UTC)
HOUR = datetime(2026, 3, 12, 13, tzinfo=UTC)
ADDRESSES = ("meeting", "meeting_item", "meeting_minutes", "meeting_calendar")


@pytest.fixture(autouse=True)
def morning(patient: Patient) -> object:
    CareLink._base_manager.update(starts_at=MORNING, informed_at=MORNING)
    with time_machine.travel(MORNING + timedelta(hours=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def case(nurse: Person, place: Territory, patient: Patient) -> AgendaItem:
    meeting = meetings.call_meeting(
        by=nurse, scope=place.scope, kind=MeetingKind.RCP, starts_at=HOUR, length=60, key="m", place="Ici"
    )
    return meeting_items.add_case(
        by=nurse, meeting=meeting, patient=patient, subject="Chutes", length=20, key="c",
        agreed_by=AgreedBy.PATIENT,
    )  # fmt: skip


def answers(person: Person, case: AgendaItem) -> tuple[int, ...]:
    """What each address of a meeting answers to somebody."""
    browser, found = client_of(person), []
    for name in ADDRESSES:
        args = [case.meeting_id, case.pk] if name == "meeting_item" else [case.meeting_id]
        found.append(browser.get(reverse(f"care:{name}", args=args)).status_code)
    return tuple(found)


ALL, NO_CASE, NOTHING = (200, 200, 200, 200), (200, 404, 200, 200), (404, 404, 404, 404)


@pytest.mark.parametrize("is_case", [True, False])
def test_minutes_that_cannot_be_kept_stay_on_the_screen(
    case: AgendaItem, nurse: Person, is_case: bool
) -> None:
    name, args = ("meeting_item", [case.meeting_id, case.pk]) if is_case else ("meeting", [case.meeting_id])
    address = reverse(f"care:{name}", args=args)
    with time_machine.travel(HOUR + timedelta(minutes=5), tick=False):
        browser = client_of(nurse)
        answer = browser.post(address, {"do": "write", "text": "mot " * 2001, "base": "0"})
        assert (answer.status_code, "mot " * 2000 in answer.content.decode()) == (422, True)
        lines = "\r\n".join(["mot"] * 2000)  # 8,000 characters but one, as a browser counts them
        sent = browser.post(address, {"do": "write", "text": lines, "base": "0"})
        assert (sent.status_code, sent["Location"]) == (302, address)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("meeting", {"do": "add_topic", "subject": "Astreintes de l’été", "length": "0"}),
        ("meeting", {"do": "cancel", "reason": "Salle prise ce jour-là " * 60}),
        ("meeting", {"do": "dance", "text": "Un mot tapé"}),
        ("meeting_item", {"do": "decide", "text": "Revoir la marche à domicile", "due_on": "hier"}),
    ],
)
def test_a_gesture_that_is_refused_gives_back_what_was_typed(
    case: AgendaItem, nurse: Person, name: str, body: dict[str, str]
) -> None:
    args = [case.meeting_id, case.pk] if name == "meeting_item" else [case.meeting_id]
    answer = client_of(nurse).post(reverse(f"care:{name}", args=args), body)
    shown = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert max(body.values(), key=len).strip() in shown
    assert f'href="{reverse(f"care:{name}", args=args)}"' in shown


@pytest.mark.parametrize("role", list(Role))
def test_a_role_alone_opens_no_meeting_but_those_one_keeps(
    case: AgendaItem, place: Territory, role: Role
) -> None:
    somebody = make_person("ada.loriot", role, place.scope)
    assert answers(somebody, case) == (NO_CASE if role is Role.COORDINATOR else NOTHING)
    assert client_of(somebody).get(reverse("care:meetings")).status_code == 200
    posted = client_of(somebody).post(reverse("care:meeting", args=[case.meeting_id]), {"do": "cancel"})
    assert posted.status_code == (302 if role is Role.COORDINATOR else 404)


def test_each_state_of_the_link_answers_as_the_circle_says(
    case: AgendaItem, nurse: Person, doctor: Person, pharmacist: Person, patient: Patient, place: Territory
) -> None:
    stranger = make_person("ada.loriot", Role.NURSE, place.scope)
    assert answers(nurse, case) == ALL
    assert answers(patient.account, case) == ALL
    assert answers(doctor, case) == NOTHING
    for one in (doctor.professional, pharmacist.professional, stranger):
        meetings.invite(by=nurse, meeting=case.meeting, who=one)
    assert (answers(doctor, case), answers(pharmacist, case), answers(stranger, case)) == (ALL, ALL, NO_CASE)
    link = CareLink.objects.of_patient(patient).get(professional=pharmacist.professional)
    circle.end_link(by=doctor, link=link)
    assert answers(pharmacist, case) == NO_CASE
    circle.oppose(by=patient.account, patient=patient, who=doctor.professional)
    assert (answers(doctor, case), answers(nurse, case)) == (NO_CASE, ALL)
    circle.oppose(by=patient.account, patient=patient)
    assert answers(nurse, case) == NO_CASE
    assert answers(patient.account, case) == ALL


def test_the_minutes_on_paper_say_to_each_what_they_may_read(
    case: AgendaItem, nurse: Person, doctor: Person, coordinator: Person, morning: object
) -> None:
    morning.move_to(HOUR + timedelta(hours=2))
    meeting = Meeting.objects.in_scope(case.meeting.scope).get()
    meeting_minutes.record_attendance(by=nurse, meeting=meeting, lines=[Presence(nurse.professional, 60)])
    meeting_minutes.write_minutes(by=nurse, meeting=meeting, item=case, text="Marche mieux.", base=0)
    meeting_minutes.decide(by=nurse, item=case, text="Revoir la canne", key="d", owner=doctor.professional)
    address = reverse("care:meeting_minutes", args=[meeting.pk])
    mine = "\n".join(pages_of(client_of(nurse).get(address).content))
    for words in ("TILLEUL", "Chutes", "Marche mieux.", "Revoir la canne", "Hélène Aubépine", "Infirmier"):
        assert words in mine
    theirs = "\n".join(pages_of(client_of(coordinator).get(address).content))
    assert "Situation 1" in theirs
    assert not [word for word in ("TILLEUL", "Chutes", "Marche", "canne") if word in theirs]


def test_a_meeting_is_in_the_calendar_of_the_agenda_of_who_is_invited(
    case: AgendaItem, nurse: Person, doctor: Person, place: Territory
) -> None:
    agenda = create_agenda(by=doctor, professional=doctor.professional, place=place)
    assert [one for one in happenings(agenda) if one.key.startswith("meeting-")] == []
    meetings.invite(by=nurse, meeting=case.meeting, who=doctor.professional)
    (one,) = [one for one in happenings(agenda) if one.key.startswith("meeting-")]
    assert (one.starts_at, one.summary, one.location) == (HOUR, "Réunion de concertation (RCP)", "Ici")
    meetings.cancel_meeting(by=nurse, meeting=case.meeting)
    (one,) = [one for one in happenings(agenda) if one.key.startswith("meeting-")]
    assert (one.is_cancelled, one.sequence) == (True, 1)


def test_it_is_called_from_the_list_by_the_clock_of_its_scope(nurse: Person, place: Territory) -> None:
    browser = client_of(nurse)
    said = {
        "kind": "staff",
        "scope": place.scope.pk,
        "starts_at": "2026-03-20T14:00",
        "length": "45",
        "key": "x",
    }
    refused = browser.post(reverse("care:meetings"), said)
    assert refused.status_code == 422
    assert "un lien de visioconférence" in refused.content.decode()
    for _click in range(2):
        browser.post(reverse("care:meetings"), said | {"place": "Cabinet"})
    made = Meeting.objects.in_scope(place.scope).get()
    assert made.starts_at == datetime(2026, 3, 20, 13, tzinfo=UTC)
    assert "Prochaine réunion" in browser.get(reverse("care:meetings")).content.decode()
    unknown = browser.post(reverse("care:meeting", args=[made.pk]), {"do": "dance"}, follow=True)
    assert "Ce geste n’est pas connu" in unknown.content.decode()
