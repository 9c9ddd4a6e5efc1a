"""Where a day would reach most of the people who are not covered yet. No framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reach:
    """What a day held in a commune would reach: people within the bound, their mean minutes, those beyond."""

    code: str
    people: int
    mean_minutes: float
    beyond: int
    farthest: float


def reach_of(code: str, minutes: Mapping[str, float], people: Mapping[str, int], bound: float) -> Reach:
    """Return what a day in `code` would reach: `minutes` from there to each commune where people live."""
    near = [(minutes[one], count) for one, count in people.items() if minutes[one] <= bound]
    count = sum(some for _time, some in near)
    total = sum(time * some for time, some in near)
    return Reach(
        code,
        count,
        total / count if count else 0.0,
        sum(people.values()) - count,
        max((time for time, _some in near), default=0.0),
    )


def ranked(found: list[Reach]) -> list[Reach]:
    """Return the places in order: most people first, then the shortest way, then the code."""
    return sorted(found, key=lambda one: (-one.people, one.mean_minutes, one.code))
