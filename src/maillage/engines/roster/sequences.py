"""Rosters as one sequence of days for each person: a search among large neighbours.

Where nobody can hold two posts on a day, and neither rest nor successions reach beyond the next, the best
days of one person by given costs are a cheapest path. The search frees some people over some days and gives
each in turn the days that are cheapest for what the others hold; annealing says which changes stay. It needs
no programme, so that large teams and long periods have a good roster within seconds.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from maillage.engines.roster import kernels
from maillage.engines.roster.kernels import Costs, Room, Rules, State
from maillage.engines.roster.model import Assignment, IntArray, Limit, Occasions, Posts, Problem
from maillage.engines.roster.stopwatch import Stopwatch

MICRO = 1_000_000
"""Amounts are counted in whole millionths, which is also the slack of the judge of the rules."""
STATES = 60_000
"""States of a day that are told apart, at most."""
FAR = np.iinfo(np.int64).max // 4
CHUNK = 200
"""Moves between two looks at the stopwatch."""
HOT, COLD, NOISE, LONGEST = 0.6, 0.1, 0.6, 14
"""Annealing, from and to, and the noise of prices, in units of what a missing person costs; days freed."""


class Sequences:
    """A problem laid out for the loops, the roster under way, and the best one."""

    def __init__(self, problem: Problem, order: IntArray, rules: Rules, seed: int) -> None:
        self.problem, self.order, self.rules = problem, order, rules
        self.loops = kernels.compiled()
        posts, people = problem.posts, len(problem.allowed)
        # A surplus that a lock makes costs nothing, and is none of the search's business.
        over = np.where(np.isinf(posts.over) & (problem.locks.sum(axis=0) > posts.demand), 0.0, posts.over)
        wish = problem.wish - problem.change * problem.previous
        self.costs = Costs(
            np.ascontiguousarray(wish[:, order]),
            np.ascontiguousarray(posts.demand[order]),
            np.ascontiguousarray(posts.under[order]),
            np.ascontiguousarray(over[order]),
            np.ascontiguousarray(posts.burden[order]),
            problem.target,
            float(problem.fairness),
        )
        self.room = _room(rules, STATES)
        draw = np.array([88172645463325252 + seed], np.uint64)
        shape = people, problem.days
        self.state = State(np.full(shape, -1), np.zeros(order.size, np.int64), np.zeros(people), draw)
        self.best = np.full(shape, -1)
        self.record = np.full(2, np.inf)
        self.unit = max(float(np.median(posts.under)), 1.0)

    @property
    def objective(self) -> float:
        """Of the best roster so far; ∞: none."""
        return float(self.record[1])

    @property
    def assignment(self) -> Assignment:
        """The best roster so far, shape (people, posts)."""
        held = np.zeros(self.problem.allowed.shape, dtype=bool)
        people, days = np.nonzero(self.best >= 0)
        held[people, self.order[self.best[people, days]]] = True
        return held

    def take(self, assignment: Assignment) -> None:
        """Go on from a roster that keeps the rules."""
        day = self.problem.day_of(np.arange(self.order.size))
        rank = np.empty_like(self.order)
        rank[self.order] = np.arange(self.order.size)
        self._clear()
        for person, post in np.argwhere(assignment).tolist():
            self.state.choice[person, day[post]] = rank[post]
        for person in range(len(assignment)):
            self._hold(person)
        self._note()

    def begin(self, watch: Stopwatch) -> bool:
        """Build a roster person by person, each knowing what those before hold; whether it is whole."""
        self._clear()
        people, days = self.state.choice.shape
        for person in np.random.default_rng(0).permutation(people).tolist():
            if watch.over:
                return False
            self.loops.priced(self.rules, self.costs, self.room, self.state, person, 0, days, 0.0, 0.0)
            choice = self.state.choice[person]
            if np.isinf(self.loops.schedule(self.rules, self.room, choice, person, 0, days)):
                return False
            self._hold(person)
        self._note()
        return True

    def improve(self, watch: Stopwatch, tell: Callable[[], None]) -> None:
        """Anneal until the stopwatch is over; `tell` is called now and then."""
        self._clear()
        self.state.choice[:] = self.best
        for person in range(len(self.best)):
            self._hold(person)
        self.record[0] = self.record[1]
        unit = min(self.unit, max(abs(self.objective) / len(self.best), 1.0))
        while (done := watch.spent / max(watch.limit, 1e-9)) < 1.0:
            self.move(CHUNK, unit * HOT * (COLD / HOT) ** done)
            tell()

    def move(self, times: int, heat: float) -> None:
        """Free some people over some days so many times, at one temperature of annealing."""
        under_way = self.rules, self.costs, self.room, self.state, self.best, self.record
        self.loops.improve(*under_way, times, heat, NOISE * heat / HOT, LONGEST)

    def _clear(self) -> None:
        self.state.choice[:] = -1
        self.state.held[:] = 0
        self.state.load[:] = 0.0
        self.record[0] = self.costs.under @ self.costs.demand
        self.record[0] += self.problem.change * self.problem.previous.sum()

    def _hold(self, person: int) -> None:
        for post in self.state.choice[person].tolist():
            if post >= 0:
                self.record[0] += self.loops.hold(self.costs, self.state, person, post)

    def _note(self) -> None:
        self.record[0] += self.loops.unfairness(self.costs, self.state)
        self.record[1] = self.record[0]
        self.best[:] = self.state.choice


def sequences(problem: Problem, seed: int = 0) -> Sequences | None:
    """The problem laid out for the loops; None where somebody may hold two posts on a day."""
    people, count = problem.allowed.shape
    if not people or not count:
        return None
    day = problem.day_of(np.arange(count))
    order = np.lexsort((problem.posts.start, day))
    day, days = day[order], problem.days
    first = np.searchsorted(day, np.arange(days + 1))
    rests = np.unique(problem.rest)
    tables = _tables(problem, order, first, rests)
    if tables is None:
        return None
    sort, bad = tables
    may, off = _choices(problem, order, day)
    if may is None:
        return None
    amount, low, high = _sums(problem, order)
    occasion = np.array([one.occasion[order] for one in problem.occasions], np.int64).reshape(-1, count)
    most = np.array([one.maximum for one in problem.occasions], np.int64).reshape(-1, people).T
    longest, shortest, pause = np.full(people, days + 1), np.ones(people, np.int64), np.ones(people, np.int64)
    if problem.runs is not None:
        longest = np.minimum(problem.runs.longest, days + 1).astype(np.int64)
        shortest = np.clip(problem.runs.shortest, 1, days + 1).astype(np.int64)
        pause = np.clip(problem.runs.shortest_break, 1, days + 1).astype(np.int64)
    # Runs longer than the shortest are alike where nothing ends them.
    run = np.maximum(np.where(longest > days, shortest, longest), 1)
    if int(run.max()) * bad.shape[2] + int(pause.max()) > STATES:
        return None
    heaviest = amount.max(axis=1, initial=0)
    key, grain = _keys(amount, low, high, heaviest, days)
    rules = Rules(
        first, sort, np.searchsorted(rests, problem.rest), bad, may, off, amount, low, high, heaviest,
        occasion, np.ascontiguousarray(most), longest, shortest, pause, run, key, grain,
    )  # fmt: skip
    return Sequences(problem, order, rules, seed)


def _tables(
    problem: Problem, order: IntArray, first: IntArray, rests: IntArray
) -> tuple[IntArray, NDArray[np.bool_]] | None:
    """The sort of each post in its day; which posts may not follow which sort, for each rest."""
    posts, days, count = problem.posts, first.size - 1, order.size
    start, end = posts.start[order], posts.end[order]
    # The earliest start of any day from each on: what rests must end before, two days later.
    earliest = np.full(days + 2, FAR)
    np.minimum.at(earliest, np.repeat(np.arange(days), np.diff(first)), start)
    earliest = np.minimum.accumulate(earliest[::-1])[::-1]
    per_day, sort = [], np.zeros(count, np.int64)
    for d in range(days):
        here, after = np.arange(first[d], first[d + 1]), np.arange(first[d + 1], first[min(d + 2, days)])
        if (end[here] + rests[-1] > earliest[d + 2]).any() or not _clash(
            start, end, here, here, rests[0]
        ).all():
            return None
        ill = problem.forbidden_successions(order[here], order[after])
        bad = np.array([ill | _clash(start, end, here, after, int(rest)) for rest in rests])
        if here.size:
            alike = np.unique(bad.swapaxes(0, 1).reshape(here.size, -1), axis=0, return_inverse=True)[1]
            sort[here] = alike.ravel()
        per_day.append((here, after, bad))
    table = np.zeros((rests.size, count, int(sort.max()) + 1), dtype=bool)
    for here, after, bad in per_day:
        for place, post in enumerate(here.tolist()):
            table[:, after, sort[post]] = bad[:, place]
    return sort, table


def _clash(start: IntArray, end: IntArray, one: IntArray, other: IntArray, rest: int) -> NDArray[np.bool_]:
    before = start[one][:, None] < end[other][None, :] + rest
    return np.asarray(before & (start[other][None, :] < end[one][:, None] + rest))


def _choices(
    problem: Problem, order: IntArray, day: IntArray
) -> tuple[NDArray[np.bool_] | None, NDArray[np.bool_]]:
    """What each may hold, and when be off, locks being all that they may; None if two on a day."""
    may, locks = (problem.allowed | problem.locks)[:, order], problem.locks[:, order]
    off = np.ones((len(may), problem.days), dtype=bool)
    for person, post in np.argwhere(locks).tolist():
        if not off[person, day[post]]:
            return None, off
        off[person, day[post]] = False
        may[person, (day == day[post]) & (np.arange(day.size) != post)] = False
    # Nobody else takes a post that locks fill.
    posts = problem.posts
    full = (locks.sum(axis=0) >= posts.demand[order]) & np.isinf(posts.over[order])
    return may & (locks | ~full), off


def _sums(problem: Problem, order: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Limits in whole numbers: amounts (R, N), least and most (P, R)."""
    people, limits = len(problem.allowed), len(problem.limits)
    amount = np.zeros((limits, order.size), np.int64)
    low, high = np.zeros((people, limits), np.int64), np.zeros((people, limits), np.int64)
    for r, limit in enumerate(problem.limits):
        whole = np.round(limit.amount[order] * MICRO).astype(np.int64)
        unit = max(int(np.gcd.reduce(whole)), 1)
        amount[r] = whole // unit
        most = np.minimum(limit.maximum, float(limit.amount.sum()))
        low[:, r] = np.ceil((limit.minimum * MICRO - 1) / unit)
        high[:, r] = np.floor((most * MICRO + 1) / unit)
    return amount, low, high


