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
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from maillage.engines.roster import highs
from maillage.engines.roster.columns import NOISE, ROUNDS, Master, Schedules, schedules
from maillage.engines.roster.compute import cover, score, violations, worsened
from maillage.engines.roster.formulation import NOBODY, formulate
from maillage.engines.roster.model import (
    ROUNDING,
    Assignment,
    FloatArray,
    Problem,
    Rule,
    Solution,
    relative_gap,
)
from maillage.engines.roster.sequences import Sequences, sequences, warm
from maillage.engines.roster.stopwatch import OutOfTimeError, Stopwatch

RELAXED, DIVE, PARTS, PART = 0.3, 0.25, 0.85, 0.075
"""Shares of the time after which the relaxation by schedules, the dive, then the parts must have ended; and
that one part may take."""
GREEDY, FIRST = 0.2, 0.1
"""Shares of the time for the greedy cover at most; for the first search among sequences, and for a bound
where the programme is too large."""
SMALL, LARGE, LARGE_WITH_RUNS = 2_500, 25_000, 8_000
"""Assignments that may be made: to so many, programmes do without sequences; beyond so many, the contrary."""
ASKED = {Rule.MINIMUM, Rule.SHORTEST_RUN, Rule.SHORTEST_BREAK}
"""What holding too little breaks."""
NEVER = "no roster keeps the rules: ease a minimum or a run of days"
OFTEN, GROUP = 0.9, 7
"""How often a part is of people, rather than of days, where it is solved by schedules; how many at first."""
WHOLE = 1.0 - 1e-6


Progress = Callable[[float, float, float], None]
"""Told, after each part, the seconds spent, the objective of the best roster (∞: none) and the bound."""


class NoRosterError(ValueError):
    """No roster keeps the rules, or none was found in time."""


