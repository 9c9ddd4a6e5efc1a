"""Time given arrives with what it was for: a meeting about an action is of its mission, under its name."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import time_machine

from maillage.care import api as care
from maillage.directory.api import Professional
from maillage.funding.models import Operation
from maillage.funding.queries.times import mission_of, times_in
from maillage.funding.rules.vocabulary import MISSIONS, MissionCode
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.project.actions.objectives import add_objective
from maillage.project.actions.projects import begin_project
from maillage.project.actions.work import add_action, call_meeting_for
from maillage.project.models import Action
from maillage.project.rules.missions import Mission
from maillage.project.rules.states import ProjectKind
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.funding.conftest import NOW, TODAY, decided_ceiling, decided_rate, held_meeting, validated


def written(by: Person, place: Territory, title: str, mission: Mission = Mission.SUPPORT) -> Action:
    project = begin_project(
        by=by, place=place, kind=ProjectKind.CPTS, title="Projet", starts_on=date(2026, 1, 1),
        ends_on=date(2030, 12, 31), key="p",
    )  # fmt: skip
    objective = add_objective(by=by, project=project, mission=mission, title="Accueillir", key="o")
    return add_action(by=by, objective=objective, title=title, starts_on=TODAY, key=f"a-{title[:20]}")


def test_a_meeting_about_an_action_is_paid_under_its_mission(
    coordinator: Person, place: Territory, professional: Professional
) -> None:
    """Given an action with the longest title, when its meeting is attended, then nothing is typed again."""
    action = written(coordinator, place, "Stages " + "x" * 153)
    starts = NOW - timedelta(days=5)
    with time_machine.travel(starts - timedelta(hours=2), tick=False):
        meeting = call_meeting_for(
            by=coordinator, action=action, starts_at=starts, length=60, key="m", place="Mairie"
        )
    with time_machine.travel(starts + timedelta(hours=2), tick=False):
        (presence,) = care.record_attendance(
            by=coordinator, meeting=meeting, lines=[care.Presence(professional, 60, True, None)]
        )
    (alone,) = held_meeting(coordinator, place, professional)
    found = {one.source: one for one in times_in(place.scope, date(2026, 1, 1), TODAY)}
    about = found[f"care.attendance:{presence.pk}"]
    assert about.mission is MissionCode.M6
    assert action.title in about.label
    assert found[f"care.attendance:{alone.pk}"].mission is MissionCode.M2, "a case discussed in team"
    decided_rate(coordinator, place)
    decided_ceiling(coordinator, place)
    validated(coordinator, place, presence)
    assert "Stages" in Operation.objects.in_scope(place.scope).get().label


def test_each_mission_of_a_project_is_one_of_the_contracts(coordinator: Person, place: Territory) -> None:
    codes = [mission_of(Action(mission=mission.value)) for mission in Mission]
    assert codes == list(MISSIONS)
    assert all(first.value < second.value for first, second in pairwise(codes))


def test_who_was_noted_absent_did_not_come(
    coordinator: Person, place: Territory, professional: Professional
) -> None:
    """Given two invited, one noted 60 minutes and one none, when presences are counted, then one came."""
    absent = make_person("nora.absente", Role.NURSE, place.scope)
    starts = NOW - timedelta(days=5)
    with time_machine.travel(starts - timedelta(hours=2), tick=False):
        meeting = care.call_meeting(
            by=coordinator, scope=place.scope, kind=care.MeetingKind.COORDINATION, starts_at=starts,
            length=60, key="m", place="Mairie",
        )  # fmt: skip
        for one in (professional, absent):
            care.invite_to_meeting(by=coordinator, meeting=meeting, who=one)
    with time_machine.travel(starts + timedelta(hours=2), tick=False):
        care.record_attendance(
            by=coordinator, meeting=meeting,
            lines=[care.Presence(professional, 60, True, None), care.Presence(absent, 0, False, None)],
        )  # fmt: skip
    counted = care.invitations_counted(place.scope, NOW - timedelta(days=30), NOW)
    assert sorted(one.came for one in counted) == [False, True]
