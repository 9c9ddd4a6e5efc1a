"""The score, the rules, the greedy cover: what solver, screen, swaps and explanations share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from maillage.engines.roster.model import (
    Assignment,
    FloatArray,
    Problem,
    Rule,
    Score,
    Solution,
    Violation,
)
from maillage.engines.roster.stopwatch import Stopwatch

SLACK = 1e-6
"""How far a sum of amounts may pass its limit by rounding alone."""


def score(problem: Problem, assignment: Assignment) -> Score:
    """The objective of an assignment and its parts; what rules it breaks is another question."""
    posts = problem.posts
    held = assignment.sum(axis=0)
    missing, surplus = np.maximum(posts.demand - held, 0), np.maximum(held - posts.demand, 0)
    over = np.where(surplus > 0, posts.over, 0.0)
    cover = float(missing @ posts.under + surplus @ over)
    deviation = assignment @ posts.burden - problem.target
    excess, deficit = (
        float(max(deviation.max(initial=0.0), 0.0)),
        float(max(-deviation.min(initial=0.0), 0.0)),
    )
    wishes = float(problem.wish[assignment].sum())
    changes = int((problem.previous & ~assignment).sum())
    total = cover + problem.fairness * (excess + deficit) + wishes + problem.change * changes
    return Score(total, int(missing.sum()), cover, excess, deficit, wishes, changes)


def violations(problem: Problem, assignment: Assignment) -> tuple[Violation, ...]:
    """Every rule that an assignment breaks: one judge for the solver, a swap, and a roster made by hand."""
    found = [
        one for person in range(assignment.shape[0]) for one in of_person(problem, person, assignment[person])
    ]
    surplus = (assignment.sum(axis=0) > problem.posts.demand) & np.isinf(problem.posts.over)
    found += [Violation(Rule.SURPLUS, -1, (post,)) for post in np.flatnonzero(surplus).tolist()]
    return tuple(found)


def of_person(problem: Problem, person: int, held: NDArray[np.bool_]) -> Iterator[Violation]:
    """Every rule that one person's posts break; `held`: booleans, shape (posts,)."""
    own = np.flatnonzero(held)
    for post in own[~problem.allowed[person, own]].tolist():
        yield Violation(Rule.AVAILABILITY, person, (post,))
    for post in np.flatnonzero(problem.locks[person] & ~held).tolist():
        yield Violation(Rule.LOCK, person, (post,))
    for one, other in np.argwhere(np.triu(problem.clashes(person, own), 1)).tolist():
        yield Violation(Rule.REST, person, (int(own[one]), int(own[other])))
    ill = problem.forbidden_successions(own, own)
    for one, other in np.argwhere(np.triu(ill | ill.T, 1)).tolist():
        yield Violation(Rule.SUCCESSION, person, (int(own[one]), int(own[other])))
    yield from _counts(problem, person, own)
    if problem.runs is not None:
        yield from _runs(problem, person, own)


def _counts(problem: Problem, person: int, own: NDArray[np.int64]) -> Iterator[Violation]:
    for limit in problem.limits:
        amounts = limit.amount[own]
        involved = tuple(own[amounts > 0].tolist())
        if amounts.sum() > limit.maximum[person] + SLACK:
            yield Violation(Rule.MAXIMUM, person, involved, limit.name)
        if amounts.sum() < limit.minimum[person] - SLACK:
            yield Violation(Rule.MINIMUM, person, involved, limit.name)
    for group in problem.occasions:
        on = group.occasion[own]
        if np.unique(on[on >= 0]).size > group.maximum[person]:
            yield Violation(Rule.OCCASIONS, person, tuple(own[on >= 0].tolist()), group.name)


def _runs(problem: Problem, person: int, own: NDArray[np.int64]) -> Iterator[Violation]:
    runs = problem.runs
    assert runs is not None
    worked = np.zeros(problem.days, dtype=bool)
    worked[problem.day_of(own)] = True
    edges = np.flatnonzero(np.diff(worked)) + 1
    for first, end in zip([0, *edges.tolist()], [*edges.tolist(), worked.size], strict=True):
        if first == end:
            continue
        inside, length = first > 0 and end < worked.size, end - first
        days = problem.day_of(own)
        posts = tuple(own[(days >= first) & (days < end)].tolist())
        if worked[first]:
            if length > runs.longest[person]:
                yield Violation(Rule.LONGEST_RUN, person, posts)
            if inside and length < runs.shortest[person]:
                yield Violation(Rule.SHORTEST_RUN, person, posts)
        elif inside and length < runs.shortest_break[person]:
            around = tuple(own[(days == first - 1) | (days == end)].tolist())
            yield Violation(Rule.SHORTEST_BREAK, person, around)


def worsened(problem: Problem, before: Assignment, after: Assignment) -> tuple[Violation, ...]:
    """The violations that a change brings or makes worse: a swap is acceptable where there is none.

    A limit already passed is not made worse by exchanging one post for another.
    """
    old = dict(map(_breach, violations(problem, before)))
    return tuple(
        one for one in violations(problem, after) if old.get((key := _breach(one))[0], -np.inf) < key[1]
    )