class _Search:
    """The best roster so far, the bound, and the time left."""

    def __init__(
        self, problem: Problem, seconds: float, gap: float, seed: int, progress: Progress | None = None
    ) -> None:
        self.problem, self.seconds, self.gap, self.seed = problem, seconds, gap, seed
        self.progress, self.watch = progress, Stopwatch(seconds)
        self.rng = np.random.default_rng(seed)
        self.held: Assignment | None = None
        self.values: FloatArray | None = None
        self.objective, self.bound, self.method = np.inf, -np.inf, ""
        self.lines: Sequences | None = None
        # More people locked on a post than it takes are no matter of the search.
        posts, locked = problem.posts, problem.locks.sum(axis=0)
        over = np.where(np.isinf(posts.over) & (locked > posts.demand), 0.0, posts.over)
        self.judged = replace(problem, posts=replace(posts, over=over))
        self.pool: Schedules | None = None

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return self.watch.spent

    def offer(self, assignment: Assignment, method: str) -> None:
        """Keep an assignment that is better and breaks no rule but by the locks themselves."""
        objective = score(self.judged, assignment).objective
        if objective < self.objective - 1e-9 and self._keeps_rules(assignment):
            self.held, self.values, self.objective, self.method = assignment, None, objective, method
        self.tell()

    def _keeps_rules(self, assignment: Assignment) -> bool:
        locks = self.problem.locks
        if not locks.any():
            return not violations(self.problem, assignment)
        broken = worsened(self.problem, locks, assignment)
        return not broken and not any(one.rule in ASKED for one in violations(self.problem, assignment))

    def prepare(self) -> None:
        """State the programme, its relaxation, and the store of schedules. Raises OutOfTimeError."""
        self.form = form = formulate(self.problem, self.watch)
        self.bound, self.relaxed = highs.relax(form, RELAXED * self.watch.left)
        self.pool = schedules(self.problem, form, self.watch.part(RELAXED * self.seconds))
        # Where every cost is whole, so is every objective: what is between two is rounded up.
        self.whole_costs = (
            self.problem.fairness == 0 and not (np.append(form.cost, form.constant) % 1.0).any()
        )
        people, posts = np.nonzero(form.column >= 0)
        self.is_x = np.zeros(form.cost.size, dtype=bool)
        self.day = np.full(form.cost.size, -1, dtype=np.int64)
        self.is_x[form.column[people, posts]] = True
        self.day[form.column[people, posts]] = self.problem.day_of(posts)
        if self.held is not None:
            self.complete(self.held)

    def relax_days(self) -> None:
        """A bound without what ties one day to the next: runs, successions, occasions. Raises OutOfTimeError.

        Where the whole programme is too large, this one is solved in seconds, and no roster passes it either.
        """
        watch = self.watch.part(FIRST * self.seconds)
        form = formulate(replace(self.problem, runs=None, successions=None, occasions=()), watch)
        bound, _columns = highs.relax(form, watch.left)
        if np.isfinite(bound):
            self.bound = max(self.bound, min(bound, self.objective))
        self.tell()

    def complete(self, assignment: Assignment) -> None:
        """Give the programme's columns to the best roster."""
        values = np.zeros(self.form.cost.size)
        values[self.form.column[assignment]] = 1.0
        self.values = highs.run(self.form, values, ~self.is_x, seconds=self.watch.left).values

    def by_sequences(self, share: float) -> None:
        """Search among sequences of days for a share of the time, from the best roster so far."""
        if self.lines is None:
            self.lines = sequences(self.problem, self.seed)
            if self.lines is None:
                return
            if not self.lines.begin(self.watch):
                self.lines = None
                return
            self.offer(self.lines.assignment, "sequences")
        if self.held is not None and self.objective < self.lines.objective - ROUNDING:
            self.lines.take(self.held)
        self.lines.improve(self.watch.part(share * self.seconds), self.told)
        self.offer(self.lines.assignment, "sequences")

    def told(self) -> None:
        """Say how far the sequences are."""
        if self.progress is not None and self.lines is not None:
            self.progress(self.spent, min(self.objective, self.lines.objective), self.bound)

    @property
    def done(self) -> bool:
        return relative_gap(self.objective, self.bound) <= self.gap

    def keep(self, answer: highs.Answer, method: str) -> None:
        """Keep what is better; tell how far it is."""
        if answer.values is not None:
            objective = float(self.form.cost @ answer.values) + self.form.constant
            if objective < self.objective - 1e-9:
                self.values, self.objective, self.method = answer.values, objective, method
                self.held = self.form.assignment(answer.values)
        self.tell()

    def tell(self) -> None:
        """Say how far the search is."""
        if self.progress is not None:
            self.progress(self.spent, self.objective, self.bound)

    def start(self, assignment: Assignment, method: str) -> None:
        """Complete an assignment, where it keeps the rules."""
        values = np.zeros(self.form.cost.size)
        values[self.form.column[assignment]] = 1.0
        self.keep(highs.run(self.form, values, ~self.is_x, seconds=self.watch.left), method)

    def by_schedules(self) -> None:
        """The bound by whole schedules, and the roster to which their relaxation leads."""
        if self.pool is None:
            return
        everyone, nothing = np.arange(self.pool.people), np.zeros_like(self.problem.allowed)
        master = Master(self.pool, everyone, nothing, [], self.watch)
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
        if found is not None:
            self.start(found, "schedules")

    def dive(self) -> None:
        """Hold what the relaxation decides, solve the rest."""
        decided = self.is_x & (self.relaxed > WHOLE)
        left = DIVE * self.watch.left
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
            left = min(PART * self.seconds, self.watch.left)
            answer = highs.run(form, values, free, left_out, seconds=left)
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
        left = min(PART * self.seconds, self.watch.left)
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
        master = Master(pool, np.sort(some), held, pool.within(some, self.objective - pool.bound), self.watch)
        goal = self.objective - (1.0 - NOISE if self.whole_costs else NOISE)
        left = min(PART * self.seconds, self.watch.left)
        master.generate(ROUNDS, left, goal)
        if max(master.bound, master.value) > goal:
            return True
        taken, final = master.choose(goal - master.value, left)
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
        answer = highs.run(self.form, self.values, seconds=self.watch.left, gap=self.gap)
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
    same seed gives the same roster where no stage runs out of time. The time is that of the clock; loops that
    are compiled for the first time on a machine come before (`warm`). Raises `NoRosterError` where minima or
    runs cannot be kept, or no roster was found in time.
    """
    if problem.allowed.sum() > SMALL:
        warm()
    search = _Search(problem, seconds, gap, seed, progress)
    search.offer(cover(problem, search.watch.part(GREEDY * seconds)).assignment, "greedy")
    if start is not None:
        search.offer(start, "given")
    if problem.allowed.sum() > SMALL:
        search.by_sequences(FIRST)
    final = False
    try:
        most = LARGE if problem.runs is None else LARGE_WITH_RUNS
        if search.lines is None or problem.allowed.sum() <= most:
            final = by_programmes(search)
        else:
            search.relax_days()
    except OutOfTimeError:
        pass
    if search.lines is not None and not search.done and not search.watch.over:
        search.by_sequences(1.0)
    if search.held is None:
        raise NoRosterError(NEVER if final else f"no roster found in {seconds:g} seconds: allow more time")
    held = search.held
    worth = score(problem, held)
    return Solution(held, worth, violations(problem, held), search.bound, search.spent, search.method)


def by_programmes(search: _Search) -> bool:
    """Search by the relaxation, schedules and parts; whether the answer is final.

    Left at once where the relaxation is too slow, or runs make it weak and schedules are too many, and the
    sequences of days are there to search. Raises OutOfTimeError, or NoRosterError where no roster can be.
    """
    search.prepare()
    if np.isposinf(search.bound):
        raise NoRosterError(NEVER)
    slow = np.isneginf(search.bound)
    if search.lines is not None and (slow or (search.problem.runs is not None and search.pool is None)):
        return False
    search.tell()
    if not search.done:
        search.by_schedules()
    if not search.done and search.method != "schedules" and not slow:
        search.dive()
    if search.values is None:
        search.person_by_person()
    if search.values is not None and not search.done:
        search.improve()
    return search.done or search.whole()
