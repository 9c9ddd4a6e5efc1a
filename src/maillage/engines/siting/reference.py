"""The two objectives as they are published, and every choice tried: for small problems and for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from maillage.engines.siting.model import Problem

MAX_CANDIDATES = 20


def value(problem: Problem, opened: Sequence[int]) -> float:
    """The objective with the candidates `opened`: weighted minutes, or weight covered."""
    nearest = list(problem.standing)
    for home, site, minutes in zip(problem.home, problem.site, problem.minutes, strict=True):
        if site in opened:
            nearest[home] = min(nearest[home], minutes)
    if problem.objective == "p_median":
        return float(sum(w * min(problem.limit, t) for w, t in zip(problem.weight, nearest, strict=True)))
    return float(sum(w for w, t in zip(problem.weight, nearest, strict=True) if t <= problem.limit))


def best(problem: Problem) -> float:
    """The best value over all choices of `sites` candidates. Raises ValueError where they are too many."""
    if problem.candidates > MAX_CANDIDATES:
        raise ValueError(f"at most {MAX_CANDIDATES} candidates are enumerated, not {problem.candidates}")
    count = min(problem.sites, problem.candidates)
    values = [value(problem, opened) for opened in combinations(range(problem.candidates), count)]
    return min(values) if problem.objective == "p_median" else max(values)
