"""Every schedule of one person as a path through the days, and the cheapest of them for given costs.

A state says what the days so far leave of the rules: when the rest ends, how long the run or the break has
lasted, how much of each limit and how many occasions are used, which sort of post was held the day before.
States that leave the same future are one. The network does not depend on costs: it is built once for all
those who are under the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.engines.roster.model import FloatArray, IntArray, Limit, Occasions, Problem
from maillage.engines.roster.stopwatch import Stopwatch

MOST_ARCS = 2_000_000
"""Beyond it a network costs more than it brings."""
MICRO = 1_000_000
"""Amounts are counted in whole millionths, which is also the slack of the judge of the rules."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One day: the arcs into the states after it, in the order of these states.

    `source`: state before; `duty`: post held, or number of posts + day on a day off; `first`: where the arcs
    of each state begin, and where all end.
    """

    source: IntArray
    duty: IntArray
    first: IntArray


Network = list[Layer]
Choice = tuple[NDArray[np.bool_], IntArray]
"""Which states may make it, and what they become."""


class _Sum:
    """A limit of one person, in whole numbers: what may be used, and what is left to use after each day."""

    def __init__(self, limit: Limit, person: int, day: IntArray, days: int) -> None:
        whole = np.round(limit.amount * MICRO).astype(np.int64)
        unit = max(int(np.gcd.reduce(whole)), 1)
        self.amount = whole // unit
        most = min(float(limit.maximum[person]), float(limit.amount.sum()))
        self.low = int(np.ceil((float(limit.minimum[person]) * MICRO - 1) / unit))
        self.high = int(np.floor((most * MICRO + 1) / unit))
        heaviest = np.zeros(days + 1, dtype=np.int64)
        np.maximum.at(heaviest, day, self.amount)
        self.left = heaviest[::-1].cumsum()[::-1]
        self.heaviest = int(heaviest.max())

    def room(self, used: IntArray, other: _Sum) -> IntArray | int:
        """How much can still be added to `other`, each post of which uses some of this one."""
        each = int(self.amount[other.amount > 0].min(initial=np.iinfo(np.int64).max))
        return (self.high - used) // each * other.heaviest if each else np.iinfo(np.int64).max

    def settled(self, used: IntArray, left: IntArray) -> Choice:
        """Which sums can be kept with so much to come, and one name for all that leave the same future."""
        free = (used >= self.low) & (used + left <= self.high)
        return (used <= self.high) & (used + left >= self.low), np.where(free, self.high - left, used)


class _States:
    """The states of one person, day after day.

    Columns: rest until, run (negative: break), sums, occasions, the sort held the day before.
    """

    def __init__(self, problem: Problem, person: int) -> None:
        assert problem.runs is not None
        posts = problem.posts
        self.day = problem.day_of(np.arange(len(posts)))
        moments = np.unique(posts.start)
        self.begin = np.searchsorted(moments, posts.start)
        self.until = np.searchsorted(moments, posts.end + problem.rest[person])
        self.never = moments.size
        self.sums = [_Sum(limit, person, self.day, problem.days) for limit in problem.limits]
        self.groups = [
            (group, int(group.maximum[person]), _last(group, self.day)) for group in problem.occasions
        ]
        self.longest = int(problem.runs.longest[person])
        self.shortest = int(problem.runs.shortest[person])
        self.pause = max(int(problem.runs.shortest_break[person]), 1)
        self.of_groups = 2 + len(self.sums)
        self.successions = problem.successions
        width = self.of_groups + 2 * len(self.groups) + (self.successions is not None)
        self.rows = np.zeros((1, width), dtype=np.int64)
        self.rows[0, 1] = -self.pause
        self.rows[0, self.of_groups + 1 :: 2] = -1
        if self.successions is not None:
            self.rows[0, -1] = -1

    def step(self, day: int) -> Layer:
        """The arcs of one day; the states become those after it."""
        rows, source, duty = [], [], []
        for number, (possible, after) in self.choices(day):
            rows.append(after[possible])
            source.append(np.flatnonzero(possible))
            duty.append(np.full(source[-1].size, number))
        reached = np.concatenate(rows)
        order = np.lexsort(reached.T)
        reached = reached[order]
        fresh = np.append(True, (np.diff(reached, axis=0) != 0).any(axis=1))[: order.size]
        self.rows = reached[fresh]
        first = np.append(np.flatnonzero(fresh), order.size)
        return Layer(np.concatenate(source)[order], np.concatenate(duty)[order], first)

    def choices(self, day: int) -> Iterator[tuple[int, Choice]]:
        """A day off, then each post of the day."""
        run = self.rows[:, 1]
        rested = self.rows.copy()
        rested[:, 1] = np.where(run < 0, np.maximum(run - 1, -self.pause), -1)
        # A run as long as the days before began with the period: it may be short.
        ended = (run < 0) | (run >= self.shortest) | (run == day)
        if self.successions is not None:
            rested[:, -1] = -1
        yield self.day.size + day, self.settled(ended, rested, day)
        ready = ((run > 0) | (run == -self.pause)) & (np.maximum(run, 0) < self.longest)
        for post in np.flatnonzero(self.day == day).tolist():
            after = self.rows.copy()
            after[:, 0], after[:, 1] = self.until[post], np.maximum(run, 0) + 1
            for column, one in enumerate(self.sums, start=2):
                after[:, column] += one.amount[post]
            for column, (group, _, _) in enumerate(self.groups):
                used, current = self.of_groups + 2 * column, self.of_groups + 2 * column + 1
                if (occasion := int(group.occasion[post])) >= 0:
                    after[:, used] += after[:, current] != occasion
                    after[:, current] = occasion
            possible = ready & (self.begin[post] >= self.rows[:, 0])
            if self.successions is not None:
                sort, forbidden = int(self.successions.sort[post]), self.successions.forbidden
                last = self.rows[:, -1]
                possible = possible & ~((last >= 0) & forbidden[last, sort])
                # A sort that anything may follow leaves the same future as a day off.
                after[:, -1] = sort if forbidden[sort].any() else -1
            yield post, self.settled(possible, after, day)

    def settled(self, possible: NDArray[np.bool_], rows: IntArray, day: int) -> Choice:
        """Leave out what breaks a limit; forget what no longer matters."""
        rows[:, 0] = np.maximum(rows[:, 0], self.begin[self.day > day].min(initial=self.never))
        for column, one in enumerate(self.sums, start=2):
            left = np.full(len(rows), one.left[day + 1])
            for beside, other in enumerate(self.sums, start=2):
                left = np.minimum(left, np.maximum(other.room(rows[:, beside], one), 0))
            kept, rows[:, column] = one.settled(rows[:, column], left)
            possible = possible & kept
        for column, (_, most, last) in enumerate(self.groups):
            used, current = self.of_groups + 2 * column, self.of_groups + 2 * column + 1
            to_come = int((last > day).sum())
            possible = possible & (rows[:, used] <= most)
            rows[:, used] = np.maximum(rows[:, used], most - to_come)
            rows[last[rows[:, current]] <= day, current] = -1
        return possible, rows


def _last(group: Occasions, day: IntArray) -> IntArray:
    """The last day of each occasion; one more value, for no occasion."""
    last = np.full(int(group.occasion.max(initial=-1)) + 2, -1)
    on = group.occasion >= 0
    np.maximum.at(last, group.occasion[on], day[on])
    return last


def ordered(problem: Problem) -> bool:
    """Whether a past can be told in few words: one post a day, days and occasions in order, exact amounts."""
    day, start = problem.day_of(np.arange(len(problem.posts))), problem.posts.start
    if problem.runs is None or not problem.allowed.size:
        return False
    by_day = np.lexsort((start, day))
    for group in problem.occasions:
        occasions = group.occasion[by_day]
        occasions = occasions[occasions >= 0]
        if np.count_nonzero(np.diff(occasions)) + 1 > np.unique(occasions).size > 0:
            return False
    whole = [limit.amount * MICRO for limit in problem.limits]
    exact = all(np.allclose(one, np.round(one), rtol=0, atol=1e-3) for one in whole)
    return exact and bool((np.diff(start[by_day]) >= 0).all())


def network(problem: Problem, person: int, watch: Stopwatch | None = None) -> Network | None:
    """The schedules of an `ordered` problem that keep one person's rules, as if allowed every post.

    None where there are too many states, or none at the end. Raises OutOfTimeError where `watch` is over.
    """
    states, layers, arcs = _States(problem, person), [], 0
    for day in range(problem.days):
        if watch is not None:
            watch.check()
        layers.append(states.step(day))
        arcs += layers[-1].source.size
        if arcs > MOST_ARCS:
            return None
    return _pruned(layers) if len(states.rows) else None


def _pruned(layers: Network) -> Network:
    """Without the states from which no end is reached."""
    alive, kept = np.ones(layers[-1].first.size - 1, dtype=bool), []
    for number in range(len(layers) - 1, -1, -1):
        layer = layers[number]
        state = np.repeat(np.arange(alive.size), np.diff(layer.first))
        stays = alive[state]
        source, duty = layer.source[stays], layer.duty[stays]
        alive = np.zeros(layers[number - 1].first.size - 1 if number else 1, dtype=bool)
        alive[source] = True
        first = np.flatnonzero(np.diff(state[stays], prepend=-1, append=layer.first.size))
        kept.append(Layer((np.cumsum(alive) - 1)[source], duty, first))
    return kept[::-1]


def cheapest(layers: Network, costs: FloatArray, several: int) -> list[list[tuple[float, list[int]]]]:
    """For each person, cost and posts of the cheapest schedules of so many last states; none where none.

    `costs`: shape (posts + days, people), ∞ for a post that a person may not hold, or a day not to take off.
    """
    reached = [np.zeros((1, costs.shape[1]))]
    for layer in layers:
        arcs = reached[-1][layer.source] + costs[layer.duty]
        reached.append(np.minimum.reduceat(arcs, layer.first[:-1], axis=0))
    found = []
    for person in range(costs.shape[1]):
        ends = reached[-1][:, person]
        best = np.argsort(ends, kind="stable")[:several]
        found.append(
            [
                (float(ends[end]), _back(layers, reached, costs[:, person], person, end))
                for end in best[np.isfinite(ends[best])].tolist()
            ]
        )
    return found


def _back(layers: Network, reached: list[FloatArray], cost: FloatArray, person: int, state: int) -> list[int]:
    """The posts on the cheapest path to a last state."""
    posts, off = [], cost.size - len(layers)
    for layer, before in zip(layers[::-1], reached[-2::-1], strict=True):
        arcs = slice(layer.first[state], layer.first[state + 1])
        values = before[layer.source[arcs], person] + cost[layer.duty[arcs]]
        arc = int(layer.first[state] + values.argmin())
        if layer.duty[arc] < off:
            posts.append(int(layer.duty[arc]))
        state = int(layer.source[arc])
    return posts
