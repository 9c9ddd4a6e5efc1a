"""The six missions of the ACI, and the clock of each, counted in months from the signature of the contract.

CSP L.1434-12-2 lists the missions; the months are rules (`project.missions.…`), where a mission has any.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Mission(StrEnum):
    """What a CPTS is paid for, in the order of the law."""

    ACCESS = "access_to_care"
    PATHWAYS = "care_pathways"
    PREVENTION = "coordinated_prevention"
    CRISIS = "health_crisis"
    QUALITY = "quality_of_care"
    SUPPORT = "support_to_professionals"


class ClockState(StrEnum):
    """Where a mission stands on its clock."""

    NOT_RUNNING = "not_running"
    FREE = "free"
    TO_START = "to_start"
    START_LATE = "start_late"
    STARTED = "started"
    DEPLOY_LATE = "deploy_late"
    DEPLOYED = "deployed"


LATE = frozenset({ClockState.START_LATE, ClockState.DEPLOY_LATE})


@dataclass(frozen=True, slots=True)
class Months:
    """Within how many months of the signature a mission starts, then is fully deployed."""

    start: int
    deployed: int


@dataclass(frozen=True, slots=True)
class Clock:
    """A mission on its clock: the last day of each step (None where nothing sets it), and what was done."""

    mission: Mission
    months: Months | None
    start_by: date | None
    deployed_by: date | None
    started_on: date | None
    deployed_on: date | None
    state: ClockState

    @property
    def is_late(self) -> bool:
        """Whether a legal day has passed without the step."""
        return self.state in LATE

    @property
    def next_day(self) -> date | None:
        """The day of the next step, None where nothing waits."""
        if self.state in {ClockState.TO_START, ClockState.START_LATE}:
            return self.start_by
        return self.deployed_by if self.state in {ClockState.STARTED, ClockState.DEPLOY_LATE} else None


def months_after(day: date, months: int) -> date:
    """Return the same day of the month `months` later, the last of that month where it has no such day.

    >>> months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def clock_of(
    mission: Mission,
    months: Months | None,
    signed_on: date | None,
    done: tuple[date | None, date | None],
    today: date,
) -> Clock:
    """Return the clock of one mission; `done`: the days it started and was deployed, None where not yet."""
    started, deployed = done
    start_by = months_after(signed_on, months.start) if months and signed_on else None
    deployed_by = months_after(signed_on, months.deployed) if months and signed_on else None
    return Clock(
        mission, months, start_by, deployed_by, started, deployed,
        _state(months is not None, start_by, deployed_by, done, today),
    )  # fmt: skip


def _state(
    is_bound: bool,
    start_by: date | None,
    deployed_by: date | None,
    done: tuple[date | None, date | None],
    today: date,
) -> ClockState:
    started, deployed = done
    if deployed is not None:
        return ClockState.DEPLOYED
    if started is not None:
        late = deployed_by is not None and deployed_by < today
        return ClockState.DEPLOY_LATE if late else ClockState.STARTED
    if not is_bound:
        return ClockState.FREE
    if start_by is None:
        return ClockState.NOT_RUNNING
    return ClockState.START_LATE if start_by < today else ClockState.TO_START


def clocks(
    months: Mapping[Mission, Months],
    signed_on: date | None,
    done: Mapping[Mission, tuple[date | None, date | None]],
    today: date,
) -> list[Clock]:
    """Return the six clocks, in the order of the law."""
    return [clock_of(one, months.get(one), signed_on, done.get(one, (None, None)), today) for one in Mission]