def _breach(one: Violation) -> tuple[tuple[object, ...], float]:
    """What a violation is about, and how many posts it counts."""
    if one.rule in {Rule.MAXIMUM, Rule.MINIMUM, Rule.OCCASIONS}:
        return (one.rule, one.person, one.limit), len(one.posts) * (-1 if one.rule == Rule.MINIMUM else 1)
    return (one.rule, one.person, one.posts), 0


def swapped(assignment: Assignment, moves: list[tuple[int, int, int]]) -> Assignment:
    """The assignment after moves (post, from person, to person); −1 is nobody on either side.

    Raises ValueError where somebody gives a post that they do not hold, or takes one that they do.
    """
    after = assignment.copy()
    for post, giver, taker in moves:
        if giver >= 0:
            if not after[giver, post]:
                raise ValueError(f"person {giver} does not hold post {post}")
            after[giver, post] = False
        if taker >= 0:
            if after[taker, post]:
                raise ValueError(f"person {taker} holds post {post} already")
            after[taker, post] = True
    return after


class _Cover:
    """The greedy's state: what is held, and who may still take what."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.held = np.zeros(problem.allowed.shape, dtype=bool)
        self.open = problem.allowed.copy()
        self.burden: FloatArray = np.zeros(len(problem.allowed))
        self.used = [np.zeros(len(problem.allowed)) for _ in problem.limits]
        for limit in problem.limits:
            self.open &= (limit.amount == 0) | (limit.amount <= limit.maximum[:, None] + SLACK)
        for group in problem.occasions:
            self.open &= (group.occasion < 0) | (group.maximum[:, None] > 0)

    def take(self, person: int, post: int) -> None:
        """Assign, and close to this person what the rules now forbid."""
        problem, posts, own = self.problem, self.problem.posts, self.open[person]
        self.held[person, post] = True
        self.burden[person] += posts.burden[post]
        rest = problem.rest[person]
        own &= (posts.start >= posts.end[post] + rest) | (posts.end + rest <= posts.start[post])
        if problem.successions is not None:
            every, this = np.arange(len(posts)), np.array([post])
            own &= (
                ~problem.forbidden_successions(this, every)[0]
                & ~problem.forbidden_successions(every, this)[:, 0]
            )
        for limit, used in zip(problem.limits, self.used, strict=True):
            if limit.amount[post] > 0:
                used[person] += limit.amount[post]
                own &= (limit.amount == 0) | (used[person] + limit.amount <= limit.maximum[person] + SLACK)
        for group in problem.occasions:
            taken = np.unique(group.occasion[self.held[person]])
            if (taken >= 0).sum() >= group.maximum[person]:
                own &= (group.occasion < 0) | np.isin(group.occasion, taken)

    def too_long(self, person: int, post: int) -> bool:
        """Whether a post would make a run of days too long."""
        runs = self.problem.runs
        if runs is None:
            return False
        days = set(self.problem.day_of(np.flatnonzero(self.held[person])).tolist())
        day = int(self.problem.day_of(post))
        first = last = day
        while first - 1 in days:
            first -= 1
        while last + 1 in days:
            last += 1
        return bool(last - first + 1 > runs.longest[person])


def cover(problem: Problem, watch: Stopwatch | None = None) -> Solution:
    """Fill the posts one by one with the person furthest below their share: for the screen.

    Done twice, in the order of time (fairer) and with the posts that few can hold first (fewer left open);
    the better is kept. Locks stand, and no rule that forbids is broken by what is added; minima and shortest
    runs, which only a solver can see to, may be. Previous holders come first where changes are counted. Where
    `watch` is over before the end, what is left stays open.
    """
    posts, scarcity = problem.posts, problem.allowed.sum(axis=0)
    orders = ((-posts.burden, scarcity, posts.start), (posts.start, -posts.burden, scarcity))
    filled = [_filled(problem, np.lexsort(order).tolist(), watch) for order in orders]
    return min(filled, key=lambda one: (len(one.violations), one.score.objective))


def _filled(problem: Problem, order: list[int], watch: Stopwatch | None) -> Solution:
    state, posts = _Cover(problem), problem.posts
    for person, post in np.argwhere(problem.locks).tolist():
        state.take(person, post)
    target = np.maximum(problem.target, SLACK)
    appeal = problem.wish - problem.change * problem.previous
    for post in order:
        if watch is not None and watch.over:
            break
        missing = int(posts.demand[post] - state.held[:, post].sum())
        if missing <= 0:
            continue
        # The share already carried decides; a wish counts for as much as its cost in burden.
        load = (state.burden + posts.burden[post]) / target + appeal[:, post] / max(problem.fairness, 1.0)
        for person in np.argsort(np.where(state.open[:, post], load, np.inf), kind="stable").tolist():
            if missing == 0 or not state.open[person, post]:
                break
            if not state.too_long(person, post):
                state.take(person, post)
                missing -= 1
    broken = violations(problem, state.held)
    return Solution(state.held, score(problem, state.held), broken, -np.inf, 0.0, "greedy")
