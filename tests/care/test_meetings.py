"""Meetings: called once, moved, cancelled; a case is named where the patient and the circle let it be."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from maillage.care.actions import meeting_items, meeting_minutes, meetings
from maillage.care.actions.meeting_minutes import Presence
from maillage.care.models import AgendaItem, Meeting, MeetingDecision, MinutesText, Task
from maillage.care.queries import meeting_minutes as minutes
from maillage.care.queries import meetings as queries
from maillage.care.rules.meetings import AgreedBy, Answer, MeetingKind, MinutesState, Withdrawal
from maillage.directory.api import Membership
from maillage.directory.models import Structure
from maillage.exchange.models import Notification
from maillage.kernel.models import Entry, Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.people.actions import carers, circle
from maillage.people.api import Means, Part, Patient
from maillage.people.models import AccessLogEntry, CareLink, Mandate, MandateItem
from maillage.people.rules.carers import Relation
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_commune, make_person, make_professional

#: A Thursday, three weeks before the clocks change.
MORNING = datetime(2026, 3, 5, 8, tzinfo=UTC)
HOUR = datetime(2026, 3, 12, 13, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning(patient: Patient) -> object:
    """Everything happens from 5 March 2026 on, the circle being there already."""
    CareLink._base_manager.update(starts_at=MORNING, informed_at=MORNING)
    with time_machine.travel(MORNING + timedelta(hours=1), tick=False) as traveller:
        yield traveller


def call(by: Person, territory: Territory, **values: object) -> Meeting:
    given = {
        "kind": MeetingKind.RCP,
        "starts_at": HOUR,
        "length": 60,
        "key": "m1",
        "place": "Salle des fêtes",
        "video_url": "https://visio.example/rcp",
    }
    return meetings.call_meeting(by=by, scope=territory.scope, **given | values)


@pytest.fixture
def meeting(nurse: Person, place: Territory) -> Meeting:
    return call(nurse, place)


@pytest.fixture
def case(meeting: Meeting, nurse: Person, patient: Patient) -> AgendaItem:
    """Louis Tilleul agreed aloud that his case be discussed."""
    return meeting_items.add_case(
        by=nurse, meeting=meeting, patient=patient, subject="Chutes : que changer ?", length=20, key="c1",
        agreed_by=AgreedBy.PATIENT,
    )  # fmt: skip


def invited(meeting: Meeting, by: Person, *who: Person) -> None:
    for one in who:
        meetings.invite(by=by, meeting=meeting, who=getattr(one, "professional", None) or one)


def told(template: str) -> list[Notification]:
    return list(Notification._base_manager.filter(template=template).order_by("pk"))


def mandated(by: Person, patient: Patient, *parts: Part) -> Mandate:
    """The daughter of a patient has a mandate on paper, for some parts of the file."""
    until = timezone.now() + timedelta(days=90)
    return carers.record_mandate(
        by=by,
        patient=patient,
        carer=carers.Carer("awa.melisse@example.org", "Awa", "Mélisse"),
        terms=carers.Terms(Relation.FATHER, frozenset(parts), frozenset(), until),
        seen_on=timezone.localdate(),
    )


def test_called_again_it_is_one_meeting_and_a_link_is_of_a_safe_room(
    meeting: Meeting, nurse: Person, place: Territory
) -> None:
    assert call(nurse, place) == meeting
    for address in (
        "http://visio.example/a",
        "javascript:alert(1)",
        "https://",
        "https://a:b@visio.example/",
    ):
        with pytest.raises(ValidationError, match="lien"):
            call(nurse, place, key="m2", video_url=address)
    with pytest.raises(ValidationError, match="un lieu"):
        call(nurse, place, key="m2", place=" ", video_url="")
    with pytest.raises(ValidationError, match="déjà passée"):
        call(nurse, place, key="m2", starts_at=MORNING)
    with pytest.raises(ValidationError, match="dure de"):
        call(nurse, place, key="m2", length=2)
    with pytest.raises(PermissionDenied):
        call(make_person("jean.orme", Role.PATIENT, None), place, key="m2")
    assert meeting.length == 60
    assert not meeting.has_begun


def test_moved_across_the_change_of_clocks_it_keeps_its_length_and_asks_everybody_again(
    meeting: Meeting, nurse: Person, doctor: Person
) -> None:
    invited(meeting, nurse, doctor)
    meetings.answer_invitation(by=doctor, meeting=meeting, answer=Answer.ACCEPTED)
    sunday = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 1 h 30 in Paris; it ends at 3 h 30 on the new clock
    moved = meetings.change_meeting(
        by=nurse, meeting=meeting, starts_at=sunday, length=60, place="", video_url="https://visio.example/b"
    )
    assert (moved.sequence, moved.length) == (1, 60)
    assert moved.ends_at.astimezone(meeting.scope.zone).hour == 3
    assert queries.own_invitation(doctor, moved).answer == ""
    (moving,) = [one for one in told("meeting_moved") if one.channel == "inbox"]
    assert datetime.fromisoformat(moving.parameters["previous"]) == HOUR
    assert datetime.fromisoformat(moving.parameters["when"]) == sunday
    again = meetings.change_meeting(
        by=nurse, meeting=meeting, starts_at=sunday, length=60, place="", video_url="https://visio.example/b"
    )
    assert again.sequence == 1
    with pytest.raises(PermissionDenied):
        meetings.change_meeting(by=doctor, meeting=meeting, starts_at=HOUR, length=60, place="Ici")


def test_an_hour_that_the_clock_skips_is_asked_again(meeting: Meeting, nurse: Person) -> None:
    answer = client_of(nurse).post(
        reverse("care:meeting", args=[meeting.pk]),
        {"do": "change", "starts_at": "2026-03-29T02:30", "length": "60", "place": "Ici", "video_url": ""},
        follow=True,
    )
    assert "L’horloge change cette nuit-là" in answer.content.decode()
    assert Meeting.objects.in_scope(meeting.scope).get().starts_at == HOUR


def test_cancelled_it_is_told_once_and_nothing_more_is_written(
    meeting: Meeting, nurse: Person, doctor: Person
) -> None:
    invited(meeting, nurse, doctor)
    for _click in range(2):
        row = meetings.cancel_meeting(by=nurse, meeting=meeting, reason="neige")
    assert (row.is_cancelled, row.sequence) == (True, 1)
    assert len([one for one in told("meeting_cancelled") if one.channel == "inbox"]) == 1
    with pytest.raises(ValidationError, match="annulée"):
        meeting_items.add_topic(by=nurse, meeting=meeting, subject="Planning", length=10, key="t1")
    with pytest.raises(ValidationError, match="annulée"):
        meetings.invite(by=nurse, meeting=meeting, who=doctor.professional)
    assert queries.coming(doctor) == []


def test_a_calendar_program_follows_the_meeting_and_reads_no_name(
    meeting: Meeting, case: AgendaItem, nurse: Person, doctor: Person
) -> None:
    invited(meeting, nurse, doctor)
    address = reverse("care:meeting_calendar", args=[meeting.pk])

    def event() -> tuple[object, object]:
        document = Calendar.from_ical(client_of(doctor).get(address).content)
        return document, document.walk("VEVENT")[0]

    document, first = event()
    assert (document["method"], int(first["sequence"])) == ("REQUEST", 0)
    assert first["organizer"] == f"mailto:{nurse.email}"
    assert first["attendee"] == f"mailto:{doctor.email}"
    assert first.decoded("dtstart") == HOUR
    assert "TILLEUL" not in document.to_ical().decode().upper()
    assert "Chutes" not in document.to_ical().decode()
    meetings.cancel_meeting(by=nurse, meeting=meeting)
    document, second = event()
    assert (document["method"], int(second["sequence"]), second["status"]) == ("CANCEL", 1, "CANCELLED")
    assert second["uid"] == first["uid"]


def test_a_case_is_neither_named_nor_opened_before_the_patient_agrees(
    meeting: Meeting, nurse: Person, doctor: Person, patient: Patient
) -> None:
    invited(meeting, nurse, doctor)
    item = meeting_items.add_case(
        by=nurse, meeting=meeting, patient=patient, subject="Chutes", length=20, key="c1"
    )
    whole = client_of(doctor).get(reverse("care:meeting", args=[meeting.pk])).content.decode()
    assert "accord à recueillir" in whole
    assert "Situation 1" in whole
    assert "TILLEUL" not in whole
    assert "Chutes" not in whole
    page = reverse("care:meeting_item", args=[meeting.pk, item.pk])
    assert client_of(doctor).get(page).status_code == 404
    assert "TILLEUL" in client_of(nurse).get(page).content.decode()
    meeting_items.record_agreement(by=nurse, item=item, agreed_by=AgreedBy.PATIENT, means=Means.PAPER)
    shown = client_of(doctor).get(page).content.decode()
    assert "Chutes" in shown
    assert "La personne, par écrit" in shown
    assert AccessLogEntry.objects.in_scope(patient.scope).filter(person=doctor).exists()
    with pytest.raises(ValidationError, match="d’avance"):
        meeting_items.record_agreement(
            by=nurse, item=item, agreed_by=AgreedBy.PATIENT, agreed_at=HOUR, means=Means.PAPER
        )
    with pytest.raises(ValidationError, match="déjà à l’ordre du jour"):
        meeting_items.add_case(by=nurse, meeting=meeting, patient=patient, subject="x", length=20, key="c2")
    with pytest.raises(PermissionDenied):
        meeting_items.add_case(
            by=make_person("ada.loriot", Role.NURSE, meeting.scope), meeting=meeting, patient=patient,
            subject="x", length=20, key="c3",
        )  # fmt: skip


def test_the_patient_agrees_in_their_space_and_opposes_there(
    meeting: Meeting, nurse: Person, patient: Patient
) -> None:
    item = meeting_items.add_case(
        by=nurse, meeting=meeting, patient=patient, subject="Chutes", length=20, key="c1"
    )
    browser = client_of(patient.account)
    home = browser.get("/").content.decode()
    assert "votre accord est demandé" in home
    page = reverse("care:meeting_item", args=[meeting.pk, item.pk])
    assert "Je suis d’accord" in browser.get(page).content.decode()
    browser.post(page, {"do": "agree"})
    item.refresh_from_db()
    assert (item.agreed_by, item.means, item.agreement_by) == ("patient", "space", patient.account)
    browser.post(page, {"do": "withdraw"})
    item.refresh_from_db()
    assert item.withdrawal == Withdrawal.OPPOSED.value
    assert "TILLEUL" not in client_of(nurse).get(reverse("care:meeting", args=[meeting.pk])).content.decode()


def test_when_the_patient_opposes_a_page_still_open_writes_nothing(
    meeting: Meeting, case: AgendaItem, nurse: Person, doctor: Person, patient: Patient, morning: object
) -> None:
    invited(meeting, nurse, doctor)
    morning.move_to(HOUR + timedelta(minutes=5))
    page = reverse("care:meeting_item", args=[meeting.pk, case.pk])
    open_page = client_of(doctor)
    assert "Noter une décision" in open_page.get(page).content.decode()
    circle.oppose(by=patient.account, patient=patient)
    with pytest.raises(ValidationError, match="s’oppose"):
        meeting_minutes.write_minutes(by=doctor, meeting=meeting, item=case, text="Kiné", base=0)
    with pytest.raises(ValidationError, match="s’oppose"):
        meeting_minutes.decide(by=nurse, item=case, text="Kiné", key="d1")
    assert open_page.post(page, {"do": "write", "text": "Kiné", "base": "0"}).status_code == 404
    assert not MinutesText._base_manager.exists()
    assert not MeetingDecision._base_manager.exists()
    whole = open_page.get(reverse("care:meeting", args=[meeting.pk])).content.decode()
    assert "la personne s’y oppose" in whole
    assert "TILLEUL" not in whole


@pytest.mark.parametrize(
    ("why", "said"), [(Withdrawal.DIED, "est décédée"), (Withdrawal.LEFT, "a quitté le territoire")]
)
def test_the_case_of_somebody_who_died_or_left_leaves_the_agenda(
    meeting: Meeting, case: AgendaItem, nurse: Person, why: Withdrawal, said: str
) -> None:
    for _click in range(2):
        row = meeting_items.withdraw_item(by=nurse, item=case, why=why)
    assert row.withdrawal == why.value
    page = client_of(nurse).get(reverse("care:meeting_item", args=[meeting.pk, case.pk]))
    assert said in page.content.decode()
    with pytest.raises(ValidationError, match="plus à l’ordre du jour"):
        meeting_minutes.decide(by=nurse, item=case, text="Appeler", key="d1")


def test_the_invited_outside_the_circle_see_only_what_the_consent_opens(
    meeting: Meeting, case: AgendaItem, nurse: Person, doctor: Person, patient: Patient, place: Territory
) -> None:
    manager = make_person("nadia.verveine", Role.CASE_MANAGER, place.scope)
    invited(meeting, nurse, manager)
    page = reverse("care:meeting_item", args=[meeting.pk, case.pk])
    assert client_of(manager).get(page).status_code == 404
    with time_machine.travel(MORNING, tick=False):
        circle.add_to_circle(
            by=doctor, patient=patient, who=manager, origin=circle.Origin.COORDINATION, role=Role.CASE_MANAGER
        )
        circle.give_consent(by=doctor, patient=patient, who=manager, parts=[Part.REACH])
    shown = client_of(manager).get(page).content.decode()
    assert "TILLEUL" in shown
    assert "Chutes" not in shown
    assert "Coordonnées" in shown
    with time_machine.travel(MORNING, tick=False):
        circle.give_consent(by=doctor, patient=patient, who=manager, parts=[Part.PLAN])
    assert "Chutes" in client_of(manager).get(page).content.decode()


def test_a_carer_sees_their_item_its_hour_and_nothing_of_the_others(
    meeting: Meeting, case: AgendaItem, nurse: Person, doctor: Person, patient: Patient, place: Territory
) -> None:
    topic = meeting_items.add_topic(by=nurse, meeting=meeting, subject="Planning d’été", length=15, key="t1")
    meeting_items.move_item(by=nurse, item=topic, up=True)
    mandate = mandated(doctor, patient, Part.PLAN)
    carer = mandate.carer
    with pytest.raises(ValidationError, match="aidant"):
        meetings.invite(by=nurse, meeting=meeting, who=doctor.professional, item=case)
    made = meetings.invite(by=nurse, meeting=meeting, who=carer, item=case)
    assert meetings.invite(by=nurse, meeting=meeting, who=carer, item=case) == made
    (line,) = [one for one in told("meeting_called") if one.channel == "inbox" and one.person == carer]
    assert datetime.fromisoformat(line.parameters["when"]) == HOUR + timedelta(minutes=15)
    browser = client_of(carer)
    page = browser.get(reverse("care:meeting", args=[meeting.pk])).content.decode()
    assert "TILLEUL" in page
    assert "14\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}15" in page
    assert "Planning" not in page
    assert browser.get(reverse("care:meeting_item", args=[meeting.pk, topic.pk])).status_code == 404
    assert "1 réunion à votre sujet" in browser.get("/").content.decode()
    browser.post(reverse("care:meeting", args=[meeting.pk]), {"do": "answer", "answer": "accepted"})
    made.refresh_from_db()
    assert made.answer == "accepted"
    for gesture in ({"do": "cancel"}, {"do": "add_topic", "subject": "x", "length": "5", "key": "k"}):
        browser.post(reverse("care:meeting", args=[meeting.pk]), gesture)
    assert not Meeting.objects.in_scope(meeting.scope).get().is_cancelled
    assert AgendaItem.objects.of_meeting(meeting).count() == 2
    assert "Chutes" in page
    # The father takes one part back, then the mandate: her page shrinks at once.
    taken = {one.part: one for one in MandateItem.objects.of_mandates([mandate]).select_related("mandate")}
    carers.revoke_item(by=patient.account, item=taken["plan"])
    page = browser.get(reverse("care:meeting", args=[meeting.pk])).content.decode()
    assert "TILLEUL" in page
    assert "Chutes" not in page
    carers.revoke_mandate(by=patient.account, mandate=mandate)
    assert browser.get(reverse("care:meeting", args=[meeting.pk])).status_code == 404
    assert "réunion à votre sujet" not in browser.get("/").content.decode()


def test_who_leaves_the_scope_sees_the_meeting_no_more(
    meeting: Meeting, case: AgendaItem, nurse: Person, doctor: Person, pharmacist: Person, coordinator: Person
) -> None:
    invited(meeting, nurse, doctor, pharmacist)
    address = reverse("care:meeting", args=[meeting.pk])
    assert client_of(pharmacist).get(address).status_code == 200
    RoleAssignment.objects.filter(person__in=[pharmacist, nurse]).update(ends_on=date(2026, 3, 4))
    for gone in (pharmacist, nurse):
        assert client_of(gone).get(address).status_code == 404
        assert queries.coming(gone) == []
    with pytest.raises(PermissionDenied):
        meetings.cancel_meeting(by=nurse, meeting=meeting)
    page = client_of(coordinator).get(address).content.decode()
    assert "Reprendre l’organisation" in page
    assert "TILLEUL" not in page
    taken = meetings.take_over_meeting(by=coordinator, meeting=meeting)
    assert taken.organiser == coordinator


def test_somebody_from_elsewhere_is_invited_by_name_and_the_staff_of_a_structure_together(
    meeting: Meeting, nurse: Person, place: Territory
) -> None:
    from tests.factories import make_territory

    elsewhere = make_person("omar.frene", Role.PHYSICIAN, make_territory().scope)
    make_professional("Frêne", "Omar", elsewhere)
    home = Structure.objects.create(
        id="ehpad:1", kind="ehpad", name="Les Glycines", search_name=" les glycines", lon=4.0, lat=46.4,
        precision="commune", count=1, source="test", commune=make_commune(),
    )  # fmt: skip
    inside = make_person("odile.glycine", Role.EHPAD, place.scope)
    sheet = make_professional("Glycine", "Odile", inside)
    Membership.objects.create(professional=sheet, structure=home, source="test")
    address = reverse("care:meeting", args=[meeting.pk])
    assert [client_of(one).get(address).status_code for one in (elsewhere, inside)] == [404, 404]
    invited(meeting, nurse, elsewhere)
    made = meetings.invite(by=nurse, meeting=meeting, who=home)
    assert [client_of(one).get(address).status_code for one in (elsewhere, inside)] == [200, 200]
    meetings.answer_invitation(by=inside, meeting=meeting, answer=Answer.DECLINED)
    assert queries.own_invitation(inside, meeting).answer == "declined"
    meetings.withdraw_invitation(by=nurse, invitation=made)
    meetings.withdraw_invitation(by=nurse, invitation=queries.own_invitation(elsewhere, meeting))
    assert client_of(elsewhere).get(address).status_code == 404


def test_two_who_write_at_once_are_both_kept_until_somebody_reads_both(
    meeting: Meeting, nurse: Person, doctor: Person, morning: object
) -> None:
    invited(meeting, nurse, doctor)
    write = {"meeting": meeting, "item": None}
    with pytest.raises(ValidationError, match="pas commencé"):
        meeting_minutes.write_minutes(by=nurse, text="Vu", base=0, **write)
    morning.move_to(HOUR + timedelta(hours=2))
    first = meeting_minutes.write_minutes(by=nurse, text="Vu à trois", base=0, **write)
    assert meeting_minutes.write_minutes(by=nurse, text="Vu à trois", base=0, **write) == first
    second = meeting_minutes.write_minutes(by=doctor, text="Vu à deux", base=0, **write)
    assert meeting_minutes.write_minutes(by=doctor, text="Vu à deux", base=0, **write) == second
    both = minutes.text_of(meeting, None)
    assert [one.text for one in both.standing] == ["Vu à trois", "Vu à deux"]
    page = client_of(nurse).get(reverse("care:meeting", args=[meeting.pk])).content.decode()
    assert "ont écrit en même temps" in page
    meeting_minutes.record_attendance(by=nurse, meeting=meeting, lines=[Presence(nurse.professional, 60)])
    with pytest.raises(ValidationError, match="réunissez-les"):
        meeting_minutes.sign_minutes(by=nurse, meeting=meeting, digest=minutes.digest_of(meeting))
    meeting_minutes.write_minutes(by=nurse, text="Vu à trois puis à deux", base=both.number, **write)
    one = minutes.text_of(meeting, None)
    assert (one.is_parted, one.said, one.number) == (False, "Vu à trois puis à deux", 3)


def test_a_decision_is_a_task_with_an_owner_shown_with_its_state(
    meeting: Meeting, case: AgendaItem, nurse: Person, doctor: Person, pharmacist: Person, morning: object
) -> None:
    morning.move_to(HOUR + timedelta(minutes=10))
    browser = client_of(nurse)
    page = reverse("care:meeting_item", args=[meeting.pk, case.pk])
    said = {"do": "decide", "text": "Revoir le traitement", "key": "d1"}
    for _click in range(2):
        browser.post(page, said | {"owner": f"p{doctor.professional.pk}", "due_on": "2026-03-20"})
    decision = MeetingDecision.objects.of_meeting(meeting).get()
    task = decision.task
    assert (task.owner, task.origin, task.patient) == (doctor.professional, "meeting", case.patient)
    assert task.due_at == datetime(2026, 3, 20, 22, 59, tzinfo=UTC)  # the last minute of that day in Paris
    assert "à faire" in browser.get(page).content.decode()
    outsider = make_person("ada.loriot", Role.NURSE, meeting.scope)
    with pytest.raises(ValidationError, match="ne lit pas le plan"):
        meeting_minutes.decide(by=nurse, item=case, text="x", key="d2", owner=outsider)
    with pytest.raises(ValidationError, match="qui s’en charge"):
        meeting_minutes.decide(by=nurse, item=case, text="x", key="d2", due_on=date(2026, 4, 1))
    with pytest.raises(ValidationError, match="déjà passée"):
        meeting_minutes.decide(by=nurse, item=case, text="x", key="d2", owner=doctor, due_on=date(2026, 3, 1))
    assert Task._base_manager.count() == 1


def test_the_minutes_are_late_after_eight_days_and_signed_as_they_were_read(
    meeting: Meeting, case: AgendaItem, nurse: Person, doctor: Person, morning: object
) -> None:
    invited(meeting, nurse, doctor)
    assert queries.minutes_waiting(nurse) == []
    morning.move_to(HOUR + timedelta(days=8))
    assert minutes.state_of(meeting, []) is MinutesState.DUE
    morning.move_to(HOUR + timedelta(days=9))
    assert queries.minutes_waiting(nurse) == [meeting]
    assert queries.minutes_waiting(doctor) == []
    home = client_of(nurse).get("/").content.decode()
    assert "1 compte rendu à faire, dont 1 en retard" in home
    assert "TILLEUL" not in home
    page = client_of(nurse).get(reverse("care:meeting", args=[meeting.pk])).content.decode()
    assert "Compte rendu en retard : il était attendu avant le vendredi 20 mars 2026" in page.replace(
        "\N{NO-BREAK SPACE}", " "
    )

    def sign(by: Person = nurse) -> object:
        return meeting_minutes.sign_minutes(by=by, meeting=meeting, digest=minutes.digest_of(meeting))

    with pytest.raises(ValidationError, match="qui était présent"):
        sign()
    read = minutes.digest_of(meeting)
    lines = [Presence(nurse.professional, 60), Presence(doctor.professional, 45)]
    meeting_minutes.record_attendance(by=nurse, meeting=meeting, lines=lines)
    with pytest.raises(ValidationError, match="a changé"):
        meeting_minutes.sign_minutes(by=nurse, meeting=meeting, digest=read)
    with pytest.raises(PermissionDenied):
        sign(doctor)
    signature = sign()
    assert sign() == signature
    (distributed,) = [one for one in told("minutes_signed") if one.channel == "inbox"]
    assert (distributed.person, set(distributed.parameters)) == (doctor, {"day"})
    assert queries.minutes_waiting(nurse) == []
    meeting_minutes.write_minutes(by=doctor, meeting=meeting, text="Précision", base=0)
    changed = minutes.state_of(meeting, minutes.signatures_of(meeting), minutes.digest_of(meeting))
    assert changed is MinutesState.CHANGED
    assert sign().number == 2
    with pytest.raises(ValidationError, match="a eu lieu"):
        meetings.cancel_meeting(by=nurse, meeting=meeting)


def test_paid_time_has_no_amount_but_the_one_that_who_pays_writes(
    meeting: Meeting, nurse: Person, doctor: Person, coordinator: Person, morning: object
) -> None:
    from decimal import Decimal

    morning.move_to(HOUR + timedelta(hours=2))
    mine = Presence(doctor.professional, 90, is_paid=True, rate=Decimal(60))
    meeting_minutes.record_attendance(by=nurse, meeting=meeting, lines=[mine])
    (row,) = minutes.attendances_of(meeting)
    assert (row.is_paid, row.hourly_rate) == (True, None)
    page = client_of(coordinator).get(reverse("care:meeting", args=[meeting.pk])).content.decode()
    assert "montant à renseigner" in page
    assert "plafond de l’année non établi" in page
    meeting_minutes.record_attendance(by=coordinator, meeting=meeting, lines=[mine])
    paid = minutes.paid_in_year(doctor.professional, meeting.scope, 2026)
    assert (paid.time.minutes, paid.time.amount, paid.cap.value) == (90, Decimal("90.00"), None)
    assert not paid.is_over
    old = minutes.paid_in_year(doctor.professional, meeting.scope, 2023)
    assert (old.cap.value, old.cap.certainty, old.time.minutes) == (43992, "vu", 0)
    told_nurse = client_of(nurse).get(reverse("care:meeting", args=[meeting.pk])).content.decode()
    assert "90,00" not in told_nurse
    with pytest.raises(ValidationError, match="positif"):
        meeting_minutes.record_attendance(
            by=coordinator, meeting=meeting, lines=[Presence(doctor.professional, 90, True, Decimal(-1))]
        )


def test_the_journal_tells_what_was_done_and_not_whom_it_is_about(
    meeting: Meeting, case: AgendaItem, nurse: Person, doctor: Person
) -> None:
    invited(meeting, nurse, doctor)
    meetings.answer_invitation(by=doctor, meeting=meeting, answer=Answer.ACCEPTED)
    rows = Entry.objects.filter(verb__startswith="care.").order_by("rank")
    assert [one.verb for one in rows] == [
        "care.meeting_called", "care.item_added", "care.item_agreed", "care.meeting_invited",
        "care.meeting_answered",
    ]  # fmt: skip
    assert not [one for one in rows if "Tilleul" in one.changes_text or "Chutes" in one.changes_text]
