"""The objective and the rules, written as literally as they read; slow on purpose, the judge of the rest."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from maillage.engines.roster.model import Assignment, Problem, Rule

Breach = tuple[Rule, int, tuple[int, ...], str]


def objective(problem: Problem, assignment: Assignment) -> float:
    """Cover + fairness + wishes + changes."""
    posts, total = problem.posts, 0.0
    people, count = assignment.shape
    for j in range(count):
        held = sum(bool(assignment[p, j]) for p in range(people))
        if held < posts.demand[j]:
            total += posts.under[j] * (posts.demand[j] - held)
        if held > posts.demand[j]:
            total += posts.over[j] * (held - posts.demand[j])
    whole = sum(posts.burden[j] * posts.demand[j] for j in range(count))
    carried = [sum(posts.burden[j] for j in range(count) if assignment[p, j]) for p in range(people)]
    fair = [whole * problem.weight[p] / sum(problem.weight) for p in range(people)]
    excess = max([0.0, *(carried[p] - fair[p] for p in range(people))])
    deficit = max([0.0, *(fair[p] - carried[p] for p in range(people))])
    total += problem.fairness * (excess + deficit)
    for p, j in product(range(people), range(count)):
        if assignment[p, j]:
            total += problem.wish[p, j]
        elif problem.previous[p, j]:
            total += problem.change
    return float(total)


def violations(problem: Problem, assignment: Assignment) -> set[Breach]:
    """Every rule broken: rule, person or −1, posts, name of the limit."""
    posts, found = problem.posts, set[Breach]()
    people, count = assignment.shape
    for p in range(people):
        own = [j for j in range(count) if assignment[p, j]]
        found |= {(Rule.AVAILABILITY, p, (j,), "") for j in own if not problem.allowed[p, j]}
        found |= {(Rule.LOCK, p, (j,), "") for j in range(count) if problem.locks[p, j] and j not in own}
        for a, b in combinations(own, 2):
            first, second = sorted((a, b), key=lambda j: int(posts.start[j]))
            if posts.start[second] < posts.end[first] + problem.rest[p]:
                found.add((Rule.REST, p, (a, b), ""))
            if problem.successions is not None:
                sort, forbidden = problem.successions.sort, problem.successions.forbidden
                for before, after in ((a, b), (b, a)):
                    if posts.day[after] == posts.day[before] + 1 and forbidden[sort[before], sort[after]]:
                        found.add((Rule.SUCCESSION, p, (a, b), ""))
        found |= _counts(problem, p, own) | _runs(problem, p, own)
    for j in range(count):
        if assignment[:, j].sum() > posts.demand[j] and posts.over[j] == np.inf:
            found.add((Rule.SURPLUS, -1, (j,), ""))
    return found


def _counts(problem: Problem, p: int, own: list[int]) -> set[Breach]:
    found: set[Breach] = set()
    for limit in problem.limits:
        total = sum(limit.amount[j] for j in own)
        involved = tuple(j for j in own if limit.amount[j] > 0)
        if total > limit.maximum[p]:
            found.add((Rule.MAXIMUM, p, involved, limit.name))
        if total < limit.minimum[p]:
            found.add((Rule.MINIMUM, p, involved, limit.name))
    for group in problem.occasions:
        involved = tuple(j for j in own if group.occasion[j] >= 0)
        if len({int(group.occasion[j]) for j in involved}) > group.maximum[p]:
            found.add((Rule.OCCASIONS, p, involved, group.name))
    return found


def _runs(problem: Problem, p: int, own: list[int]) -> set[Breach]:
    if problem.runs is None:
        return set()
    found: set[Breach] = set()
    first, last = int(min(problem.posts.day)), int(max(problem.posts.day))
    duty = {day: tuple(j for j in own if problem.posts.day[j] == day) for day in range(first, last + 1)}
    day = first
    while day <= last:
        end = day
        while end <= last and bool(duty[end]) == bool(duty[day]):
            end += 1
        inside, posts = (
            first < day and end <= last,
            tuple(sorted(j for d in range(day, end) for j in duty[d])),
        )
        if duty[day] and end - day > problem.runs.longest[p]:
            found.add((Rule.LONGEST_RUN, p, posts, ""))
        if duty[day] and inside and end - day < problem.runs.shortest[p]:
            found.add((Rule.SHORTEST_RUN, p, posts, ""))
        if not duty[day] and inside and end - day < problem.runs.shortest_break[p]:
            found.add((Rule.SHORTEST_BREAK, p, tuple(sorted(duty[day - 1] + duty[end])), ""))
        day = end
    return found


def best(problem: Problem) -> float:
    """The lowest objective over every assignment that breaks no rule, ∞ where none; tiny problems only."""
    shape, lowest = problem.allowed.shape, float("inf")
    for choice in product((False, True), repeat=shape[0] * shape[1]):
        assignment = np.array(choice, dtype=bool).reshape(shape)
        if not violations(problem, assignment):
            lowest = min(lowest, objective(problem, assignment))
    return lowest
