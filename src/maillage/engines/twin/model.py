"""The vocabulary of the twin: people, who sees them, how they look for care, and what a run gives.

Time is in whole days; day 0 is the first of the warm-up. Each need ends once: seen, at the emergency
department, given up or missed; or it waits to be asked for again when the run ends. Chances are drawn by
counters (`draws`), so that the same person meets the same fate in two runs that differ by one lever only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

LEADS = 32
"""Equal shares of the days that people ask to wait: `Habits.leads` has one number of days for each."""
DELAYS = 121
"""Delays are counted by day from 0 to 119; the last class holds the longer ones."""
HORIZON = 130
"""Days after the end of a run for which agendas are open: a visit booked there is pending."""
ATTEMPTS = 8
"""Most times that a need may be asked for."""


class Kind(IntEnum):
    """What a need is."""

    ACUTE = 0
    CHECK = 1
    ADMIN = 2
    FOLLOW = 3
    NIGHT = 4


KINDS = len(Kind)


class Door(IntEnum):
    """By which door somebody comes to an agenda that is not their own doctor's, in the order in which they
    are tried: another doctor, a protocol of a nurse or pharmacist, the single number, whoever is on call."""

    OTHER = 0
    PROTOCOL = 1
    NUMBER = 2
    ON_CALL = 3


class Outcome(IntEnum):
    """How a contact ends. OWN to ON_CALL: a visit, by whom; AGAIN alone does not end the need, which is
    asked for once more later (nobody answered, or the visit was missed)."""

    OWN = 0
    OTHER = 1
    PROTOCOL = 2
    NUMBER = 3
    ON_CALL = 4
    EMERGENCY = 5
    GIVEN_UP = 6
    MISSED = 7
    AGAIN = 8


OUTCOMES = len(Outcome)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """What people of one kind have in common, a row for each group.

    `needs`: contacts a year, group × kind (those of kind FOLLOW come from visits, and are 0 here);
    `direct`: share of acute needs taken straight to the emergency department; `reach`: the farthest that
    they travel to another doctor, in minutes; `followed`: chance that a visit kept calls for another, group
    × kind; `rhythm`: days until that one, on average, between half and one and a half of it; `stay`: chance
    of a potentially avoidable stay for an acute need answered on its first day.
    """

    needs: Floats
    direct: Floats
    reach: Floats
    followed: Floats
    rhythm: Floats
    stay: Floats


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """The inhabitants: `commune` and `group` by row, `own` the agenda of their doctor or -1."""

    commune: Ints
    group: Bytes
    own: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Agendas:
    """Whoever sees people: doctors, nurses under a protocol, slots of the single number, the on-call.

    `places`: visits possible by agenda × day (days of the run, then `HORIZON` more); `kept`: of which kept
    for the same day; `kinds`: the kinds seen, as bits; `opened`: chance that somebody who is not of their
    patients is accepted; `commune`: where.
    """

    places: NDArray[np.int16]
    kept: NDArray[np.int16]
    kinds: Bytes
    opened: Floats
    commune: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Agendas within reach of each commune, by door then from the nearest.

    Those of commune c through door d are rows `starts[c, d]:starts[c, d + 1]` of `agenda` and `minutes`.
    """

    starts: Longs
    agenda: Ints
    minutes: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The days: `weight`, how many needs arise beside an average day (its mean should be 1), and `closed`,
    the days on which practices are shut. Both as long as the run."""

    weight: Floats
    closed: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Habits:
    """How people look for care, and what becomes of it.

    `leads`: for each kind, the days after which people ask to come, in `LEADS` equal shares, ascending;
    `patience`: days that they accept to wait beyond, for their own doctor and for another (kind × 2);
    `tries`: how many other doctors they call; `protocol` and `number`: chance to think of each door, by kind;
    `closed_call`: chance to call whoever is on call for an acute need on a closed day, before anything else;
    `closed_direct`: how many times likelier they go straight to the emergency department that day;
    `fallback`: chance of the emergency department when nobody answered, by kind; `returns`: chance to ask
    again later; `return_after`: mean days until then; `most`: attempts in all; `missed`: chance of a missed
    visit by days of delay (the last for longer ones); `missed_again`: chance to ask again after it;
    `worse`: how much a day of delay adds to the chance of a stay, as a share of it, and `worst`, the days
    after which it adds no more, also those of a need that nobody answered; `rhythm_known`: chance that
    somebody whose group has a rhythm is already in it on day 0.
    """

    leads: Ints
    patience: Ints
    tries: int
    protocol: Floats
    number: Floats
    closed_call: float
    closed_direct: float
    fallback: Floats
    returns: float
    return_after: float
    most: int
    missed: Floats
    missed_again: float
    worse: float
    worst: int
    rhythm_known: float


@dataclass(frozen=True, slots=True, eq=False)
class Shock:
    """An epidemic or a heatwave: acute needs besides the usual ones, from `first` to `last` day included.

    `extra`: chance by group that a person has one more acute need on one of these days.
    """

    first: int
    last: int
    extra: Floats


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everything that a run reads."""

    people: People
    groups: Groups
    agendas: Agendas
    ways: Ways
    calendar: Calendar
    habits: Habits
    shocks: tuple[Shock, ...] = ()

    @property
    def days(self) -> int:
        """Days of the run, warm-up included."""
        return self.calendar.weight.size

    @property
    def communes(self) -> int:
        """Communes that people live in."""
        return len(self.ways.starts)


LOG = np.dtype(
    [
        ("need", np.int64),
        ("person", np.int32),
        ("kind", np.uint8),
        ("attempt", np.uint8),
        ("arose", np.int32),
        ("day", np.int32),
        ("outcome", np.uint8),
        ("agenda", np.int32),
        ("visit", np.int32),
        ("stay", np.bool_),
    ]
)
"""A contact: the need, a number of its own; who, what, the how-manieth time it is asked for; the day on
which it arose and that of this contact; how it ended; the agenda that answered or -1; the day of the visit
or of the emergency attendance, or -1; whether it led to a potentially avoidable stay."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What a run gives.

    `daily`: contacts by day × kind × outcome, by the day of the contact; `visits`: visits kept by day of the
    visit, then those missed (days × 2); `by_commune`: contacts by commune × kind × outcome after the warm-up;
    `waited` and `travelled`: days and minutes summed by commune over visits kept, after the warm-up;
    `delays`: visits booked by kind × days from this contact to the visit, after the warm-up; `stays`: by day
    and `stays_by_commune`; `taken`: places taken by agenda × day; `needs`: needs that arose by kind, over the
    whole run; `waiting`: of which asked for again after its end; `events`: changes of a person's state (a
    contact, a visit kept or missed, an emergency attendance, an end without care, a stay); `log`: `LOG`
    rows in their order, empty unless asked for.
    """

    daily: Longs
    visits: Longs
    by_commune: Longs
    waited: Longs
    travelled: Floats
    delays: Longs
    stays: Longs
    stays_by_commune: Longs
    taken: NDArray[np.int16]
    needs: Longs
    waiting: int
    events: int
    log: NDArray[np.void]


class WorldError(ValueError):
    """A world that cannot be run: what is wrong, in which array."""
