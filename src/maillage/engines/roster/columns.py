"""Rosters made of whole schedules, one for each person: column generation over the networks of their rules.

The programme keeps the rows that people share (cover, fairness) and chooses one schedule for each person;
schedules worth adding are the cheapest paths for the duals of its relaxation. Whatever the duals, what they
price and the cheapest schedules add up to a bound that no roster passes, nearer than that of the first
formulation, which spreads people over half runs and half weeks.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, hstack, vstack

from maillage.engines.roster import highs
from maillage.engines.roster.formulation import NOBODY, Formulation
from maillage.engines.roster.model import Assignment, FloatArray, IntArray, Problem
from maillage.engines.roster.network import Network, cheapest, network, ordered
from maillage.engines.roster.stopwatch import Stopwatch

SEVERAL = 3
"""Schedules added at a time for each person, by different last states."""
SMOOTH = 0.6
"""Weight of the best duals so far in those that price: without it they swing from one end to the other."""
ROUNDS, FEW = 400, 10
"""Times that schedules are added: for a bound, and after each person decided in a dive."""
MOST = 1500
"""Schedules among which a roster is chosen, the most promising first."""
ARC, DAY = 1e-8, 1e-4
"""Paths are counted in seconds of the solver, by arc and by day, so that no clock decides."""
NOISE = 1e-6


class Schedules:
    """Every schedule found so far, and what each would cost and cover."""

    def __init__(self, problem: Problem, form: Formulation, networks: list[tuple[Network, IntArray]]) -> None:
        self.form, self.networks = form, networks
        self.people, self.posts = problem.allowed.shape
        linking = form.row_owner == NOBODY
        self.link = csc_array(form.rows[linking])
        self.low, self.high = form.row_low[linking], form.row_high[linking]
        self.shared = np.flatnonzero(form.owner == NOBODY)
        most = self.people + float(problem.posts.burden.sum())
        self.top = np.where(np.isfinite(form.high), form.high, most)[self.shared]
        self.barred = self._barred(problem)
        self.owner: list[int] = []
        self.held: list[NDArray[np.bool_]] = []
        self.cost: list[float] = []
        self.entries: list[FloatArray] = []
        self.number: dict[tuple[int, bytes], int] = {}
        self.dual: FloatArray = np.zeros(linking.sum())
        self.least: FloatArray = np.full(self.people, -np.inf)
        self.bound = -np.inf

    def _barred(self, problem: Problem) -> NDArray[np.bool_]:
        """Shape (people, posts + days): what a person may not do on a day, locks being all that they may."""
        day = problem.day_of(np.arange(self.posts))
        barred = np.zeros((self.people, self.posts + problem.days), dtype=bool)
        barred[:, : self.posts] = self.form.column < 0
        for person, post in np.argwhere(problem.locks).tolist():
            barred[person, self.posts + day[post]] = True
            barred[person, np.flatnonzero((day == day[post]) & (np.arange(self.posts) != post))] = True
        return barred

    def add(self, person: int, held: NDArray[np.bool_]) -> int:
        """The number of a schedule, new or not."""
        key = person, held.tobytes()
        if key not in self.number:
            columns = self.form.column[person, held]
            self.number[key] = len(self.owner)
            self.owner.append(person)
            self.held.append(held)
            self.cost.append(float(self.form.cost[columns].sum()))
            self.entries.append(self.link[:, columns].sum(axis=1))
        return self.number[key]

    def keep(self, master: Master) -> None:
        """Judge schedules by the duals of the best bound of a programme on everybody."""
        self.dual, self.least, self.bound = master.best_dual, master.least, master.bound

    def costs(self, dual: FloatArray) -> FloatArray:
        """Shape (people, posts + days): the cost of each choice less what the rows pay for it."""
        reduced = self.form.cost - self.link.T @ dual
        table = np.zeros(self.barred.shape)
        table[:, : self.posts] = reduced[self.form.column]
        return np.where(self.barred, np.inf, table)

    def within(self, people: IntArray, margin: float) -> list[int]:
        """The schedules of some people that a roster at most this far above the bound can contain."""
        some = set(people.tolist())
        return [
            number
            for number, owner in enumerate(self.owner)
            if owner in some
            and self.cost[number] - self.entries[number] @ self.dual - self.least[owner] <= margin + NOISE
        ]


def schedules(problem: Problem, form: Formulation, watch: Stopwatch | None = None) -> Schedules | None:
    """An empty store, where each person's past can be told in few words; None otherwise.

    Raises OutOfTimeError where `watch` is over.
    """
    if not ordered(problem):
        return None
    alike, runs = defaultdict(list), problem.runs
    assert runs is not None
    for person in range(len(problem.allowed)):
        columns: list[FloatArray | IntArray] = [problem.rest, runs.longest, runs.shortest]
        columns.append(runs.shortest_break)
        columns += [group.maximum for group in problem.occasions]
        columns += [bound for limit in problem.limits for bound in (limit.minimum, limit.maximum)]
        alike[tuple(float(column[person]) for column in columns)].append(person)
    networks = []
    for people in alike.values():
        if (made := network(problem, people[0], watch)) is None:
            return None
        networks.append((made, np.array(people)))
    return Schedules(problem, form, networks)


class Master:
    """The programme that chooses a schedule for each of some people, the others' being held."""

    def __init__(
        self,
        pool: Schedules,
        people: IntArray,
        held: Assignment,
        known: list[int],
        watch: Stopwatch | None = None,
    ) -> None:
        self.pool, self.people = pool, people
        self.watch = Stopwatch(np.inf) if watch is None else watch
        self.rank = {person: number for number, person in enumerate(people.tolist())}
        others = np.setdiff1d(np.arange(pool.people), people)
        columns = pool.form.column[others][held[others]]
        done = pool.link[:, columns].sum(axis=1)
        self.low, self.high = pool.low - done, pool.high - done
        self.constant = pool.form.constant + float(pool.form.cost[columns].sum())
        self.columns, self.inside = list(known), set(known)
        self.fixed: dict[int, int] = {}
        self.bound, self.spent = -np.inf, 0.0
        form = self.programme(self.columns, people.size)
        everything = np.ones(form.cost.size, dtype=bool)
        self.solver = highs.load(form, form.rows, form.row_low, form.row_high, everything, None)
        self.first = pool.shared.size + people.size

    def programme(self, chosen: list[int], stand_ins: int) -> Formulation:
        """Shared columns, one costly stand-in for each person or none, and the schedules chosen."""
        pool, form, people = self.pool, self.pool.form, self.people.size
        rows = self.low.size
        matrix = np.zeros((rows + people, stand_ins + len(chosen)))
        matrix[rows:, :stand_ins] = np.eye(people, stand_ins)
        for column, number in enumerate(chosen, start=stand_ins):
            matrix[:rows, column] = pool.entries[number]
            matrix[rows + self.rank[pool.owner[number]], column] = 1.0
        shared = vstack([pool.link[:, pool.shared], csc_array((people, pool.shared.size))])
        # A stand-in costs more than any schedule can spare.
        costly = 10.0 * (1.0 + np.abs(form.cost).max()) * (self.pool.barred.shape[1] - pool.posts)
        added = [*[costly] * stand_ins, *(pool.cost[number] for number in chosen)]
        high = np.inf if stand_ins else 1.0
        one, count = np.ones(people), pool.shared.size + len(added)
        return Formulation(
            form.column,
            np.append(form.cost[pool.shared], added),
            self.constant,
            np.append(form.low[pool.shared], np.zeros(len(added))),
            np.append(form.high[pool.shared], np.full(len(added), high)),
            np.arange(count) >= pool.shared.size,
            np.full(count, NOBODY),
            csr_array(hstack([shared, csc_array(matrix)])),
            np.append(self.low, one),
            np.append(self.high, one),
            np.full(rows + people, NOBODY),
        )

    def take(self, number: int) -> bool:
        """Add a schedule of the store; whether it is new here."""
        if number in self.inside:
            return False
        self.inside.add(number)
        self.columns.append(number)
        entries = self.pool.entries[number]
        rows = np.append(np.flatnonzero(entries), self.low.size + self.rank[self.pool.owner[number]])
        values = np.append(entries[rows[:-1]], 1.0)
        self.solver.addCol(self.pool.cost[number], 0.0, np.inf, rows.size, rows.astype(np.int32), values)
        return True

    def solve(self) -> None:
        """The relaxation: value, weights of the schedules, duals of rows and of people."""
        before = self.solver.getRunTime()
        self.solver.setOptionValue("time_limit", before + self.watch.left)
        self.solver.run()
        self.spent += self.solver.getRunTime() - before
        solution = self.solver.getSolution()
        dual, rows = np.array(solution.row_dual), self.low.size
        self.value = float(self.solver.getInfo().objective_function_value)
        self.weight = np.array(solution.col_value)[self.first :]
        # A dual that pays where a row has no end is rounding.
        paid = np.where(np.isinf(self.low), np.minimum(dual[:rows], 0.0), dual[:rows])
        self.dual = np.where(np.isinf(self.high), np.maximum(paid, 0.0), paid)
        self.price = dual[rows:]

    def search(self, dual: FloatArray) -> tuple[bool, float, FloatArray]:
        """Add the cheapest schedules for some duals: whether any was new, the bound, the least costs."""
        pool, form = self.pool, self.pool.form
        ends = np.where(dual > 0, self.low, self.high)[dual != 0]
        reduced = (form.cost - pool.link.T @ dual)[pool.shared]
        shared = np.where(reduced > 0, reduced * form.low[pool.shared], reduced * pool.top)
        asked, paid, new = pool.costs(dual), pool.costs(self.dual), False
        least = np.full(pool.people, np.inf)
        for layers, alike in pool.networks:
            people = [one for one in alike.tolist() if one in self.rank and one not in self.fixed]
            if not people:
                continue
            if self.watch.over:
                return False, -np.inf, least
            self.spent += DAY * len(layers) + ARC * sum(one.source.size for one in layers) * len(people)
            for person, found in zip(people, cheapest(layers, asked[people].T, SEVERAL), strict=True):
                least[person] = min((cost for cost, _ in found), default=np.inf)
                for _, posts in found:
                    if paid[person, posts].sum() < self.price[self.rank[person]] - NOISE:
                        held = np.zeros(pool.posts, dtype=bool)
                        held[posts] = True
                        new |= self.take(pool.add(person, held))
        bound = self.constant + float(dual[dual != 0] @ ends + shared.sum() + least[self.people].sum())
        return new, bound, least

    def generate(self, rounds: int, seconds: float, cutoff: float = np.inf) -> None:
        """Add schedules until none helps, or until the bound passes `cutoff`; keep the best bound."""
        self.solve()
        best = self.dual
        for _ in range(rounds):
            smooth = SMOOTH * best + (1.0 - SMOOTH) * self.dual
            for dual in (smooth, self.dual):
                new, bound, least = self.search(dual)
                if not self.fixed and bound > self.bound:
                    self.bound, self.best_dual, self.least = bound, dual, least
                    best = dual
                if new:
                    break
            near = not self.fixed and self.value - self.bound < NOISE
            if not new or near or self.bound > cutoff or self.spent > seconds or self.watch.over:
                break
            self.solve()

    def dive(self, seconds: float) -> Assignment | None:
        """Decide one person after the other, the surest first, adding schedules in between."""
        held = np.zeros((self.pool.people, self.pool.posts), dtype=bool)
        while len(self.fixed) < self.people.size:
            self.generate(FEW, seconds)
            self.solve()
            if self.watch.over:
                return None
            waiting = [self.pool.owner[number] not in self.fixed for number in self.columns]
            weight = np.where(waiting, self.weight, 0.0)
            if weight.max(initial=0.0) < NOISE:
                return None
            for one in np.flatnonzero(weight >= 1.0 - NOISE).tolist() or [int(weight.argmax())]:
                number = self.columns[one]
                held[self.pool.owner[number]] = self.pool.held[number]
                self.fixed[self.pool.owner[number]] = one
                self.solver.changeColBounds(self.first + one, 1.0, 1.0)
        return held

    def choose(self, margin: float, seconds: float) -> tuple[dict[int, NDArray[np.bool_]], bool]:
        """The best choice of what a roster so far above the relaxation can contain, and if it is final."""
        entries = np.array([self.pool.entries[number] for number in self.columns])
        own = np.array([self.rank[self.pool.owner[number]] for number in self.columns])
        cost = np.array([self.pool.cost[number] for number in self.columns])
        reduced = cost - entries @ self.dual - self.price[own]
        promising = np.argsort(reduced, kind="stable")[:MOST]
        chosen = [self.columns[one] for one in promising[reduced[promising] <= margin + NOISE].tolist()]
        answer = highs.run(self.programme(chosen, 0), None, seconds=min(seconds, self.watch.left))
        self.spent += answer.seconds
        if answer.values is None:
            return {}, answer.final
        taken = np.flatnonzero(answer.values[self.pool.shared.size :] > 0.5).tolist()
        return {self.pool.owner[chosen[one]]: self.pool.held[chosen[one]] for one in taken}, answer.final
