"""Fixtures of governance: a board with three colleges, its members, a meeting convened for next week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from maillage.governance.actions.bodies import add_body, add_college, give_seat
from maillage.governance.actions.sittings import add_point, convene, prepare_sitting
from maillage.governance.models import Body, BodySeat, College, Sitting, Summons
from maillage.governance.rules.vocabulary import BodyKind, CollegeKind, Office, PointKind
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.factories import make_person, make_territory
from tests.factories.fixtures import coordinator, place

__all__ = ["coordinator", "place"]

SINCE = dt.date(2025, 1, 1)
#: A Monday, and the meeting ten days later.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
HELD = datetime(2026, 3, 12, 18, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """The clock, stopped on a Monday morning."""
    with time_machine.travel(NOW, tick=False) as stopped:
        yield stopped


@pytest.fixture
def president(place: Territory) -> Person:
    """Who presides, for the users."""
    return make_person("bernard.chataignier", Role.BOARD, place.scope)


@pytest.fixture
def members(place: Territory) -> list[Person]:
    """Five professionals who sit."""
    roles = (Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.MIDWIFE, Role.PHYSIOTHERAPIST)
    return [make_person(f"membre.{one.value}", one, place.scope) for one in roles]


@pytest.fixture
def outsider(place: Territory) -> Person:
    """A nurse of the territory who sits nowhere."""
    return make_person("ines.capucine", Role.NURSE, place.scope)


@pytest.fixture
def elsewhere() -> Person:
    """Who coordinates another territory, on the other side of the world."""
    return make_person("paul.ailleurs", Role.COORDINATOR, make_territory("Indian/Reunion").scope)


@pytest.fixture
def body(clock: time_machine.Coordinates, coordinator: Person, place: Territory) -> Body:
    return add_body(
        by=coordinator, scope=place.scope, kind=BodyKind.BOARD, name="Conseil", purpose="Il décide.",
        key="body", pays_time=True,
    )  # fmt: skip


@pytest.fixture
def professionals(body: Body, coordinator: Person) -> College:
    return add_college(
        by=coordinator, body=body, kind=CollegeKind.PROFESSIONALS, name="Professionnels", places=6
    )


@pytest.fixture
def users(body: Body, coordinator: Person) -> College:
    return add_college(by=coordinator, body=body, kind=CollegeKind.USERS, name="Usagers", places=2)


@pytest.fixture
def seats(
    professionals: College, users: College, members: list[Person], president: Person, coordinator: Person
) -> list[BodySeat]:
    """The seats of the five professionals, then that of the president."""
    given = [
        give_seat(by=coordinator, college=professionals, person=one, since=SINCE, key=f"seat-{one.pk}")
        for one in members
    ]
    presiding = give_seat(
        by=coordinator, college=users, person=president, since=SINCE, key="president",
        office=Office.PRESIDENT,
    )  # fmt: skip
    return [*given, presiding]


@pytest.fixture
def sitting(body: Body, seats: list[BodySeat], president: Person) -> Sitting:
    """A meeting in ten days, convened to the six members."""
    made = prepare_sitting(
        by=president, body=body, starts_at=HELD, length=120, key="sitting", place="Salle des fêtes"
    )
    add_point(by=president, sitting=made, kind=PointKind.DECISION, title="Le budget", key="point")
    convene(by=president, sitting=made)
    made.refresh_from_db()
    return made


def summons_of(sitting: Sitting, seat: BodySeat) -> Summons:
    """Return the convening of a seat."""
    rows = Summons.objects.of_sitting(sitting).select_related("seat__college", "sitting__body__scope")
    return rows.get(seat=seat)


@pytest.fixture
def begun(
    sitting: Sitting, seats: list[BodySeat], president: Person, clock: time_machine.Coordinates
) -> Sitting:
    """The meeting, begun, where four of the six are there."""
    from maillage.governance.actions.attendance import note_presence

    clock.move_to(HELD + timedelta(minutes=5))
    for seat in (*seats[:3], seats[5]):
        note_presence(by=president, summons=summons_of(sitting, seat), is_here=True)
    assert timezone.now() > sitting.starts_at
    return sitting