def _keys(
    amount: IntArray, low: IntArray, high: IntArray, heaviest: IntArray, days: int
) -> tuple[IntArray, IntArray]:
    """The limit that tells states apart: one with a minimum, else the tightest; −1 where there is none."""
    people, limits = low.shape
    key, grain = np.full(people, -1, np.int64), np.ones(people, np.int64)
    for person in range(people if limits else 0):
        tight = heaviest * days / np.maximum(high[person], 1) + np.where(low[person] > 0, 1e9, 0.0)
        key[person] = int(tight.argmax())
        grain[person] = max(int(np.gcd.reduce(amount[key[person]])), 1)
    return key, grain


def _room(rules: Rules, states: int) -> Room:
    limits, groups, days = rules.amount.shape[0], rules.occasion.shape[0], rules.first.size - 1
    return Room(
        np.full((2, states), np.inf),
        np.zeros((2, states, limits), np.int64),
        np.zeros((2, states, groups), np.int64),
        np.zeros((2, states, groups), np.int64),
        np.zeros((groups, int(rules.occasion.max(initial=-1)) + 1), np.int64),
        np.zeros((2, states), np.int64),
        np.zeros((days, states), np.int32),
        np.zeros((days, states), np.int32),
        np.zeros(rules.sort.size),
    )


def warm() -> bool:
    """Compile the loops, or load them from disk, so that no limit of time pays for it; False without Numba.

    Takes some tens of seconds the first time on a machine, and a fraction of a second afterwards.
    """
    if kernels.compiled() is kernels.PLAIN:
        return False
    two = Posts.of([0, 1440], [60, 1500], 1.0)
    limits = (Limit("all", np.ones(2), np.zeros(1), np.ones(1)),)
    occasions = (Occasions("once", np.array([0, 1]), np.ones(1, np.int64)),)
    found = sequences(Problem.of(two, [[True, True]], limits=limits, occasions=occasions))
    assert found is not None
    watch = Stopwatch(np.inf)
    found.begin(watch)
    found.improve(watch.part(1e-3), lambda: None)
    return True
