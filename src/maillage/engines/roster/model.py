"""The vocabulary of an on-call roster: posts to hold, people who may, rules, assignment, objective.

    objective = Σ_j under_j · missing_j + over_j · surplus_j        cover
              + fairness · (highest excess + highest deficit)       burden against the weighted target
              + Σ_pj wish_pj · x_pj                                 wishes (negative: wanted)
              + change · previous assignments given up              re-solving

The target of p is the burden of every post · demand, shared by weight. x_pj says that person p holds post j:
an assignment is a boolean array of shape (people, posts). Times are whole minutes since an epoch of the
caller's choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Assignment = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


ROUNDING = 1e-5
"""Objectives nearer than this are the same."""


class Rule(StrEnum):
    """What an assignment may break."""

    AVAILABILITY = "availability"
    LOCK = "lock"
    REST = "rest"
    SUCCESSION = "succession"
    SURPLUS = "surplus"
    MAXIMUM = "maximum"
    MINIMUM = "minimum"
    OCCASIONS = "occasions"
    LONGEST_RUN = "longest_run"
    SHORTEST_RUN = "shortest_run"
    SHORTEST_BREAK = "shortest_break"


class Violation(NamedTuple):
    """One rule broken: by whom (−1: by nobody in particular), over which posts, under which limit's name."""

    rule: Rule
    person: int
    posts: tuple[int, ...]
    limit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Posts:
    """What is to be held, each array of shape (posts,): a block of time in a sector.

    `start` < `end` in minutes, `day` (whole number) on which a run of duties counts it, `burden` ≥ 0 in
    points, `demand`: people wanted; `under`: cost of each missing, `over`: of each too many (∞: never).
    """

    start: IntArray
    end: IntArray
    day: IntArray
    burden: FloatArray
    demand: IntArray
    under: FloatArray
    over: FloatArray

    @classmethod
    def of(
        cls,
        start: ArrayLike,
        end: ArrayLike,
        burden: ArrayLike,
        *,
        day: ArrayLike | None = None,
        demand: ArrayLike = 1,
        under: ArrayLike = 2000.0,
        over: ArrayLike = np.inf,
    ) -> Posts:
        """Posts from lists; single values hold for all. The day is that of the start, unless told otherwise.

        Raises ValueError where shapes differ, a post ends before it starts, or a value is negative.
        """
        begins = np.asarray(start, dtype=np.int64)
        days = begins // 1440 if day is None else day
        columns: list[Any] = [
            np.broadcast_to(np.asarray(values, dtype=kind), begins.shape)
            for values, kind in (
                (end, np.int64),
                (days, np.int64),
                (burden, np.float64),
                (demand, np.int64),
                (under, np.float64),
                (over, np.float64),
            )
        ]
        if (columns[0] <= begins).any():
            raise ValueError("a post ends before it starts")
        if any((values < 0).any() for values in columns[2:]):
            raise ValueError("burdens, demands and costs must not be negative")
        return cls(begins, *columns)

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """Σ_j amount_j · x_pj stays between `minimum_p` and `maximum_p`: duties in a month, hours, one kind.

    `amount`: ≥ 0, shape (posts,); `minimum` and `maximum`: shape (people,).
    """

    name: str
    amount: FloatArray
    minimum: FloatArray
    maximum: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Occasions:
    """A person holds posts on at most `maximum_p` of the occasions (weekends, holidays).

    `occasion`: shape (posts,), numbers of occasions from 0, −1 where a post belongs to none.
    """

    name: str
    occasion: IntArray
    maximum: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Days on duty in a row, each array of shape (people,); a run cut by the period is not too short.

    `longest` run, `shortest` run, `shortest_break` between two runs, in days.
    """

    longest: IntArray
    shortest: IntArray
    shortest_break: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Successions:
    """Which sort of post a person may not hold on the day after which: any matrix, beside the rest.

    `sort`: shape (posts,), numbers from 0. `forbidden`: shape (sorts, sorts), true at (a, b) where b may not
    be held on the day after a.
    """

    sort: IntArray
    forbidden: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A period to fill.

    `allowed` (people, posts): may hold it (sector, ability, no absence). `rest` (people,): minutes between
    two posts of one person, at least; 0 forbids overlaps only. `weight` (people,): share of the burden (half
    for a hospital doctor…). `wish` (people, posts): cost of each assignment, negative where wanted. `locks`:
    posts held by decision, which nothing takes away, even against what a rule forbids, which is then
    reported. `previous`: the roster to stay close to. Raises ValueError where a shape differs or where
    runs are asked of a person who could hold two posts on a day.
    """

    posts: Posts
    allowed: Assignment
    rest: IntArray
    weight: FloatArray
    wish: FloatArray
    locks: Assignment
    previous: Assignment
    limits: tuple[Limit, ...] = ()
    occasions: tuple[Occasions, ...] = ()
    runs: Runs | None = None
    successions: Successions | None = None
    fairness: float = 20.0
    change: float = 0.0

    @classmethod
    def of(cls, posts: Posts, allowed: ArrayLike, **columns: Any) -> Problem:
        """A problem from lists, with no rest, equal weights, no wish, lock or previous roster unless told."""
        may = np.array(allowed, dtype=bool)
        if may.ndim != 2 or may.shape[1] != len(posts):
            raise ValueError(f"`allowed` must be (people, {len(posts)})")
        people, shape = may.shape[0], may.shape
        kinds = {
            "rest": ((people,), np.int64, 0),
            "weight": ((people,), np.float64, 1.0),
            "wish": (shape, np.float64, 0.0),
            "locks": (shape, np.bool_, False),
            "previous": (shape, np.bool_, False),
        }
        for name, (size, kind, usual) in kinds.items():
            values: NDArray[Any] = np.asarray(columns.get(name, usual), dtype=kind)
            if values.shape not in ((), size):
                raise ValueError(f"`{name}` must have shape {size}")
            columns[name] = np.broadcast_to(values, size)
        made = cls(posts, may, **columns)
        made._check()
        return made

    def _check(self) -> None:
        people, posts = self.allowed.shape
        for limit in self.limits:
            _shaped(limit.name, ((limit.amount, posts), (limit.minimum, people), (limit.maximum, people)))
        for group in self.occasions:
            _shaped(group.name, ((group.occasion, posts), (group.maximum, people)))
        if people and not self.weight.sum() > 0:
            raise ValueError("somebody must have a weight")
        if self.successions is not None:
            _shaped("successions", ((self.successions.sort, posts),))
            sorts = int(self.successions.sort.max(initial=-1)) + 1
            if self.successions.forbidden.ndim != 2 or min(self.successions.forbidden.shape) < sorts:
                raise ValueError(f"`forbidden` must be ({sorts}, {sorts}) at least")
        if self.runs is None:
            return
        runs = self.runs
        _shaped("runs", ((runs.longest, people), (runs.shortest, people), (runs.shortest_break, people)))
        for person in range(people):
            own = np.flatnonzero(self.allowed[person])
            same_day = self.posts.day[own][:, None] == self.posts.day[own][None, :]
            if (same_day & ~self.clashes(person, own)).any():
                raise ValueError("runs of days need a rest that leaves at most one post a day")

    @property
    def target(self) -> FloatArray:
        """The burden that would be each person's fair share, shape (people,)."""
        return np.asarray(self.weight * (self.posts.burden @ self.posts.demand) / self.weight.sum())

    @property
    def days(self) -> int:
        """Days from the first to the last, both counted."""
        return int(np.ptp(self.posts.day)) + 1 if len(self.posts) else 0

    def day_of(self, post: int | IntArray) -> IntArray:
        """The day of posts, counted from the first of the period."""
        return np.asarray(self.posts.day[post] - self.posts.day.min(initial=np.iinfo(np.int64).max))

    def clashes(self, person: int, posts: IntArray) -> NDArray[np.bool_]:
        """Which two of these posts one person cannot hold both, for lack of rest; each with itself too."""
        start, until = self.posts.start[posts], self.posts.end[posts] + self.rest[person]
        return np.asarray((start[:, None] < until[None, :]) & (start[None, :] < until[:, None]))

    def forbidden_successions(self, posts: IntArray, by: IntArray) -> NDArray[np.bool_]:
        """Shape (posts, by): which post may not be followed by which, on the day after."""
        if self.successions is None:
            return np.zeros((posts.size, by.size), dtype=bool)
        sort, day = self.successions.sort, self.posts.day
        forbidden = self.successions.forbidden[sort[posts][:, None], sort[by][None, :]]
        return np.asarray(forbidden & (day[by][None, :] == day[posts][:, None] + 1))


class Score(NamedTuple):
    """The objective and its parts, as they are published."""

    objective: float
    missing: int
    cover: float
    excess: float
    deficit: float
    wishes: float
    changes: int


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A roster, what it is worth, what it breaks, and how far from the best possible it can be.

    `bound`: no assignment that keeps the rules scores less (−∞ where not computed). `gap`: (objective −
    bound) / |objective|. `seconds`: as counted by the solver. `method` says what found it.
    """

    assignment: Assignment
    score: Score
    violations: tuple[Violation, ...]
    bound: float
    seconds: float
    method: str

    @property
    def gap(self) -> float:
        """Relative distance to the bound; 0 where the roster is proved best."""
        return relative_gap(self.score.objective, self.bound)


def relative_gap(objective: float, bound: float) -> float:
    """(objective − bound) / |objective|, never negative, and 0 where both are 0."""
    distance = objective - bound
    return distance / max(abs(objective), ROUNDING) if distance > ROUNDING else 0.0


def _shaped(name: str, columns: tuple[tuple[NDArray[Any], int], ...]) -> None:
    for column, size in columns:
        if column.shape != (size,):
            raise ValueError(f"a column of `{name}` must have {size} values")
