"""The statistics written as literally as they read; slow on purpose, the judge of the fast ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction


def wilson(numerator: int, denominator: int, z: float) -> tuple[float, float]:
    """The two p for which |numerator/denominator − p| = z·√(p·(1 − p)/denominator), by bisection."""
    observed = numerator / denominator

    def beyond(p: float) -> bool:
        return abs(observed - p) > z * math.sqrt(p * (1 - p) / denominator)

    def between(inside: float, outside: float) -> float:
        for _step in range(200):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if beyond(middle) else (middle, outside)
        return inside

    return (between(observed, 0.0) if numerator else 0.0), (
        between(observed, 1.0) if numerator < denominator else 1.0
    )


def poisson(count: int, z: float) -> tuple[float, float]:
    """The bounds of a Poisson count: Byar's from 10, else exact ones."""
    if count < 10:
        tail = math.erfc(z / math.sqrt(2)) / 2

        def under(mean: float, most: int) -> float:
            return sum(math.exp(-mean) * mean**one / math.factorial(one) for one in range(most + 1))

        def crossing(most: int, share: float) -> float:
            low, high = 0.0, 100.0
            for _step in range(200):
                middle = (low + high) / 2
                low, high = (middle, high) if under(middle, most) > share else (low, middle)
            return low

        return (crossing(count - 1, 1 - tail) if count else 0.0), crossing(count, tail)
    low = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
    above = count + 1
    return max(low, 0.0), above * (1 - 1 / (9 * above) + z / (3 * math.sqrt(above))) ** 3


def standardised(counts: Sequence[int], exposed: Sequence[int], standard: Sequence[int]) -> Fraction:
    """What would happen to the standard population at the rates of each stratum, over its size."""
    expected = sum(
        (
            Fraction(events, people) * weight
            for events, people, weight in zip(counts, exposed, standard, strict=True)
        ),
        Fraction(0),
    )
    return expected / sum(standard)


def slope(values: Sequence[float], people: Sequence[int]) -> float:
    """The slope through one point for each person, ranked as the groups are given."""
    total = sum(people)
    points: list[tuple[float, float]] = []
    before = 0
    for value, size in zip(values, people, strict=True):
        points += [((before + size / 2) / total, value)] * size
        before += size
    across = sum(place for place, _value in points) / total
    mean = sum(value for _place, value in points) / total
    return sum((place - across) * (value - mean) for place, value in points) / sum(
        (place - across) ** 2 for place, _value in points
    )


def rows(sides: Sequence[int], least: int) -> list[bool]:
    """For each side (−1 or 1), whether it stands in a row of `least` or more of the same."""
    found = []
    for place, side in enumerate(sides):
        first, last = place, place
        while first > 0 and sides[first - 1] == side:
            first -= 1
        while last + 1 < len(sides) and sides[last + 1] == side:
            last += 1
        found.append(last - first + 1 >= least)
    return found
