"""The roster as a mixed-integer programme: columns, rows, and whose they are.

Columns: x_pj (person p holds post j), missing and surplus of each post, highest excess and deficit of burden,
occasions and days worked where a rule counts them. The rest between posts is stated by maximal cliques of an
interval graph (posts lengthened by the rest, all under way at one moment), tighter than pair by pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from maillage.engines.roster.model import Assignment, FloatArray, IntArray, Problem, Runs
from maillage.engines.roster.stopwatch import Stopwatch

NOBODY = -1
ROUNDING = 1e-7
Terms = list[tuple[int, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Formulation:
    """Minimise cost · z + constant, with row_low ≤ rows z ≤ row_high and low ≤ z ≤ high.

    `column`: (people, posts), the column of each x_pj or −1; `owner` and `row_owner`: the person whose column
    or row it is, or −1 where shared.
    """

    column: IntArray
    cost: FloatArray
    constant: float
    low: FloatArray
    high: FloatArray
    integral: NDArray[np.bool_]
    owner: IntArray
    rows: csr_array
    row_low: FloatArray
    row_high: FloatArray
    row_owner: IntArray

    def assignment(self, values: FloatArray) -> Assignment:
        """The assignment that a solution of the programme stands for."""
        return np.asarray((self.column >= 0) & (values[self.column] > 0.5))


class _Builder:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.columns: list[tuple[float, float, float, bool, int]] = []
        self.terms: list[Terms] = []
        self.bounds: list[tuple[float, float, int]] = []
        self.x = np.full(problem.allowed.shape, -1, dtype=np.int64)
        self.missing: list[int] = []

    def add_column(self, cost: float, low: float, high: float, integral: bool, owner: int = NOBODY) -> int:
        self.columns.append((cost, low, high, integral, owner))
        return len(self.columns) - 1

    def add_row(self, terms: Terms, low: float, high: float, owner: int = NOBODY) -> None:
        self.terms.append(terms)
        self.bounds.append((low, high, owner))

    def add_assignments(self) -> None:
        """x_pj, and 1 where locked."""
        problem = self.problem
        for person, post in np.argwhere(problem.allowed | problem.locks).tolist():
            cost = problem.wish[person, post] - problem.change * problem.previous[person, post]
            locked = float(problem.locks[person, post])
            self.x[person, post] = self.add_column(float(cost), locked, 1.0, True, person)

    def add_cover(self) -> None:
        """Those who hold a post, those missing, those too many."""
        posts, locked = self.problem.posts, self.problem.locks.sum(axis=0)
        for post in range(len(posts)):
            demand = int(posts.demand[post])
            terms = [(int(column), 1.0) for column in self.x[:, post] if column >= 0]
            self.missing.append(self.add_column(float(posts.under[post]), 0.0, demand, False))
            terms.append((self.missing[-1], 1.0))
            surplus = max(int(locked[post]) - demand, 0)
            if np.isfinite(posts.over[post]):
                terms.append((self.add_column(float(posts.over[post]), 0.0, np.inf, False), -1.0))
            elif surplus:
                terms.append((self.add_column(0.0, 0.0, surplus, False), -1.0))
            self.add_row(terms, demand, demand)

    def add_fairness(self) -> None:
        """Highest excess and deficit against the target."""
        problem = self.problem
        excess = self.add_column(problem.fairness, 0.0, np.inf, False)
        deficit = self.add_column(problem.fairness, 0.0, np.inf, False)
        for person, target in enumerate(problem.target.tolist()):
            terms = self.of_person(person, problem.posts.burden)
            self.add_row([*terms, (excess, -1.0)], -np.inf, target)
            self.add_row([*terms, (deficit, 1.0)], target, np.inf)
        covered, whatever = least_unfairness(problem)
        missing = [(column, covered - whatever) for column in self.missing]
        self.add_row([(excess, 1.0), (deficit, 1.0), *missing], covered, np.inf)

    def add_rest(self, person: int) -> None:
        """At most one post at a time, rest included."""
        for clique in self.cliques(person):
            self.add_row(self.among(person, clique), -np.inf, max(1, self.locked(person, clique)), person)

    def add_successions(self, person: int) -> None:
        """No forbidden pair of one day and the next.

        Where a person holds one post a day at most (runs of days), a sort and all that may not follow it make
        one row, tighter than pair by pair.
        """
        successions, day = self.problem.successions, self.problem.posts.day
        if successions is None:
            return
        own = np.flatnonzero(self.x[person] >= 0)
        ill = self.problem.forbidden_successions(own, own)
        if self.problem.runs is None:
            pairs = [own[[one, other]] for one, other in np.argwhere(ill).tolist()]
        else:
            groups = np.unique(np.stack((day[own], successions.sort[own])), axis=1).T.tolist()
            pairs = []
            for first, sort in groups:
                alike = (day[own] == first) & (successions.sort[own] == sort)
                after = ill[alike].any(axis=0)
                if after.any():
                    pairs.append(own[alike | after])
        for together in pairs:
            self.add_row(self.among(person, together), -np.inf, max(1, self.locked(person, together)), person)

    def add_limits(self, person: int) -> None:
        """Sums between their minimum and maximum; locks may pass the maximum alone."""
        for limit in self.problem.limits:
            terms = self.of_person(person, limit.amount)
            most = sum(amount for _, amount in terms)
            locked = float(limit.amount @ self.problem.locks[person])
            high, low = max(float(limit.maximum[person]), locked), float(limit.minimum[person])
            if most > high or low > 0:
                self.add_row(terms, low if low > 0 else -np.inf, high, person)

    def add_occasions(self, person: int) -> None:
        """One column for each occasion, 1 as soon as a post of it is held."""
        for group in self.problem.occasions:
            own = np.where(self.x[person] >= 0, group.occasion, -1)
            present = np.unique(own[own >= 0])
            locked = np.unique(own[self.problem.locks[person] & (own >= 0)]).size
            high = max(int(group.maximum[person]), locked)
            if present.size <= high:
                continue
            taken = {int(one): self.add_column(0.0, 0.0, 1.0, True, person) for one in present}
            self.add_row([(column, 1.0) for column in taken.values()], -np.inf, high, person)
            for clique in self.cliques(person):
                for one in np.unique(own[clique][own[clique] >= 0]).tolist():
                    self.link(person, clique[own[clique] == one], taken[one])

    def link(self, person: int, posts: IntArray, taken: int) -> None:
        """The occasion is taken where one of these posts, of which at most one can be, is held."""
        parts = [posts] if self.locked(person, posts) < 2 else [posts[k : k + 1] for k in range(posts.size)]
        for part in parts:
            self.add_row([*self.among(person, part), (taken, -1.0)], -np.inf, 0.0, person)

    def add_runs(self, person: int, runs: Runs) -> None:
        """Days worked, and how long runs of them and breaks between them last."""
        days = self.problem.days
        day_of = self.problem.day_of(np.arange(len(self.problem.posts)))
        work = []
        for day in range(days):
            posts = np.flatnonzero((day_of == day) & (self.x[person] >= 0))
            worked = self.add_column(0.0, 0.0, max(1, self.locked(person, posts)), False, person)
            self.add_row([*self.among(person, posts), (worked, -1.0)], 0.0, 0.0, person)
            work.append(worked)
        locked = np.zeros(days, dtype=np.int64)
        np.add.at(locked, day_of[self.problem.locks[person]], 1)
        window = int(runs.longest[person]) + 1
        for first in range(days - window + 1):
            high = max(window - 1, int(locked[first : first + window].sum()))
            self.add_row([(one, 1.0) for one in work[first : first + window]], -np.inf, high, person)
        for day in range(1, days):
            for later in range(day + 1, min(day + int(runs.shortest[person]), days)):
                started = [(work[day], 1.0), (work[day - 1], -1.0), (work[later], -1.0)]
                self.add_row(started, -np.inf, 0.0, person)
            for later in range(day + 1, min(day + int(runs.shortest_break[person]), days)):
                stopped = [(work[day - 1], 1.0), (work[day], -1.0), (work[later], 1.0)]
                self.add_row(stopped, -np.inf, 1.0, person)

    def cliques(self, person: int) -> Iterator[IntArray]:
        """Maximal sets of posts of which one person can hold one only, each post in one at least."""
        own = np.flatnonzero(self.x[person] >= 0)
        start, until = self.problem.posts.start, self.problem.posts.end + self.problem.rest[person]
        moments = np.unique(start[own])
        for moment, following in zip(moments, np.append(moments[1:], np.inf), strict=False):
            under_way = own[(start[own] <= moment) & (until[own] > moment)]
            if (until[under_way] <= following).any():
                yield under_way

    def of_person(self, person: int, amounts: FloatArray) -> Terms:
        posts = np.flatnonzero((self.x[person] >= 0) & (amounts != 0))
        return list(zip(self.x[person, posts].tolist(), amounts[posts].tolist(), strict=True))

    def among(self, person: int, posts: IntArray) -> Terms:
        return [(column, 1.0) for column in self.x[person, posts].tolist()]

    def locked(self, person: int, posts: IntArray) -> int:
        return int(self.problem.locks[person, posts].sum())


def least_unfairness(problem: Problem) -> tuple[float, float]:
    """Excess + deficit that no assignment goes below: with every post held, and in any case.

    Burdens come in steps (a weeknight is 6 points), so that no one but by luck carries their exact target:
    each is a step above or a step below, and the steps must add up to the whole. The relaxation ignores it.
    """
    posts, target = problem.posts, problem.target
    steps = np.unique(np.round(posts.burden[posts.burden > 0] * 10_000).astype(np.int64))
    exact = np.allclose(posts.burden * 10_000, np.round(posts.burden * 10_000), rtol=0, atol=1e-6)
    if not steps.size or not exact or np.isfinite(posts.over).any() or problem.locks.any():
        return 0.0, 0.0
    step = float(np.gcd.reduce(steps)) / 10_000
    below = np.mod(target + ROUNDING, step) - ROUNDING
    above = np.where(below > ROUNDING, step - below, 0.0)
    best = {True: np.inf, False: np.inf}
    whole = float(target.sum()) + ROUNDING * target.size
    for deficit in np.unique([0.0, *below]):
        lowest = np.ceil((target - deficit - ROUNDING) / step) * step
        for excess in np.unique([0.0, *above]):
            highest = np.floor((target + excess + ROUNDING) / step) * step
            if (lowest > highest).any() or lowest.sum() > whole:
                continue
            total = max(float(deficit + excess) - ROUNDING, 0.0)
            best[False] = min(best[False], total)
            if highest.sum() >= whole - 2 * ROUNDING * target.size:
                best[True] = min(best[True], total)
    return best[True], best[False]


def formulate(problem: Problem, watch: Stopwatch | None = None) -> Formulation:
    """The programme whose best solution is the best roster. Raises OutOfTimeError where `watch` is over."""
    build = _Builder(problem)
    build.add_assignments()
    build.add_cover()
    if problem.fairness > 0:
        build.add_fairness()
    for person in range(problem.allowed.shape[0]):
        if watch is not None:
            watch.check()
        build.add_rest(person)
        build.add_successions(person)
        build.add_limits(person)
        build.add_occasions(person)
        if problem.runs is not None:
            build.add_runs(person, problem.runs)
    cost, low, high, integral, owner = _transposed(build.columns, 5)
    row_low, row_high, row_owner = _transposed(build.bounds, 3)
    sizes = [len(terms) for terms in build.terms]
    indices = np.array([column for terms in build.terms for column, _ in terms], dtype=np.int32)
    values = np.array([value for terms in build.terms for _, value in terms])
    starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    rows = csr_array((values, indices, starts), shape=(len(sizes), cost.size))
    constant = problem.change * float(problem.previous.sum())
    return Formulation(
        build.x,
        *(cost, constant, low, high, integral.astype(bool), owner.astype(np.int64)),
        *(rows, row_low, row_high, row_owner.astype(np.int64)),
    )


def _transposed(lines: Iterable[tuple[float, ...]], width: int) -> tuple[FloatArray, ...]:
    return tuple(np.array(list(lines), dtype=np.float64).reshape(-1, width).T.copy())
