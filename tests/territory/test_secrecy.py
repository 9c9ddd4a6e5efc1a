"""Small counts stay secret, subtraction included."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.territory.rules.secrecy import Protected, add, protect, total

THRESHOLD = 11


def arrays(*rows: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    counts, populations = zip(*rows, strict=True)
    return np.array(counts, float), np.array(populations, float)


def literal_cell(count: float, population: float, threshold: int) -> tuple[str, float, float]:
    """The rule of the module, written for one cell as one would say it aloud."""
    if np.isnan(count) or np.isnan(population) or count > population:
        return "missing", np.nan, np.nan
    if population == 0:
        return "published", 0, 0
    if population < 2 * threshold:
        return "suppressed", 0, population
    if count < threshold:
        return "suppressed", 0, threshold - 1
    if population - count < threshold:
        return "suppressed", population - threshold + 1, population
    return "published", count, count


def exactly_derivable(equations: list[list[int]], unknowns: list[int]) -> set[int]:
    """Return which unknowns the linear `equations` (rows of 0/1 over all cells) determine.

    A cell is determined when its unit row lies in the span of the equations: the rank does not grow.
    """
    size = max((len(row) for row in equations), default=0)
    return {
        cell
        for cell in unknowns
        if rank([*equations, [int(i == cell) for i in range(size)]]) == rank(equations)
    }


def rank(rows: list[list[int]]) -> int:
    matrix, found = [[Fraction(x) for x in row] for row in rows], 0
    for column in range(len(matrix[0]) if matrix else 0):
        pivot = next((i for i in range(found, len(matrix)) if matrix[i][column]), None)
        if pivot is None:
            continue
        matrix[found], matrix[pivot] = matrix[pivot], matrix[found]
        for i in range(found + 1, len(matrix)):
            factor = matrix[i][column] / matrix[found][column]
            matrix[i] = [a - factor * b for a, b in zip(matrix[i], matrix[found], strict=True)]
        found += 1
    return found


one_cell = st.integers(0, 80).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
cells = st.lists(one_cell, min_size=1, max_size=9)
perimeters = st.lists(st.sets(st.integers(0, 8)), min_size=1, max_size=12)


def test_what_is_published_and_what_is_not() -> None:
    rows = ((11, 30), (10, 30), (0, 30), (20, 30), (0, 0), (12, 21), (np.nan, 30), (31, 30))
    protected = protect(*arrays(*rows), THRESHOLD)
    assert protected.suppressed.tolist() == [False, True, True, True, False, True, False, False]
    assert protected.missing.tolist() == [False] * 6 + [True, True]
    assert protected.published[[0, 4]].tolist() == [11, 0]
    assert protected.low[1:4].tolist() == [0, 0, 20]
    assert protected.high[1:4].tolist() == [10, 10, 30]


def test_a_total_gives_its_bounds_and_hides_when_too_little_is_known() -> None:
    protected = protect(*arrays((40, 100), (3, 50), (0, 60), (np.nan, 10)), THRESHOLD)
    whole = total(protected, slice(None), THRESHOLD)
    assert (whole.low, whole.middle, whole.high) == (40, 50, 60)
    assert (whole.masked_cells, whole.missing_cells, whole.suppressed) == (2, 1, False)
    assert total(protected, np.array([1, 2]), THRESHOLD).suppressed


def test_disjoint_counts_add_up_without_revealing_the_small_one() -> None:
    first = protect(*arrays((40, 200), (2, 200), (50, 200)), THRESHOLD)
    second = protect(*arrays((4, 200), (3, 200), (30, 200)), THRESHOLD)
    both = add(first, second)
    assert both.published.tolist()[::2] == [45, 80]
    assert both.suppressed.tolist() == [False, True, False]


def test_refuses_a_meaningless_threshold_and_shapes_that_differ() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        protect(*arrays((1, 2)), 0)
    with pytest.raises(ValueError, match="populations"):
        protect(np.zeros(2), np.zeros(3), 11)


@given(cells)
def test_equals_the_literal_rule(rows: list[tuple[int, int]]) -> None:
    protected = protect(*arrays(*rows), THRESHOLD)
    for i, row in enumerate(rows):
        state, low, high = literal_cell(*row, THRESHOLD)
        found = (bool(protected.suppressed[i]), protected.low[i], protected.high[i])
        assert found == (state == "suppressed", low, high)


@given(cells)
def test_the_truth_lies_inside_the_bounds_and_is_never_their_only_value(rows: list[tuple[int, int]]) -> None:
    counts, populations = arrays(*rows)
    protected = protect(counts, populations, THRESHOLD)
    assert np.all((protected.low <= counts) & (counts <= protected.high))
    assert np.all(protected.high[protected.suppressed] > protected.low[protected.suppressed])


@given(cells, perimeters, st.randoms(use_true_random=False))
def test_nothing_published_depends_on_a_suppressed_count(rows, perimeter_sets, random) -> None:
    """Non-interference: any other value a suppressed cell might have gives the same cells and totals."""
    counts, populations = arrays(*rows)
    protected = protect(counts, populations, THRESHOLD)
    other = counts.copy()
    for i in np.flatnonzero(protected.suppressed):
        other[i] = random.randint(int(protected.low[i]), int(protected.high[i]))
    again = protect(other, populations, THRESHOLD)
    assert_same(protected, again)
    for perimeter in perimeter_sets:
        members = np.array(sorted(i for i in perimeter if i < len(rows)), dtype=np.intp)
        assert total(protected, members, THRESHOLD) == total(again, members, THRESHOLD)


@given(cells, perimeters)
def test_linear_algebra_on_the_exact_margins_recovers_no_suppressed_cell(rows, perimeter_sets) -> None:
    """Published cells and exact totals (low = high) are equations on the counts; none pins a hidden one."""
    protected = protect(*arrays(*rows), THRESHOLD)
    hidden = np.flatnonzero(protected.suppressed).tolist()
    equations = [[int(i == j) for j in range(len(rows))] for i in range(len(rows)) if i not in hidden]
    for perimeter in perimeter_sets:
        members = np.array(sorted(i for i in perimeter if i < len(rows)), dtype=np.intp)
        margin = total(protected, members, THRESHOLD)
        if margin.low == margin.high:
            equations.append([int(i in members) for i in range(len(rows))])
    assert exactly_derivable(equations or [[0] * len(rows)], hidden) == set()


def test_the_attack_itself_works_on_naive_totals() -> None:
    """The attacker of the property is not blind: a plain total and all cells but one give the last one."""
    assert exactly_derivable([[1, 0, 0], [0, 1, 0], [1, 1, 1]], [2]) == {2}
    nested = [[int(j <= i) for j in range(4)] for i in range(4)]
    assert [exactly_derivable(nested[:2], [0, 1]), exactly_derivable(nested[1:3], [2])] == [{0, 1}, {2}]
    assert all(len(a) == len(b) for a, b in pairwise(nested))


def assert_same(one: Protected, two: Protected) -> None:
    for name in ("low", "high", "suppressed", "missing"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
