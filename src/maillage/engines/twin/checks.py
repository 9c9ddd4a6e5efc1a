"""What a world must be for a run to mean something; each fault says which array, and what it should hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.engines.twin.model import ATTEMPTS, HORIZON, KINDS, LEADS, Door, Kind, World, WorldError

_SMALL = 127
"""Groups stand in a byte; agendas, communes and people in 32 bits."""


def check(world: World, warm_up: int) -> None:
    """Raise `WorldError` if the arrays of `world` do not fit each other, or hold what cannot be."""
    people, groups, agendas, ways = world.people, world.groups, world.agendas, world.ways
    days, communes, seers = world.days, world.communes, agendas.commune.size
    kinds = groups.rhythm.size
    _sized("people.group", people.group, people.commune.shape)
    _sized("people.own", people.own, people.commune.shape)
    _sized("groups.needs", groups.needs, (kinds, KINDS))
    _sized("groups.followed", groups.followed, (kinds, KINDS))
    for name in ("direct", "reach", "stay"):
        _sized(f"groups.{name}", getattr(groups, name), (kinds,))
    _sized("agendas.places", agendas.places, (seers, days + HORIZON))
    _sized("agendas.kept", agendas.kept, (seers, days + HORIZON))
    _sized("agendas.kinds", agendas.kinds, (seers,))
    _sized("agendas.opened", agendas.opened, (seers,))
    _sized("ways.starts", ways.starts, (communes, len(Door) + 1))
    _sized("ways.minutes", ways.minutes, ways.agenda.shape)
    _sized("calendar.closed", world.calendar.closed, (days,))
    _within("people.commune", people.commune, 0, communes - 1)
    _within("people.group", people.group, 0, min(kinds - 1, _SMALL))
    _within("people.own", people.own, -1, seers - 1)
    _within("groups.needs", groups.needs, 0, YEARLY)
    if groups.needs[:, Kind.FOLLOW].any():
        raise WorldError("groups.needs: those of kind FOLLOW come from visits; they are 0 here")
    _within("groups.direct", groups.direct, 0, 1)
    _within("groups.reach", groups.reach, 0, np.inf)
    _within("groups.followed", groups.followed, 0, 1)
    _within("groups.rhythm", groups.rhythm, 0, YEARLY)
    _within("groups.stay", groups.stay, 0, 1)
    _within("agendas.places", agendas.places, 0, np.inf)
    _within("agendas.kept", agendas.kept, 0, np.inf)
    _within("agendas.opened", agendas.opened, 0, 1)
    _within("ways.agenda", ways.agenda, 0, seers - 1)
    _within("ways.minutes", ways.minutes, 0, np.inf)
    _within("ways.starts", ways.starts, 0, ways.agenda.size)
    if (np.diff(ways.starts, axis=1) < 0).any():
        raise WorldError("ways.starts: the rows of a door end before they begin")
    _within("calendar.weight", world.calendar.weight, 0, YEARLY)
    if not days or not 0 <= warm_up < days:
        raise WorldError(f"warm_up: {warm_up} days of {days}; one day at least must be left to measure")
    _habits(world)
    for shock in world.shocks:
        _sized("shock.extra", shock.extra, (kinds,))
        _within("shock.extra", shock.extra, 0, 1)
        if not 0 <= shock.first <= shock.last < days:
            raise WorldError(f"shock: days {shock.first} to {shock.last} of a run of {days}")


YEARLY = 366.0
"""Most needs a year of one person, most days between two visits of a rhythm, most weight of a day."""


def _habits(world: World) -> None:
    habits = world.habits
    _sized("habits.leads", habits.leads, (KINDS, LEADS))
    _sized("habits.patience", habits.patience, (KINDS, 2))
    _within("habits.leads", habits.leads, 0, HORIZON // 2)
    _within("habits.patience", habits.patience, 0, HORIZON // 2 - 1)
    for name in ("protocol", "number", "fallback"):
        _sized(f"habits.{name}", getattr(habits, name), (KINDS,))
        _within(f"habits.{name}", getattr(habits, name), 0, 1)
    _within("habits.missed", habits.missed, 0, 1)
    if habits.missed.ndim != 1 or not habits.missed.size:
        raise WorldError("habits.missed: a chance for each number of days is wanted, one at least")
    for name in ("closed_call", "returns", "missed_again", "rhythm_known"):
        _within(f"habits.{name}", np.array([getattr(habits, name)]), 0, 1)
    for name in ("tries", "closed_direct", "return_after", "worse", "worst"):
        _within(f"habits.{name}", np.array([getattr(habits, name)]), 0, YEARLY)
    if not 1 <= habits.most <= ATTEMPTS:
        raise WorldError(f"habits.most: {habits.most} attempts; from 1 to {ATTEMPTS} are possible")


def _sized(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise WorldError(f"{name}: its shape is {array.shape}, {shape} is wanted")


def _within(name: str, array: NDArray[Any], least: float, most: float) -> None:
    wrong = ~((array >= least) & (array <= most))
    if wrong.any():
        where = np.argwhere(wrong)[0].tolist()
        raise WorldError(f"{name}: {array[tuple(where)]} at {where}; from {least} to {most} is wanted")
