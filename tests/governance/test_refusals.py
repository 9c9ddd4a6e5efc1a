"""What is refused of trainings and decisions, with the words that mend it; who leaves gives places back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from maillage.governance.actions import minutes, sittings, trainings, votes
from maillage.governance.actions.leaving import count_places, give_places_back
from maillage.governance.models import BodySeat, Sitting, TrainingPlace, TrainingSession
from maillage.governance.rules.vocabulary import Choice, Majority, TrainingKind
from maillage.kernel.contributions import Leaving
from maillage.kernel.models import Person
from maillage.project import api as project
from maillage.territory.api import Territory
from tests.governance.conftest import HELD


def opened(by: Person, place: Territory, **values: Any) -> TrainingSession:
    said: dict[str, Any] = {
        "kind": TrainingKind.CROSS, "title": "La fragilité", "host": "MSP", "starts_at": HELD, "length": 120,
        "places": 1, "key": "t",
    }  # fmt: skip
    return trainings.open_training(by=by, scope=place.scope, **said | values)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"length": 0}, "Une formation dure de"),
        ({"length": 100_000}, "Une formation dure de"),
        ({"starts_at": HELD.replace(year=9000)}, "hors d’atteinte"),
        ({"places": 0}, "entre 1 et 500"),
        ({"places": 501}, "entre 1 et 500"),
    ],
)
def test_a_training_that_cannot_be_is_refused(
    coordinator: Person,
    place: Territory,
    clock: time_machine.Coordinates,
    values: dict[str, Any],
    words: str,
) -> None:
    with pytest.raises(ValidationError, match=words):
        opened(coordinator, place, **values)


def test_a_training_is_opened_once_by_its_key_and_by_who_may(
    coordinator: Person, members: list[Person], place: Territory, clock: time_machine.Coordinates
) -> None:
    first = opened(coordinator, place)
    assert opened(coordinator, place) == first
    with pytest.raises(ValidationError):
        opened(coordinator, place, places=2)
    with pytest.raises(PermissionDenied):
        opened(members[0], place, key="other")
    assert str(first)


def test_a_presence_is_noted_of_who_had_a_place_at_a_training_that_was_held(
    coordinator: Person, members: list[Person], place: Territory, clock: time_machine.Coordinates
) -> None:
    """Given one place taken and one that waits; refused: too early, of who waits, and of too long."""
    session = opened(coordinator, place)
    for one in members[:2]:
        trainings.take_place(by=one, session=session)
    taken, waits = TrainingPlace.objects.of(session).select_related("session__scope").order_by("pk")
    with pytest.raises(ValidationError, match="n’a pas commencé"):
        trainings.note_training(by=coordinator, place=taken, is_here=True)
    clock.move_to(HELD + timedelta(hours=1))
    with pytest.raises(ValidationError, match="a commencé"):
        trainings.cancel_training(by=coordinator, session=session)
    with pytest.raises(PermissionDenied):
        trainings.note_training(by=coordinator, place=waits, is_here=True)
    for wrong in (0, -5, 100_000):
        with pytest.raises(ValidationError, match="de 1 à 720"):
            trainings.note_training(by=coordinator, place=taken, is_here=True, minutes=wrong)
    noted = trainings.note_training(by=coordinator, place=taken, is_here=True, minutes=45)
    assert trainings.note_training(by=coordinator, place=taken, is_here=True, minutes=45) == noted
    assert (noted.is_here, noted.minutes) == (True, 45)


def test_nobody_is_present_at_a_training_that_was_cancelled(
    coordinator: Person, members: list[Person], place: Territory, clock: time_machine.Coordinates
) -> None:
    session = opened(coordinator, place)
    trainings.take_place(by=members[0], session=session)
    trainings.cancel_training(by=coordinator, session=session)
    clock.move_to(HELD + timedelta(hours=1))
    row = TrainingPlace.objects.of(session).select_related("session__scope").get()
    with pytest.raises(ValidationError, match="annulée"):
        trainings.note_training(by=coordinator, place=row, is_here=True)


def test_the_place_of_who_leaves_goes_to_who_waited(
    coordinator: Person, members: list[Person], place: Territory, clock: time_machine.Coordinates
) -> None:
    session = opened(coordinator, place)
    for one in members[:2]:
        trainings.take_place(by=one, session=session)
    assert count_places(members[0]) == 1
    give_places_back(Leaving(members[0], by=coordinator, successor=None, reason="Départ"))
    assert count_places(members[0]) == 0
    states = {one.person: one.state for one in TrainingPlace.objects.of(session).select_related("person")}
    assert states == {members[0]: "left", members[1]: "taken"}


@pytest.fixture
def objective(coordinator: Person, place: Territory) -> project.Objective:
    made = project.begin_project(
        by=coordinator, place=place, kind=project.ProjectKind.CPTS, title="Projet", key="project",
        starts_on=date(2026, 1, 1), ends_on=date(2030, 12, 31),
    )  # fmt: skip
    return project.add_objective(
        by=coordinator, project=made, mission=project.Mission.ACCESS, title="Un médecin", key="o"
    )


def test_what_a_vote_rejected_or_has_not_counted_is_no_decision(
    begun: Sitting, seats: list[BodySeat], president: Person
) -> None:
    motion = votes.open_motion(
        by=president, sitting=begun, text="Adopter", majority=Majority.SIMPLE, key="m", is_secret=False
    )
    with pytest.raises(ValidationError, match="pas encore compté"):
        minutes.decide(by=president, sitting=begun, text="Adopté.", key="d", motion=motion)
    votes.cast(by=president, motion=motion, seat=seats[5], choice=Choice.NO)
    votes.close_motion(by=president, motion=motion)
    with pytest.raises(ValidationError, match="a rejeté"):
        minutes.decide(by=president, sitting=begun, text="Adopté.", key="d", motion=motion)


def test_a_decision_becomes_an_action_of_its_own_territory_after_it_was_taken(
    begun: Sitting, coordinator: Person, objective: project.Objective
) -> None:
    made = minutes.decide(by=coordinator, sitting=begun, text="Ouvrir la salle.", key="d")
    assert minutes.decide(by=coordinator, sitting=begun, text="Ouvrir la salle.", key="d") == made
    with pytest.raises(ValidationError, match="avant la décision"):
        minutes.act_on(by=coordinator, resolution=made, objective=objective, due_on=date(2026, 1, 2))
    action = minutes.act_on(by=coordinator, resolution=made, objective=objective, due_on=date(2026, 6, 1))
    assert (
        minutes.act_on(by=coordinator, resolution=made, objective=objective, due_on=date(2027, 1, 1))
        == action
    )
    made.refresh_from_db()
    assert minutes.tie_action(by=coordinator, resolution=made, action=action) == made
    other = project.add_action(
        by=coordinator, objective=objective, title="Autre", starts_on=date(2026, 3, 1), key="autre"
    )
    with pytest.raises(ValidationError, match="déjà son action"):
        minutes.tie_action(by=coordinator, resolution=made, action=other)


def test_an_objective_of_another_territory_founds_nothing_here(
    begun: Sitting, coordinator: Person, elsewhere: Person
) -> None:
    there = elsewhere.roles.get().scope.territory
    made = minutes.decide(by=coordinator, sitting=begun, text="Ouvrir la salle.", key="d")
    plan = project.begin_project(
        by=elsewhere, place=there, kind=project.ProjectKind.CPTS, title="Là-bas", key="p",
        starts_on=date(2026, 1, 1), ends_on=date(2030, 12, 31),
    )  # fmt: skip
    far = project.add_objective(
        by=elsewhere, project=plan, mission=project.Mission.ACCESS, title="Là-bas", key="o"
    )
    with pytest.raises(ValidationError, match="autre territoire"):
        minutes.act_on(by=coordinator, resolution=made, objective=far, due_on=date(2026, 6, 1))
    act = project.add_action(by=elsewhere, objective=far, title="Là", starts_on=date(2026, 3, 1), key="a")
    with pytest.raises(ValidationError, match="autre territoire"):
        minutes.tie_action(by=coordinator, resolution=made, action=act)
    with pytest.raises(PermissionDenied):
        minutes.decide(by=elsewhere, sitting=begun, text="Non.", key="x")


def test_a_meeting_closed_changes_no_more(begun: Sitting, president: Person) -> None:
    sittings.close_sitting(by=president, sitting=begun)
    with pytest.raises(ValidationError, match="ne changent plus"):
        sittings.close_sitting(by=president, sitting=begun)
