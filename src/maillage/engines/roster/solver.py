"""The roster by HiGHS: a bound, a start, improvement part by part, then the whole.

1. The linear relaxation gives a bound that no roster passes; it is nearly whole, so that holding what it
   decides and solving the rest (a dive) gives a first good roster, beside the greedy one.
2. Where runs of days are asked, that relaxation is weak: another chooses one whole schedule for each person,
   gives a better bound, and a better first roster, person after person.
3. Large neighbourhoods: some people, or some days, are set free and solved with the rest held in place. Parts
   grow while they are solved quickly and shrink when they are not.
4. The whole programme takes the time that is left, from the best roster found: it may improve or prove it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from maillage.engines.roster import highs
from maillage.engines.roster.columns import NOISE, ROUNDS, Master, schedules
from maillage.engines.roster.compute import cover, score, violations
from maillage.engines.roster.formulation import NOBODY, Formulation, formulate
from maillage.engines.roster.model import Assignment, FloatArray, Problem, Solution, relative_gap

RELAXED, DIVE, PARTS, PART = 0.3, 0.25, 0.85, 0.075
"""Shares of the time after which the relaxation by schedules, the dive, then the parts must have ended; and
that one part may take."""
OFTEN, GROUP = 0.9, 7
"""How often a part is of people, rather than of days, where it is solved by schedules; how many at first."""
WHOLE = 1.0 - 1e-6


Progress = Callable[[float, float, float], None]
"""Told, after each part, the seconds spent, the objective of the best roster (∞: none) and the bound."""


class NoRosterError(ValueError):
    """No roster keeps the rules, or none was found in time."""


class _Search:
    """The best roster so far, the bound, and the time spent, as the solver counts it."""

    def __init__(
        self, problem: Problem, seconds: float, gap: float, seed: int, progress: Progress | None = None
    ) -> None:
        self.problem, self.seconds, self.gap, self.progress = problem, seconds, gap, progress
        self.form: Formulation = formulate(problem)
        self.rng = np.random.default_rng(seed)
        self.values: FloatArray | None = None
        self.objective, self.method, self.spent = np.inf, "", 0.0
        self.bound, self.relaxed = highs.relax(self.form)
        form = self.form
        self.pool = schedules(problem, form)
        # Where every cost is whole, so is every objective: what is between two is rounded up.
        self.whole_costs = problem.fairness == 0 and not (np.append(form.cost, form.constant) % 1.0).any()
        people, posts = np.nonzero(form.column >= 0)
        self.is_x = np.zeros(form.cost.size, dtype=bool)
        self.day = np.full(form.cost.size, -1, dtype=np.int64)
        self.is_x[form.column[people, posts]] = True
        self.day[form.column[people, posts]] = problem.day_of(posts)

    @property
    def done(self) -> bool:
        return relative_gap(self.objective, self.bound) <= self.gap

    def keep(self, answer: highs.Answer, method: str) -> None:
        """Count the time; keep what is better; tell how far it is."""
        self.spent += answer.seconds
        if answer.values is not None:
            objective = float(self.form.cost @ answer.values) + self.form.constant
            if objective < self.objective - 1e-9:
                self.values, self.objective, self.method = answer.values, objective, method
        self.tell()

    def tell(self) -> None:
        """Say how far the search is."""
        if self.progress is not None:
            self.progress(self.spent, self.objective, self.bound)

    def start(self, assignment: Assignment, method: str) -> None:
        """Complete an assignment, where it keeps the rules."""
        values = np.zeros(self.form.cost.size)
        values[self.form.column[assignment]] = 1.0
        self.keep(highs.run(self.form, values, ~self.is_x, seconds=self.seconds), method)

    def by_schedules(self) -> None:
        """The bound by whole schedules, and the roster to which their relaxation leads."""
        if self.pool is None:
            return
        everyone, nothing = np.arange(self.pool.people), np.zeros_like(self.problem.allowed)
        master = Master(self.pool, everyone, nothing, [])
        master.generate(ROUNDS, RELAXED * self.seconds)
        if np.isinf(master.bound):
            # Somebody has no schedule: a lock passes a rule.
            self.pool = None
            return
        self.pool.keep(master)
        bound = float(np.ceil(master.bound - NOISE)) if self.whole_costs else master.bound
        self.bound = max(self.bound, min(bound, self.objective))
        self.tell()
        found = master.dive(PARTS * self.seconds)
        self.spent += master.spent
        if found is not None:
            self.start(found, "schedules")

    def dive(self) -> None:
        """Hold what the relaxation decides, solve the rest."""
        decided = self.is_x & (self.relaxed > WHOLE)
        left = DIVE * self.seconds - self.spent
        answer = highs.run(self.form, decided.astype(np.float64), ~decided, seconds=left, gap=self.gap / 2)
        self.keep(answer, "dive")

    def person_by_person(self) -> None:
        """Build a roster one person after the other, each knowing what those before hold."""
        form, values = self.form, self.form.low.copy()
        waiting = np.unique(form.owner[form.owner != NOBODY])
        for person in self.rng.permutation(waiting).tolist():
            waiting = waiting[waiting != person]
            free = (form.owner == person) | (form.owner == NOBODY)
            left_out = np.isin(form.row_owner, waiting)
            left = min(PART * self.seconds, self.seconds - self.spent)
            answer = highs.run(form, values, free, left_out, seconds=left)
            self.spent += answer.seconds
            if answer.values is None:
                return
            values = answer.values
        self.keep(highs.Answer(values, -np.inf, 0.0, False), "person by person")

    def improve(self) -> None:
        """Free one part after the other until the time of this stage is spent."""
        assert self.values is not None
        size, odds = {"people": 0.3, "days": 0.15}, None
        if self.pool is not None:
            size = {"schedules": min(GROUP / self.pool.people, 1.0), "days": 0.15}
            odds = [OFTEN, 1.0 - OFTEN]
        while not self.done and self.spent < PARTS * self.seconds:
            kind = str(self.rng.choice(list(size), p=odds))
            if kind == "schedules":
                final, steps = self.regroup(size[kind]), (1.06, 0.85)
            else:
                part = self.people(size[kind]) if kind == "people" else self.days(size[kind])
                final, steps = self.solve_part(part | ~self.is_x), (1.2, 0.7)
            size[kind] = min(size[kind] * (steps[0] if final else steps[1]), 1.0)

    def solve_part(self, free: NDArray[np.bool_]) -> bool:
        """Solve for some columns, the rest being held; whether it was done in time."""
        left = min(PART * self.seconds, self.seconds - self.spent)
        answer = highs.run(self.form, self.values, free, seconds=left, gap=self.gap / 10)
        self.keep(answer, "parts")
        if free.all():
            self.raise_bound(answer)
        return answer.final

    def regroup(self, share: float) -> bool:
        """Choose anew the schedules of some people; whether it was done in time."""
        assert self.values is not None
        assert self.pool is not None
        held, pool = self.form.assignment(self.values), self.pool
        some = self.rng.choice(pool.people, int(np.ceil(share * pool.people)), replace=False)
        for person in some.tolist():
            pool.add(person, held[person])
        master = Master(pool, np.sort(some), held, pool.within(some, self.objective - pool.bound))
        goal = self.objective - (1.0 - NOISE if self.whole_costs else NOISE)
        left = min(PART * self.seconds, self.seconds - self.spent)
        master.generate(ROUNDS, left, goal)
        if max(master.bound, master.value) > goal:
            self.spent += master.spent
            return True
        taken, final = master.choose(goal - master.value, left)
        self.spent += master.spent
        for person, schedule in taken.items():
            held[person] = schedule
        self.start(held, "schedules")
        return final

    def people(self, share: float) -> NDArray[np.bool_]:
        """The columns of some people, the most and the least burdened among them."""
        assert self.values is not None
        n = len(self.problem.allowed)
        deviation = self.form.assignment(self.values) @ self.problem.posts.burden - self.problem.target
        some = self.rng.choice(n, max(int(np.ceil(share * n)), 1), replace=False)
        return np.isin(self.form.owner, [*some, deviation.argmax(), deviation.argmin()]) & self.is_x

    def days(self, share: float) -> NDArray[np.bool_]:
        """The columns of some days in a row."""
        length = max(int(np.ceil(share * self.problem.days)), 2)
        first = int(self.rng.integers(1 - length // 2, max(self.problem.days - length // 2, 2)))
        if length >= self.problem.days:
            first = 0
        return self.is_x & (self.day >= first) & (self.day < first + length)

    def whole(self) -> bool:
        """The whole programme with the time left; whether its answer is final."""
        answer = highs.run(self.form, self.values, seconds=self.seconds - self.spent, gap=self.gap)
        self.keep(answer, "whole")
        self.raise_bound(answer)
        return answer.final

    def raise_bound(self, answer: highs.Answer) -> None:
        """Take the bound of an answer on the whole programme."""
        self.bound = max(self.bound, min(answer.bound, self.objective))


def solve(
    problem: Problem,
    *,
    seconds: float = 30.0,
    gap: float = 0.01,
    seed: int = 0,
    start: Assignment | None = None,
    progress: Progress | None = None,
) -> Solution:
    """The best roster found in so many seconds, or as soon as within `gap` of the bound, and the bound.

    `start`: an assignment to improve, where it keeps the rules; the greedy cover otherwise. `progress` is
    told how far it is, and stops the search by raising. No rule is broken but by the locks themselves. The
    same seed gives the same roster where the time does not run out. Raises `NoRosterError` where minima or
    runs cannot be kept, or no roster was found in time.
    """
    search = _Search(problem, seconds, gap, seed, progress)
    if np.isinf(search.bound):
        raise NoRosterError("no roster keeps the rules: ease a minimum or a run of days")
    search.start(cover(problem).assignment if start is None else start, "greedy")
    if not search.done:
        search.by_schedules()
    if not search.done and search.method != "schedules":
        search.dive()
    if search.values is None:
        search.person_by_person()
    if search.values is not None and not search.done:
        search.improve()
    final = search.done or search.whole()
    if search.values is None:
        raise NoRosterError(
            "no roster keeps the rules: ease a minimum or a run of days"
            if final
            else f"no roster found in {seconds:g} seconds: allow more time"
        )
    held = search.form.assignment(search.values)
    worth = score(problem, held)
    return Solution(held, worth, violations(problem, held), search.bound, search.spent, search.method)
