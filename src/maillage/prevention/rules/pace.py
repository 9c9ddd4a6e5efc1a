"""Where a coverage would be at the end of a campaign if its pace stays: a straight line. No framework."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Projection:
    """The share (0 to 1) covered at the end if the pace stays, and how many acts a month the goal asks."""

    share: float
    is_enough: bool
    acts_a_month: float


def projection(
    *,
    concerned: int,
    covered: int,
    gained: int,
    goal: float,
    first: date,
    last: date,
    day: date,
    least_days: int,
    least_acts: int,
) -> Projection | None:
    """Return the projection of a campaign on a day; None before it says anything, or once it is over.

    `covered` people are up to date, `gained` of them since the first day. The line: what was gained by day so
    far, for each day that is left, never over all who are concerned. `acts_a_month`: what the goal asks, in
    thirty days, from today to the last day.
    """
    passed, left = (day - first).days + 1, (last - day).days
    if not concerned or left <= 0 or passed < least_days or gained < least_acts:
        return None
    expected = min(covered + gained / passed * left, float(concerned))
    missing = max(goal * concerned - covered, 0.0)
    return Projection(expected / concerned, expected >= goal * concerned, missing / left * 30)
