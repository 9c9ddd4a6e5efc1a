"""What the sourced rules say, in the shapes that the rules of the context read."""

from __future__ import annotations

from datetime import date, time

from maillage.kernel.sourced_rules import rule
from maillage.roster.models import Roster, Sector
from maillage.roster.rules.blocks import (
    LEGAL,
    Block,
    BlockKind,
    Hours,
    blocks,
    shared_blocks,
)
from maillage.roster.rules.workflow import Deadline, Delays, State, deadline, last_days
from maillage.territory.api import HolidayCalendar, PublicHolidays, holidays_of


def hours_of_blocks(on: date) -> dict[BlockKind, Hours]:
    """Return the wall-clock hours of each kind of block in force on a day."""
    read = {kind: rule(f"roster.blocks.{kind.value}", on).value for kind in LEGAL}
    return {kind: Hours(*(time.fromisoformat(text) for text in pair)) for kind, pair in read.items()}


def points_of_burden(on: date) -> dict[str, float]:
    """Return the points of each sort of duty in force on a day."""
    return {name: float(points) for name, points in rule("roster.burden.points", on).value.items()}


def holidays_kept(sector: Sector, on: date) -> PublicHolidays:
    """Return the public holidays that a sector keeps, by the rule in force on a day."""
    return holidays_of(HolidayCalendar(sector.calendar), on)


def planned(sector: Sector, first_day: date, last_day: date) -> list[Block]:
    """Return the blocks that the rule gives a sector from `first_day` to `last_day`, both included."""
    kept = holidays_kept(sector, first_day)
    if sector.is_shared:
        return shared_blocks(first_day, last_day, sector.own_periods, kept, sector.zone)
    return blocks(first_day, last_day, hours_of_blocks(first_day), kept, sector.zone, sector.covered)


def legal_delays(on: date) -> Delays:
    """Return the legal delays in force on a day."""
    return Delays(
        minimum_months=rule("roster.period.minimum_months", on).value,
        sent_days=rule("roster.deadlines.sent_days", on).value,
        transmitted_days=rule("roster.deadlines.transmitted_days", on).value,
        duty_done_months=rule("roster.deadlines.duty_done_months", on).value,
    )


def next_deadline(roster: Roster, today: date) -> Deadline | None:
    """Return the next legal deadline of a roster, counted from `today`; None once all is done.

    A shared on-call has none.
    """
    if roster.sector.is_shared:
        return None
    return deadline(
        roster.step,
        first=roster.first_day,
        last=roster.last_day,
        today=today,
        delays=legal_delays(today),
    )


def legal_days(first_day: date, last_day: date, today: date) -> dict[State, date]:
    """Return the last day of each step that the law dates, by the rules in force on `today`."""
    return last_days(first_day, last_day, legal_delays(today))
