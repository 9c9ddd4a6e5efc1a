"""Why a post stays open and what would fill it; what each person carries and why."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np

from maillage.engines.roster.compute import of_person
from maillage.engines.roster.model import Assignment, Problem, Rule, Violation


class Relaxation(NamedTuple):
    """A person who would fill a post if the rules named were eased for them."""

    person: int
    broken: tuple[Violation, ...]


class Gap(NamedTuple):
    """An open post: how many are missing, which rule binds, who could fill it and at what price.

    `blocked`: for each rule, how many people it keeps from this post; `binding`: the rule that keeps most of
    those whom a single rule keeps, or most people where nobody is so near; None where somebody is free.
    `free`: people who could hold it at once. `relaxations`: one rule broken before two, two before three.
    """

    post: int
    missing: int
    blocked: dict[Rule, int]
    binding: Rule | None
    free: tuple[int, ...]
    relaxations: tuple[Relaxation, ...]


class Share(NamedTuple):
    """What one person carries: posts, burden against target, wishes met and not, limits they have reached."""

    person: int
    posts: tuple[int, ...]
    burden: float
    target: float
    wanted_held: int
    wanted_missed: int
    unwanted_held: int
    reached: tuple[str, ...]

    @property
    def deviation(self) -> float:
        """Burden beyond the fair share; negative below it."""
        return self.burden - self.target


def gaps(problem: Problem, assignment: Assignment) -> list[Gap]:
    """Every post that is not fully held, in order."""
    missing = problem.posts.demand - assignment.sum(axis=0)
    return [
        _gap(problem, assignment, post, int(missing[post])) for post in np.flatnonzero(missing > 0).tolist()
    ]


def _gap(problem: Problem, assignment: Assignment, post: int, missing: int) -> Gap:
    prices = [
        Relaxation(person, added(problem, assignment, person, post))
        for person in np.flatnonzero(~assignment[:, post]).tolist()
    ]
    blocked = Counter(rule for price in prices for rule in {one.rule for one in price.broken})
    alone = Counter(price.broken[0].rule for price in prices if len({one.rule for one in price.broken}) == 1)
    free = tuple(price.person for price in prices if not price.broken)
    decisive = (alone or blocked).most_common(1)
    return Gap(
        post,
        missing,
        dict(blocked),
        None if free or not decisive else decisive[0][0],
        free,
        tuple(sorted((price for price in prices if price.broken), key=lambda price: len(price.broken))),
    )


def added(problem: Problem, assignment: Assignment, person: int, post: int) -> tuple[Violation, ...]:
    """The rules that a person would break by taking one more post, and does not break without it."""
    held = assignment[person].copy()
    before = {(one.rule, one.limit, one.posts) for one in of_person(problem, person, held)}
    held[post] = True
    return tuple(
        one for one in of_person(problem, person, held) if (one.rule, one.limit, one.posts) not in before
    )


def shares(problem: Problem, assignment: Assignment) -> list[Share]:
    """What each person carries, in order."""
    target = problem.target.tolist()
    return [_share(problem, assignment, person, target[person]) for person in range(len(assignment))]


def _share(problem: Problem, assignment: Assignment, person: int, target: float) -> Share:
    held, wish = assignment[person], problem.wish[person]
    wanted = wish < 0
    reached = [
        limit.name
        for limit in problem.limits
        if limit.amount @ held > 0 and limit.amount @ held >= limit.maximum[person]
    ]
    for group in problem.occasions:
        taken = np.unique(group.occasion[held & (group.occasion >= 0)]).size
        if taken and taken >= group.maximum[person]:
            reached.append(group.name)
    return Share(
        person,
        tuple(np.flatnonzero(held).tolist()),
        float(problem.posts.burden @ held),
        target,
        int((wanted & held).sum()),
        int((wanted & ~held & problem.allowed[person]).sum()),
        int(((wish > 0) & held).sum()),
        tuple(reached),
    )


def gini(problem: Problem, assignment: Assignment) -> float:
    """Inequality of the burden for each unit of weight, 0 (equal) to 1; people of weight 0 apart."""
    counted = problem.weight > 0
    loads = np.sort((assignment @ problem.posts.burden)[counted] / problem.weight[counted])
    if not loads.sum() > 0:
        return 0.0
    ranks = np.arange(1, loads.size + 1)
    return float((2 * ranks - loads.size - 1) @ loads / (loads.size * loads.sum()))
