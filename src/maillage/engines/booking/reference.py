"""Slot search written as literally as it reads; slow on purpose, the judge of `compute`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from maillage.engines.booking.model import Professionals, Reason, Request

Calendar = Mapping[int, Mapping[int, tuple[int, int]]]
"""Row → start → (audiences, kinds): what is free."""


class Offer(NamedTuple):
    """A row with its first slot and what both cost."""

    score: float
    travel: float
    row: int
    start: int


def first_slot(free: Calendar, row: int, request: Request) -> int | None:
    """The first start, at any date, that the asker may see and that serves for what is asked."""
    for start in sorted(free.get(row, {})):
        audiences, kinds = free[row][start]
        if start >= request.first_start and audiences & request.audiences and kinds & request.kinds:
            return start
    return None


def reasons(who: Professionals, free: Calendar, request: Request, row: int) -> list[Reason]:
    """Every hard filter that leaves a row out, in order."""
    travel = dict(zip(request.reach.communes.tolist(), request.reach.minutes.tolist(), strict=True))
    away = travel.get(int(who.commune[row]))
    start = first_slot(free, row, request)
    found = []
    if row in request.refused:
        found.append(Reason.REFUSED)
    if not int(who.professions[row]) & request.professions:
        found.append(Reason.PROFESSION)
    if request.abilities & ~int(who.abilities[row]):
        found.append(Reason.ABILITY)
    if request.motive & ~int(who.motives[row]):
        found.append(Reason.MOTIVE)
    if request.age is not None and not who.age_min[row] <= request.age < who.age_max[row]:
        found.append(Reason.AGE)
    if not who.takes_new[row] and row not in request.own:
        found.append(Reason.NEW_PATIENTS)
    if away is None or away > request.max_travel:
        found.append(Reason.TOO_FAR)
    if start is None:
        found.append(Reason.NO_SLOT)
    elif start > request.latest:
        found.append(Reason.TOO_LATE)
    return found


def offers(who: Professionals, free: Calendar, request: Request) -> list[Offer]:
    """Every row that nothing excludes, best first."""
    travel = dict(zip(request.reach.communes.tolist(), request.reach.minutes.tolist(), strict=True))
    kept = []
    for row in range(len(who)):
        start = first_slot(free, row, request)
        if start is not None and not reasons(who, free, request, row):
            away = travel[int(who.commune[row])]
            kept.append(Offer(float(start - request.now) + request.travel_weight * away, away, row, start))
    return sorted(kept)


def pareto(who: Professionals, free: Calendar, request: Request) -> list[Offer]:
    """The offers that none beats on start, travel or own doctor without losing on another; nearest first."""

    def beaten(one: Offer, other: Offer) -> bool:
        own = (one.start, one.travel, one.row not in request.own)
        theirs = (other.start, other.travel, other.row not in request.own)
        if theirs == own:
            return other.row < one.row
        return all(b <= a for a, b in zip(own, theirs, strict=True))

    everyone = offers(who, free, request)
    kept = [one for one in everyone if not any(beaten(one, other) for other in everyone)]
    return sorted(kept, key=lambda one: (one.travel, one.start, one.row not in request.own, one.row))


def own_first(who: Professionals, free: Calendar, request: Request) -> Offer | None:
    """The own doctor's offer that starts first; of equals, the first by row."""
    own = [one for one in offers(who, free, request) if one.row in request.own]
    return min(own, key=lambda one: (one.start, one.row), default=None)


def explained(
    who: Professionals, free: Calendar, request: Request, most: int
) -> list[tuple[int, tuple[Reason, ...], int | None]]:
    """Rows within reach that are left out, with their reasons and first slot: fewest reasons, then by row."""
    within = [row for row in range(len(who)) if int(who.commune[row]) in request.reach.communes.tolist()]
    out = [(row, tuple(reasons(who, free, request, row)), first_slot(free, row, request)) for row in within]
    return sorted((one for one in out if one[1]), key=lambda one: (len(one[1]), one[0]))[:most]


def alone(who: Professionals, free: Calendar, request: Request) -> dict[Reason, int]:
    """How many rows within reach each filter leaves out without any other."""
    found: dict[Reason, int] = {}
    for _row, why, _start in explained(who, free, request, len(who)):
        if len(why) == 1:
            found[why[0]] = found.get(why[0], 0) + 1
    return found


def openings(free: Calendar, rows: list[int], first: int, last: int, audiences: int) -> list[tuple[int, int]]:
    """Start and kinds of each slot of some rows, from `first` to `last`, that one of `audiences` may see."""
    return [
        (start, free[row][start][1])
        for row in rows
        for start in sorted(free.get(row, {}))
        if first <= start <= last and free[row][start][0] & audiences
    ]
