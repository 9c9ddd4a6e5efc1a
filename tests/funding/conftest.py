"""Fixtures of the funding context: a territory, who keeps its money, a meeting held and attended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from maillage.care import api as care
from maillage.directory.api import Professional
from maillage.funding import api as funding
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.factories.fixtures import coordinator, doctor, place, professional

__all__ = ["coordinator", "doctor", "place", "professional"]

#: A Monday morning, in a year whose ceiling no rule has.
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def member(place: Territory) -> Person:
    """Somebody of the board, who reads and writes nothing."""
    return make_person("bernard.chataignier", Role.BOARD, place.scope)


def held_meeting(
    by: Person,
    place: Territory,
    *who: Professional | Person,
    minutes: int = 90,
    rate: str | None = None,
    days_ago: int = 10,
    key: str = "meeting",
) -> list[care.Attendance]:
    """A meeting held some days ago, whose attendance is paid."""
    starts = NOW - timedelta(days=days_ago)
    with time_machine.travel(starts - timedelta(hours=1), tick=False):
        meeting = care.call_meeting(
            by=by,
            scope=place.scope,
            kind=care.MeetingKind.RCP,
            starts_at=starts,
            length=120,
            key=key,
            place="Maison de santé",
        )
    lines = [care.Presence(one, minutes, True, None if rate is None else Decimal(rate)) for one in who]
    with time_machine.travel(starts + timedelta(hours=3), tick=False):
        return care.record_attendance(by=by, meeting=meeting, lines=lines)


def decided_rate(by: Person, place: Territory, cents: int = 6000, **values: object) -> None:
    """An hour of meeting is paid 60 €, by decision of January."""
    said: dict[str, object] = {
        "time": funding.TimeKind.MEETING, "unit": funding.RateUnit.HOUR, "cents": cents,
        "valid_from": date(2026, 1, 1), "decision": "Conseil du 12 janvier 2026", "key": f"rate-{cents}",
    }  # fmt: skip
    funding.decide_rate(by=by, scope=place.scope, **said | values)


def decided_ceiling(by: Person, place: Territory, cents: int = 4_806_000, year: int = 2026) -> None:
    """The ceiling of 2026, typed from a document."""
    funding.decide_ceiling(
        by=by, scope=place.scope, year=year, cents=cents, document="Arrêté du plafond", key=f"cap-{cents}"
    )


def validated(
    by: Person, place: Territory, one: care.Attendance, key: str = "v", **values: object
) -> funding.Indemnity:
    """The indemnity of an attendance."""
    return funding.validate_time(
        by=by, scope=place.scope, source=f"care.attendance:{one.pk}", day=one.meeting.held_on,
        mission=funding.MissionCode.M2, key=key, **values,
    )  # fmt: skip
