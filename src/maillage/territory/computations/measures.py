"""A measure: one figure that any set of communes has, from columns of the atlas, by one open formula.

Every measure is a quotient of two sums over communes, `scale · Σ numerator / Σ denominator + offset`, so
that a territory, a département and France are computed by the same code, and a commune is a set of one.
Counts of residents under secrecy (`reference`) only enter through `rules.secrecy`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from django.utils.functional import Promise
from numpy.typing import NDArray

from maillage.kernel.sourced_rules import rule
from maillage.territory.computations.comparisons import Members, population
from maillage.territory.computations.memo import Memo
from maillage.territory.rules import secrecy

if TYPE_CHECKING:
    from maillage.territory.atlas import Atlas

Values = NDArray[np.float64]
Terms = tuple[tuple[float | str, str], ...]
"""Coefficients and columns; a coefficient that is a text is the key of the sourced rule that gives it."""
THRESHOLD_RULE = "territory.secrecy.threshold"


def plus(*columns: str) -> Terms:
    """Return the sum of columns."""
    return tuple((1.0, column) for column in columns)


@dataclass(frozen=True, slots=True)
class Measure:
    """What to compute, and how to say it.

    `weight` is a column that multiplies the numerator and stands as the denominator (a weighted mean).
    `reference` are the terms of the population that a count under secrecy belongs to.
    `high_is_worse` is None where neither end is better.
    """

    key: str
    label: str | Promise
    formula: str | Promise
    numerator: Terms
    denominator: Terms = ()
    weight: str = ""
    reference: Terms = ()
    scale: float = 1.0
    offset: float = 0.0
    unit: str | Promise = ""
    decimals: int = 0
    note: str | Promise = ""
    high_is_worse: bool | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns used, without repetition, the numerator's first."""
        names = [name for _, name in (*self.numerator, *self.denominator)] + [self.weight] * bool(self.weight)
        return tuple(dict.fromkeys(names))

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the keys of the sourced rules used."""
        terms = (*self.numerator, *self.denominator)
        keys = [coefficient for coefficient, _ in terms if isinstance(coefficient, str)]
        return tuple(dict.fromkeys([*keys, *[THRESHOLD_RULE] * bool(self.reference)]))

    @property
    def has_estimated_terms(self) -> bool:
        """Whether a sourced rule stands for a number that nobody counted."""
        return any(isinstance(coefficient, str) for coefficient, _ in (*self.numerator, *self.denominator))

    @property
    def is_share(self) -> bool:
        """Whether the value is a share from 0 to 1, written as a percentage."""
        return self.unit == "%"


@dataclass(frozen=True, slots=True)
class Parts:
    """A measure before division, for every commune: bounds of the numerator, and the denominator.

    `low` and `high` differ only in cells under secrecy; all three are zero where `missing`.
    """

    low: Values
    high: Values
    base: Values
    suppressed: NDArray[np.bool_]
    missing: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reading:
    """A measure over some communes; `value` is None where nothing is known or too little may be published.

    `low` and `high` bound the value, they differ where `masked` communes are under secrecy.
    `completeness` is the share of the area's population that lives in communes with data.
    """

    value: float | None
    low: float | None
    high: float | None
    completeness: float | None
    masked: int
    missing: int
    suppressed: bool


_parts: Memo[Parts] = Memo(256)


def parts(atlas: Atlas, measure: Measure) -> Parts:
    """Return the national arrays of `measure`, kept in the process."""
    return _parts.get((atlas.fingerprint, measure.key), lambda: _compute_parts(atlas, measure))


def read(atlas: Atlas, measure: Measure, members: Members) -> Reading:
    """Return `measure` over the communes `members`."""
    cells = parts(atlas, measure)
    low, high, base = (float(array[members].sum()) for array in (cells.low, cells.high, cells.base))
    missing = int(np.count_nonzero(cells.missing[members]))
    masked = int(np.count_nonzero(cells.low[members] != cells.high[members]))
    people = population(atlas)[members]
    whole = people.sum()
    completeness = float(people[~cells.missing[members]].sum() / whole) if whole else None
    hidden = masked > 0 and low < secrecy_threshold()
    if missing == len(people) or not base:
        return Reading(None, None, None, completeness, masked, missing, suppressed=False)
    if hidden:
        return Reading(None, None, None, completeness, masked, missing, suppressed=True)
    total = 1.0 if not measure.denominator and not measure.weight else base
    lowest, middle, highest = (
        measure.scale * amount / total + measure.offset for amount in (low, (low + high) / 2, high)
    )
    return Reading(middle, lowest, highest, completeness, masked, missing, suppressed=False)


def per_commune(atlas: Atlas, measure: Measure) -> tuple[Values, NDArray[np.bool_]]:
    """Return the publishable value of each commune (NaN where none) and which ones are under secrecy."""
    cells = parts(atlas, measure)
    total = np.ones_like(cells.base) if not measure.denominator and not measure.weight else cells.base
    shown = ~cells.missing & ~cells.suppressed & (total > 0)
    values = np.full(len(total), np.nan)
    middle = (cells.low + cells.high) / 2
    values[shown] = measure.scale * middle[shown] / total[shown] + measure.offset
    return values, cells.suppressed


def by_group(atlas: Atlas, measure: Measure, group: NDArray[np.intp], groups: int) -> Values:
    """Return `measure` over each of `groups` sets of communes; `group` is that of each commune, -1: none.

    NaN where nothing is known or too little may be published.
    """
    cells = parts(atlas, measure)
    inside = group >= 0
    low, high, base = (
        np.bincount(group[inside], weights=array[inside], minlength=groups)
        for array in (cells.low, cells.high, cells.base)
    )
    total = np.ones(groups) if not measure.denominator and not measure.weight else base
    shown = (base > 0) & ((low == high) | (low >= secrecy_threshold()))
    values = np.full(groups, np.nan)
    values[shown] = measure.scale * (low + high)[shown] / 2 / total[shown] + measure.offset
    return values


def _compute_parts(atlas: Atlas, measure: Measure) -> Parts:
    if measure.reference:
        protected = _protected(atlas, measure)
        low, high, suppressed = protected.low, protected.high, protected.suppressed
    else:
        low = high = _sum(atlas, measure.numerator)
        suppressed = np.zeros(len(low), dtype=bool)
    if measure.weight:
        base = _column(atlas, measure.weight)
        weighted = low * base
        low, high = weighted, weighted if high is low else high * base
    elif measure.denominator:
        base = _sum(atlas, measure.denominator)
    else:
        base = np.broadcast_to(np.float64(1.0), low.shape)
    missing = np.isnan(low) | np.isnan(high) | np.isnan(base)
    if missing.any():
        # A hundred measures are kept: the same array once, and none that the atlas has on file.
        known = np.where(missing, 0.0, low)
        low, high = known, known if high is low else np.where(missing, 0.0, high)
        base = np.where(missing, 0.0, base)
    return Parts(low, high, base, suppressed & ~missing, missing)


def _protected(atlas: Atlas, measure: Measure) -> secrecy.Protected:
    whole = _sum(atlas, measure.reference)
    counts: Sequence[secrecy.Protected] = [
        secrecy.protect(_column(atlas, name), whole, secrecy_threshold()) for _, name in measure.numerator
    ]
    return counts[0] if len(counts) == 1 else secrecy.add(*counts)


def _sum(atlas: Atlas, terms: Terms) -> Values:
    return reduce(np.add, [_scaled(atlas, _coefficient(coefficient), name) for coefficient, name in terms])


def _scaled(atlas: Atlas, coefficient: float, name: str) -> Values:
    """Return a column times a number: the column itself, as the atlas has it on file, where that is 1."""
    column = _column(atlas, name)
    return column if coefficient == 1 else coefficient * column


def _coefficient(coefficient: float | str) -> float:
    return float(rule(coefficient).value) if isinstance(coefficient, str) else coefficient


def secrecy_threshold() -> int:
    """Return the count under which residents are not published, from the rule in force."""
    return int(rule(THRESHOLD_RULE).value)


def _column(atlas: Atlas, name: str) -> Values:
    """Return a column as floats; a pack without it has it missing everywhere."""
    try:
        return np.asarray(atlas.column(name), dtype=np.float64)
    except KeyError:
        return np.full(len(atlas), np.nan)
