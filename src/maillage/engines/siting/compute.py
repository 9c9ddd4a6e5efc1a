"""Where to open: greedy, exchange, Lagrangian bound with fixing, HiGHS on what is left.

The same problem has the same answer. Only the time limit, where it is reached, makes an answer depend on the
machine; its bound is then still true.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from maillage.engines.siting import kernels
from maillage.engines.siting.kernels import SLACK, Kernels, State
from maillage.engines.siting.model import Answer, FloatArray, IntArray, Problem, Swap
from maillage.engines.siting.savings import Savings, savings_of, served

SEED = 20260101
CHUNK, BOUND_ROUNDS = 60, 900
EXACT_COLUMNS = 60_000
"""HiGHS is not asked beyond as many variables: its first relaxation alone would take the time there is."""
UNSEEN = 1e-6
"""The share of a gain under which a difference is that of roundings: the tolerance of the solver."""
SOLVER_SHARE = 0.85
"""Of the time left, given to HiGHS, the rest to the search."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to search: `seconds` at most, `rounds` of disturbed search before and after HiGHS is asked.

    `clock`: seconds that go forward; a test gives its own.
    """

    seconds: float = 2.0
    rounds: int = 120
    clock: Callable[[], float] = field(default=time.monotonic)


class _Search:
    """The best choice known and the lowest bound, in savings; sites are numbered as in `Savings`."""

    def __init__(self, savings: Savings, p: int, effort: Effort, loops: Kernels) -> None:
        self.savings, self.rows, self.p, self.effort, self.loops = savings, savings.rows, p, effort, loops
        self.until = effort.clock() + effort.seconds
        self.chosen: IntArray = np.zeros(0, dtype=np.int64)
        self.gain = 0.0
        self.bound = savings.most if p else 0.0
        self.prices: FloatArray = np.zeros(savings.homes.size)
        self.draw = np.random.default_rng(SEED)
        self.steps: list[str] = []
        self.state = _state(savings.homes.size, savings.sites.size, p)

    @property
    def left(self) -> float:
        return max(self.until - self.effort.clock(), 0.0)

    @property
    def close(self) -> float:
        """A bound less than this above the gain proves it: a whole step, or what nobody would see."""
        if self.savings.step:
            return self.savings.step * (1.0 - 1e-6)
        return UNSEEN * max(self.bound, 1.0)

    @property
    def is_proven(self) -> bool:
        return self.bound - self.gain < self.close

    def keep(self, chosen: IntArray, gain: float, step: str) -> None:
        if gain > self.gain + SLACK * max(self.gain, 1.0):
            self.chosen, self.gain = chosen.copy(), gain
            self.steps.append(step)

    def lower(self, bound: float, step: str) -> None:
        """Take a bound where it is lower, in whole steps where savings are."""
        if self.savings.step:
            bound = np.floor(bound / self.savings.step + 1e-6) * self.savings.step
        self.bound = min(self.bound, max(float(bound), self.gain))
        if self.is_proven and step not in self.steps:
            self.steps.append(step)

    def climb_from(self, chosen: IntArray, step: str) -> None:
        """Exchange from a choice of p sites, and keep what it reaches."""
        self.state.chosen[:] = chosen
        self.loops.begin(self.rows, self.state)
        gain = self.loops.climb(self.rows, self.state)
        self.keep(self.state.chosen, gain, step)

    def wander(self, rounds: int) -> None:
        """Disturb the best choice and climb again, `rounds` times in all, while there is time."""
        most = max(2, min(self.p, 6))
        best, record = self.chosen.copy(), np.array([self.gain])
        self.state.chosen[:] = best
        self.loops.begin(self.rows, self.state)
        for _chunk in range(0, rounds, 10):
            if self.is_proven or self.left <= 0:
                break
            draws = self.draw.random((10, 1 + 2 * most))
            self.loops.wander(self.rows, self.state, best, record, draws, most)
            self.keep(best, float(record[0]), "search")

    def certify(self) -> None:
        """Lower the Lagrangian bound; every so often, exchange from the sites that its prices point to."""
        runner = self.state.runner
        prices = (self.state.best + runner) / 2
        record = np.array([self.bound, 1.5, 0.0])
        best = self.prices
        done = 0
        # Even without time left, a few rounds: a bound of all savings together would tell nothing.
        while done < BOUND_ROUNDS and not self.is_proven and (not done or self.left > 0):
            run = self.loops.descend(self.rows, self.p, self.gain, self.close, prices, best, record, CHUNK)
            done += run
            self.lower(float(record[0]), "bound")
            if not self.is_proven:
                self.climb_from(self.order()[: self.p], "prices")
                self.lower(float(record[0]), "bound")
            if run < CHUNK:
                break

    def worth(self) -> tuple[float, FloatArray]:
        """The sum of the best prices, and what each site is worth at them."""
        worth = np.zeros(self.savings.sites.size)
        return float(self.loops.price(self.rows, self.prices, worth)), worth

    def order(self) -> IntArray:
        """The sites, those worth most at the best prices first."""
        order: IntArray = np.argsort(-self.worth()[1], kind="stable")
        return order

    def finish(self) -> None:
        """Fix the sites that no better choice opens, or leaves closed, and ask HiGHS for the others."""
        total, worth = self.worth()
        order = np.argsort(-worth, kind="stable")
        p, top = self.p, worth[order]
        bound = total + float(top[:p].sum())
        wanted = self.gain + self.close
        out = order[p:][bound + top[p:] - top[p - 1] < wanted]
        held = order[:p][bound - top[:p] + top[p] < wanted]
        free = np.setdiff1d(np.arange(worth.size), np.concatenate((out, held)))
        if not free.size:
            # Whatever is as good opens the sites held, and no other.
            self.climb_from(order[:p], "fixing")
            self.lower(self.gain, "fixing")
            return
        # Here only: HiGHS is megabytes that a process does not need before prices leave something to it.
        from maillage.engines.siting import exact

        programme = exact.reduced(self.rows, free, held)
        if programme.cost.size > EXACT_COLUMNS:
            return
        start = np.setdiff1d(self.chosen, held)
        found = exact.solve(programme, p - held.size, start, self.left * SOLVER_SHARE)
        opened = np.concatenate((held, found.sites))
        # It may leave some of the p unused: any other does.
        self.climb_from(np.concatenate((opened, np.setdiff1d(order, opened)))[:p], "solver")
        # What fixing left out is worth less than `wanted`.
        self.lower(found.bound, "solver")


def solve(problem: Problem, effort: Effort | None = None, *, loops: Kernels | None = None) -> Answer:
    """The best places to open, with what no choice can exceed.

    `loops`: the compiled ones where None. Raises nothing for a problem that `Problem.of` made: where nobody
    can be brought nearer the answer opens nothing, and is proved.
    """
    kernel, savings = loops or kernels.kernels(), savings_of(problem)
    search = _Search(savings, min(problem.sites, savings.sites.size), effort or Effort(), kernel)
    if search.p:
        _run(search)
    return _answer(search)


def swaps(problem: Problem, sites: IntArray, within: float, *, loops: Kernels | None = None) -> list[Swap]:
    """Other choices that gain at least 1 − `within` of what `sites` do, one site being changed; best first.

    `within`: a share, 0.01 for « within 1 % ». Of the sites whose place one may take, the one whose place it
    takes best. `sites` are candidates of the problem, each once.
    """
    kernel, savings = loops or kernels.kernels(), savings_of(problem)
    opened = np.searchsorted(savings.sites, sites[np.isin(sites, savings.sites)])
    if not opened.size:
        return []
    state = _state(savings.homes.size, savings.sites.size, opened.size)
    state.chosen[:] = opened
    gain = float(kernel.begin(savings.rows, state))
    after = gain + state.gain[:, None] - state.loss + state.extra
    after[opened] = -np.inf
    place = after.argmax(axis=1)
    reached = after[np.arange(place.size), place]
    near = np.flatnonzero(reached >= (1.0 - within) * gain - SLACK * gain)
    order = near[np.argsort(-reached[near], kind="stable")]
    return [
        Swap(int(savings.sites[j]), int(savings.sites[opened[place[j]]]), float(reached[j])) for j in order
    ]


def settled(problem: Problem, then: Problem, answer: Answer) -> Answer:
    """Return an answer as good whose sites suit a second problem better, on the same places and candidates.

    Many choices cover as many people: one site is changed at a time for the one that `then`, a p-median,
    prefers, as long as nothing is lost.
    """
    sites, worth = answer.sites, _minutes(then, answer.sites)
    while True:
        others = [np.append(sites[sites != one.instead_of], one.site) for one in swaps(problem, sites, 0.0)]
        if not others:
            break
        values = [_minutes(then, one) for one in others]
        best = int(np.argmin(values))
        if values[best] >= worth * (1.0 - SLACK):
            break
        sites, worth = others[best], values[best]
    if sites is answer.sites:
        return answer
    savings = savings_of(problem)
    search = _Search(savings, sites.size, Effort(), kernels.kernels())
    allowed = np.zeros(savings.sites.size, dtype=bool)
    allowed[np.searchsorted(savings.sites, sites)] = True
    order, adds = _greedy(search, allowed)
    return replace(answer, sites=savings.sites[order], adds=adds, steps=(*answer.steps, "settled"))


def _minutes(problem: Problem, sites: IntArray) -> float:
    return float(problem.weight @ np.minimum(served(problem, sites).minutes, problem.limit))


def warm() -> None:
    """Compile the loops, or read them compiled."""
    around = [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]]
    problem = Problem.dense([1.0, 2.0, 1.0], around, sites=2, limit=3.0, objective="p_median")
    search = _Search(savings_of(problem), 2, Effort(), kernels.kernels())
    _run(search)
    search.loops.wander(
        search.rows, search.state, search.chosen.copy(), np.array([search.gain]), np.zeros((1, 3)), 1
    )


def _run(search: _Search) -> None:
    greedy, _adds = _greedy(search, np.ones(search.savings.sites.size, dtype=bool))
    if search.p == search.savings.sites.size or greedy.size < search.p:
        # All that has something to add is open: nobody can be better served.
        search.keep(greedy, search.savings.most, "everything")
        search.lower(search.gain, "everything")
        return
    search.climb_from(greedy, "greedy")
    if search.p == 1:
        search.lower(search.gain, "greedy")
    search.certify()
    if not search.is_proven:
        search.wander(search.effort.rounds)
    if not search.is_proven and search.left > 0:
        search.finish()
    if not search.is_proven:
        search.wander(search.effort.rounds)


def _answer(search: _Search) -> Answer:
    savings = search.savings
    allowed = np.zeros(savings.sites.size, dtype=bool)
    allowed[search.chosen] = True
    sites, adds = _greedy(search, allowed)
    gain = float(adds.sum())
    proven = search.is_proven
    most = gain if proven else search.bound
    return Answer(
        sites=savings.sites[sites],
        adds=adds,
        value=savings.constant + savings.sign * gain,
        bound=savings.constant + savings.sign * most,
        gain=gain,
        gain_bound=most,
        is_proven=proven,
        steps=tuple(dict.fromkeys(search.steps)),
    )


def _greedy(search: _Search, allowed: np.ndarray) -> tuple[IntArray, FloatArray]:
    n, m = search.savings.homes.size, search.savings.sites.size
    chosen, adds = np.zeros(search.p, dtype=np.int64), np.zeros(search.p)
    count = search.loops.greedy(search.rows, allowed, np.zeros(n), np.zeros(m), chosen, adds)
    return chosen[:count], adds[:count]


def _state(n: int, m: int, p: int) -> State:
    whole = np.int64
    return State(
        np.zeros(p, whole), np.full(m, -1, whole), np.full(n, -1, whole), np.full(n, -1, whole), np.zeros(n),
        np.zeros(n), np.zeros(m), np.zeros(p), np.zeros((m, p)), np.zeros(n, whole), np.zeros(n, whole),
    )  # fmt: skip
