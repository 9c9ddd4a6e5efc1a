"""A nurse leaves: her tasks, rules, circles, messages and meetings end or pass on, as the circle allows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from maillage.care import api
from maillage.care.actions import meetings
from maillage.care.models import AlertRule, Meeting, MeetingInvitation, Task
from maillage.care.rules.meetings import MeetingKind
from maillage.exchange.models import Notification
from maillage.kernel import leaving
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Origin, Patient
from maillage.people.models import CareLink
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person, make_professional


@pytest.fixture
def dpo(db: None) -> Person:
    return make_person("hugo.lierre", Role.DPO, None)


@pytest.fixture
def colleague(place: Territory) -> Person:
    person = make_person("noe.cormier", Role.NURSE, place.scope)
    make_professional("Cormier", "Noé", person, profession="60")
    return person


@pytest.fixture
def task(patient: Patient, doctor: Person, nurse: Person) -> Task:
    """The doctor asks the nurse to weigh her patient."""
    return api.open_task(
        by=doctor, scope=patient.scope, patient=patient, owner=nurse, title="Peser", key="weigh"
    )


def leave(dpo: Person, person: Person, successor: Person | None = None) -> dict[str, tuple[int, int]]:
    done = leaving.withdraw_person(by=dpo, person=person, reason="Retraite", key="k", successor=successor)
    return {key: (count, taken) for key, count, taken in done.done}


def follower(task: Task) -> Task:
    return Task._base_manager.get(follows=task)


def test_a_task_goes_to_who_takes_over_where_the_circle_lets_them_read(
    task: Task, patient: Patient, doctor: Person, nurse: Person, colleague: Person, dpo: Person
) -> None:
    circle.add_to_circle(
        by=doctor,
        patient=patient,
        who=colleague.professional,
        origin=Origin.TEAM,
        role=Role.NURSE,
        is_informed=True,
    )
    done = leave(dpo, nurse, colleague)
    assert done["care.tasks"] == (1, 1)
    assert follower(task).professional == colleague.professional
    assert follower(task).due_at == task.due_at
    links = CareLink.objects.of_patient(patient).filter(professional=nurse.professional)
    assert all(one.ends_at is not None for one in links)


def test_otherwise_it_goes_back_to_whoever_asked_and_no_file_is_opened(
    task: Task, patient: Patient, doctor: Person, nurse: Person, colleague: Person, dpo: Person
) -> None:
    done = leave(dpo, nurse, colleague)
    assert done["care.tasks"] == (1, 0)
    assert follower(task).professional == doctor.professional
    assert not CareLink.objects.of_patient(patient).filter(professional=colleague.professional).exists()


def test_a_task_that_nobody_else_reads_stays_in_the_file(
    patient: Patient, doctor: Person, nurse: Person, pharmacist: Person, dpo: Person
) -> None:
    alone = api.open_task(
        by=nurse, scope=patient.scope, patient=patient, owner=nurse, title="Peser", key="own"
    )
    CareLink.objects.of_patient(patient).exclude(professional=nurse.professional).update(
        ends_at=timezone.now()
    )
    done = leave(dpo, nurse)
    assert done["care.tasks"] == (1, 0)
    assert not Task._base_manager.filter(follows=alone).exists()
    alone.refresh_from_db()
    assert alone.is_open


def test_a_rule_gives_its_tasks_to_another(
    patient: Patient, doctor: Person, nurse: Person, dpo: Person
) -> None:
    rule = AlertRule.objects.create(
        patient=patient,
        scope=patient.scope,
        by=doctor,
        professional=nurse.professional,
        kind="weight",
        condition="rise",
        amount=2,
        days=3,
        what="Appeler",
        hours=24,
        switched_on_at=timezone.now(),
    )
    assert leave(dpo, nurse)["care.rules"] == (1, 0)
    kept = AlertRule._base_manager.get(pk=rule.pk)
    assert kept.professional == doctor.professional
    assert Entry.objects.filter(verb="care.rule_handed_on").exists()


def test_meetings_pass_on_and_invitations_end(
    place: Territory, nurse: Person, doctor: Person, coordinator: Person, dpo: Person
) -> None:
    later = timezone.now() + timedelta(days=5)
    own = meetings.call_meeting(
        by=nurse, scope=place.scope, kind=MeetingKind.RCP, starts_at=later, length=60, key="m1", place="ici"
    )
    other = meetings.call_meeting(
        by=doctor, scope=place.scope, kind=MeetingKind.RCP, starts_at=later, length=60, key="m2", place="ici"
    )
    meetings.invite(by=doctor, meeting=other, who=nurse.professional)
    done = leave(dpo, nurse)
    assert done["care.meetings"] == (1, 0)
    assert done["care.invitations"][0] >= 1
    assert Meeting._base_manager.get(pk=own.pk).organiser == coordinator
    rows = MeetingInvitation._base_manager.filter(professional=nurse.professional)
    assert all(one.withdrawn_at is not None for one in rows)


def test_messages_that_wait_are_withdrawn(task: Task, nurse: Person, dpo: Person) -> None:
    lines = Notification._base_manager.filter(person=nurse, closed_at=None)
    assert lines.exists()
    assert leave(dpo, nurse)["exchange.messages"][0] >= 1
    assert not lines.exists()


def test_open_pages_shrink_at_once(task: Task, patient: Patient, nurse: Person, dpo: Person) -> None:
    browser = client_of(nurse)
    address = f"/patients/{patient.pk}/"
    assert browser.get(address).status_code == 200
    leave(dpo, nurse)
    assert browser.get(address).status_code == 302
