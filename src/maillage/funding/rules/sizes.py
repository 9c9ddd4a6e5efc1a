"""The size of a CPTS, by its population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """A size from 1; `is_on_a_bound`: the population is exactly that from which it begins, which no text
    decides.
    """

    number: int
    is_on_a_bound: bool


def size_of(population: int, bounds: Sequence[int]) -> Size:
    """Return the size of a population, `bounds` being that from which each size begins, in order."""
    number = sum(population >= bound for bound in bounds)
    return Size(max(1, number), population > 0 and population in bounds)
