"""The vocabulary of slot search: who offers, what is free, what is asked, what is found, why the rest is not.

    score = wait + travel_weight · travel

`wait` is in minutes from `now` to the start of the slot, `travel` in minutes from the patient's commune to
the commune of practice. The best k have the lowest scores; of equal ones, the nearer, then the first by row.

Sets of codes are bits of an int64 (at most 63 codes each): the caller maps its own lists to bits. Times are
whole minutes since an epoch of the caller's choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int32]
FloatArray = NDArray[np.float64]

NO_LIMIT = np.iinfo(np.int32).max
"""A time later than any other."""

URGENT = frozenset({"P0", "P1"})
"""Regulation priorities that are dispatched or regulated at once, never searched a slot for."""


class UrgentRequestError(ValueError):
    """A request of priority P0 or P1 was about to enter slot search."""


class Reason(StrEnum):
    """Why a row was left out: the hard filters, in the order in which they are asked."""

    REFUSED = "refused"
    PROFESSION = "profession"
    ABILITY = "ability"
    MOTIVE = "motive"
    AGE = "age"
    NEW_PATIENTS = "new_patients"
    TOO_FAR = "too_far"
    NO_SLOT = "no_slot"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True, eq=False)
class Professionals:
    """Who may be proposed, one row each; one who practises at two places is two rows.

    Every array has shape (n,). `commune`: position of the commune of practice. Bit sets: `professions` (what
    they are), `abilities` (home visits, tele, wheelchair, languages, sector 1…), `motives` accepted.
    `age_min` ≤ age < `age_max`, in months. `takes_new`: accepts patients who are not theirs.
    Raises ValueError where shapes differ.
    """

    commune: IntArray
    professions: NDArray[np.int64]
    abilities: NDArray[np.int64]
    motives: NDArray[np.int64]
    age_min: IntArray
    age_max: IntArray
    takes_new: NDArray[np.bool_]

    def __post_init__(self) -> None:
        kinds = (np.int32, np.int64, np.int64, np.int64, np.int32, np.int32, np.bool_)
        for name, kind in zip(self.__slots__, kinds, strict=True):
            column: NDArray[Any] = np.ascontiguousarray(getattr(self, name), dtype=kind)
            if column.shape != (len(self),):
                raise ValueError(f"{name} must have {len(self)} values")
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return len(self.commune)

    def filters(self) -> tuple[NDArray[Any], ...]:
        """Every column but the commune."""
        return tuple(getattr(self, name) for name in self.__slots__[1:])


class Slots(NamedTuple):
    """Free slots in any order, each array of shape (m,); a row never has two at one start.

    `row`: of `Professionals`; `start`: minutes; `audiences`: bits of who may see it; `kinds`: bits of what it
    serves for (practice, home visit, tele, phone…).
    """

    row: ArrayLike
    start: ArrayLike
    audiences: ArrayLike
    kinds: ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Travel minutes from one commune to communes of practice, nearest first; built by `Reach.of`.

    Depends on the patient's commune only, so that the caller may hold one per commune.
    """

    communes: IntArray
    minutes: NDArray[np.float32]
    largest: int

    @classmethod
    def of(cls, communes: ArrayLike, minutes: ArrayLike) -> Reach:
        """From commune positions and minutes in any order; those left out or at infinity are out of reach.

        Raises ValueError where shapes differ, a position is negative, a time negative or missing, or a
        commune given twice.
        """
        where = np.asarray(communes, dtype=np.int32)
        times = np.asarray(minutes, dtype=np.float32)
        if where.ndim != 1 or times.shape != where.shape:
            raise ValueError("a reach needs as many minutes as communes")
        if not (times >= 0).all() or not (where >= 0).all():
            raise ValueError("communes and travel minutes must not be negative or missing")
        if np.unique(where).size != where.size:
            raise ValueError("a commune is given twice")
        order = np.lexsort((where, times))[: np.count_nonzero(np.isfinite(times))]
        return cls(where[order], times[order], int(where.max(initial=-1)))

    @classmethod
    def everywhere(cls, minutes: ArrayLike) -> Reach:
        """From minutes to every commune, shape (communes,); infinity where out of reach."""
        return cls.of(np.arange(len(np.asarray(minutes))), minutes)


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What is asked, and from where.

    `priority`: the regulation scale P0 … P3; P0 and P1 raise `UrgentRequestError`. `now`, `earliest` and
    `latest` (last acceptable start): minutes. `professions` and `kinds`: any of these bits; `audiences`: any
    of those the asker belongs to; `abilities`: all of these bits; `motive`: one bit or 0; `age` in months or
    None. `own`: rows of the patient's own doctor, exempt from `takes_new`. `refused`: rows already refused.
    """

    priority: str
    now: int
    reach: Reach
    max_travel: float
    latest: int = NO_LIMIT
    earliest: int | None = None
    professions: int = -1
    abilities: int = 0
    motive: int = 0
    age: int | None = None
    audiences: int = 255
    kinds: int = 255
    travel_weight: float = 4.0
    own: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.priority in URGENT:
            raise UrgentRequestError(f"a request of priority {self.priority} never enters slot search")
        if not self.travel_weight >= 0 or not self.max_travel >= 0:
            raise ValueError("the travel weight and the longest travel must not be negative")

    @property
    def own_rows(self) -> IntArray:
        """`own` as the loops read it."""
        return np.array(self.own, np.int32)

    @property
    def refused_rows(self) -> IntArray:
        """`refused` as the loops read it."""
        return np.array(self.refused, np.int32)

    @property
    def first_start(self) -> int:
        """The earliest start that would do: never in the past."""
        return self.now if self.earliest is None else max(self.earliest, self.now)


class Found(NamedTuple):
    """Proposals, best first, each array of shape (k,): row, start, wait and travel in minutes, score."""

    row: IntArray
    start: IntArray
    wait: IntArray
    travel: NDArray[np.float32]
    score: FloatArray


class Choice(NamedTuple):
    """One proposal of the Pareto set: no other is at once as early, as near, and as much the own doctor."""

    row: int
    start: int
    travel: float
    is_earliest: bool
    is_nearest: bool
    is_own: bool


class Exclusion(NamedTuple):
    """A row left out, and every filter that leaves it out, in the order of `Reason`.

    `first_start`: the first slot that it would have offered were it not for the other filters; None if none.
    """

    row: int
    reasons: tuple[Reason, ...]
    first_start: int | None


class Answer(NamedTuple):
    """All that one search says, from one pass over the rows within reach.

    `best`: the best k, as `Index.search` gives them. `own`: the own doctor's earliest acceptable slot, at
    whatever rank. `choices`: the Pareto set. `explained`: the rows left out that have the fewest reasons,
    then the first by row, as many as asked. `alone`: how many each filter lets in, given up alone.
    """

    best: Found
    own: Choice | None
    choices: list[Choice]
    explained: list[Exclusion]
    alone: dict[Reason, int]
