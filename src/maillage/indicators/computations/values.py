"""A cube to values: the figure with its interval, by month, by commune, by part, standardised, its slope."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from maillage.engines import indicators as engine
from maillage.indicators.computations.catalogue.definition import STANDARD, Indicator
from maillage.indicators.computations.cubes import COMPLETENESS, CRISIS, SECRECY, Cube
from maillage.indicators.rules.changes import Reading
from maillage.indicators.rules.secrecy import is_secret, is_small
from maillage.indicators.rules.vocabulary import SCALES, Flaw, Measure
from maillage.kernel.sourced_rules import rule

if TYPE_CHECKING:
    import polars as pl

#: The draws of an interval are always the same for the same values.
SEED = 20261130
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its 95 % interval and what it was made of; `value` is NaN where none can be given.

    `is_secret`: about so few people that it is not shown where rows may not be read.
    """

    value: float
    low: float
    high: float
    numerator: int
    denominator: int
    missing: int = 0
    excluded: int = 0
    is_secret: bool = False

    @property
    def is_known(self) -> bool:
        """Whether there is a value."""
        return not math.isnan(self.value)

    @property
    def completeness(self) -> float | None:
        """The share of the rows that could be counted; None without any row."""
        total = self.denominator + self.missing
        return self.denominator / total if total else None


@dataclass(frozen=True)
class Result:
    """All that a cube says. `months`, `communes` and `parts` are values by their key, in order.

    What is asked of it is computed then: a catalogue asks for little.
    """

    indicator: Indicator
    cube: Cube
    whole: Value
    months: dict[int, Value]
    flaws: tuple[Flaw, ...]

    @cached_property
    def communes(self) -> dict[str, Value]:
        """Values by commune of residence; none for a middle of values."""
        return _by(self.indicator, self.cube.cells, "commune")

    @cached_property
    def parts(self) -> dict[str, Value]:
        """Values by what else tells the rows."""
        return _by(self.indicator, self.cube.cells, "part")

    @cached_property
    def apart(self) -> tuple[Value, Value] | None:
        """The value without the days of crisis, then theirs; None where no row, or every row, is of one."""
        import polars as pl

        aside = self.cube.cells.filter(pl.col(CRISIS) == 1)
        if not 0 < int(aside["rows"].sum() or 0) < int(self.cube.cells["rows"].sum() or 0):
            return None
        others = self.cube.cells.filter(pl.col(CRISIS) == 0)
        return _value(self.indicator, others), _value(self.indicator, aside)

    @cached_property
    def ninth(self) -> float | None:
        """Under which nine values in ten are, for a middle of values."""
        if self.indicator.measure is not Measure.MEDIAN or not self.whole.is_known:
            return None
        return engine.quantile(_values(self.cube.cells), 0.9, seed=SEED).value

    @cached_property
    def standardised(self) -> engine.Estimate | None:
        """The rate that the standard population would have, None where it cannot be told."""
        return _standardised(self.indicator, self.cube.cells)

    @property
    def reading(self) -> Reading:
        """What is kept when it is published."""
        whole = self.whole
        return Reading(
            whole.value if whole.is_known else None,
            whole.numerator,
            whole.denominator,
            int(self.cube.cells["rows"].sum() or 0),
            self.cube.digest,
            self.indicator.version,
        )


def result_of(cube: Cube) -> Result:
    """Compute every figure of a cube."""
    import polars as pl

    one, cells = cube.indicator, cube.cells
    whole = _value(one, cells)
    exposed = int(cells["denominator"].sum() or 0)
    months = {}
    dated = cells.filter(pl.col("month") > 0)
    if one.measure is Measure.RATE or dated.height:
        by_month = {int(key[0]): part for key, part in dated.partition_by("month", as_dict=True).items()}
        empty = cells.clear()
        months = {
            month: _value(one, by_month.get(month, empty), exposed=exposed if one.exposed else None)
            for month in cube.period
        }
    return Result(one, cube, whole, months, flaws_of(one, whole))


def flaws_of(one: Indicator, whole: Value) -> tuple[Flaw, ...]:
    """Return why no value is given, or why it is given with a reserve."""
    found = []
    if whole.denominator + whole.missing + whole.excluded + whole.numerator == 0:
        found.append(Flaw.NO_ROWS)
    elif whole.denominator == 0:
        found.append(Flaw.NOTHING_TO_DIVIDE)
    elif one.measure is Measure.SHARE and whole.numerator > whole.denominator:
        found.append(Flaw.TOO_MANY)
    elif not whole.is_known:
        found.append(Flaw.TOO_FEW)
    share = whole.completeness
    if share is not None and share < rule(COMPLETENESS).value:
        found.append(Flaw.FEW_KNOWN)
    return tuple(found)


def hidden_keys(one: Indicator, values: dict[str, Value]) -> set[str]:
    """Return which of a group of values are not shown, so that none is given back by the total."""
    if not one.about_people or not values:
        return set()
    least = rule(SECRECY).value
    keys = list(values)
    hidden = np.zeros(len(keys), np.bool_)
    for counts in (
        [values[key].numerator for key in keys],
        [values[key].denominator for key in keys],
        *(
            [[values[key].denominator - values[key].numerator for key in keys]]
            * (one.measure is Measure.SHARE)
        ),
    ):
        hidden |= engine.hidden(np.maximum(counts, 0), least=least)
    return {key for key, hide in zip(keys, hidden, strict=True) if hide}


def _by(one: Indicator, cells: pl.DataFrame, key: str) -> dict[str, Value]:
    """Return the values by the known texts of a column, in their order."""
    import polars as pl

    known = cells.filter(pl.col(key) != "")
    parts = {str(name[0]): part for name, part in known.partition_by(key, as_dict=True).items()}
    exposed = None
    if one.exposed is not None and key == "part":
        exposed = int(cells["denominator"].sum() or 0)
    return {name: _value(one, parts[name], exposed=exposed) for name in sorted(parts)}


def _value(one: Indicator, cells: pl.DataFrame, *, exposed: int | None = None) -> Value:
    """Return the value of some cells; `exposed`: people who are not told by what parts the cells."""
    numerator, denominator, missing, excluded = (
        int(cells[name].sum() or 0) for name in ("numerator", "denominator", "missing", "excluded")
    )
    denominator = denominator if exposed is None else exposed
    value = low = high = NAN
    if one.measure is Measure.MEDIAN:
        value, low, high = engine.quantile(_values(cells), 0.5, seed=SEED)
    elif denominator and one.measure is Measure.RATE:
        value, low, high = (float(part) for part in engine.rate(numerator, denominator, per=SCALES[one.unit]))
    elif 0 <= numerator <= denominator and denominator:
        value, low, high = (float(part) for part in engine.proportion(numerator, denominator))
    if one.least is not None and denominator < rule(one.least[0]).value[one.least[1]]:
        value = low = high = NAN
    least = rule(SECRECY).value
    secret = one.about_people and (
        is_small(denominator, least)
        if one.measure is Measure.MEDIAN
        else is_secret(numerator, denominator, least, is_share=one.measure is Measure.SHARE)
    )
    return Value(value, low, high, numerator, denominator, missing, excluded, secret)


def _values(cells: pl.DataFrame) -> np.ndarray:
    """Return each value as many times as it was counted."""
    import polars as pl

    known = cells.filter(pl.col("value").is_not_null() & (pl.col("denominator") > 0))
    return np.repeat(known["value"].to_numpy(), known["denominator"].to_numpy())


def _standardised(one: Indicator, cells: pl.DataFrame) -> engine.Estimate | None:
    """Return the rate that the standard population would have, None where a stratum of it has nobody here."""
    import polars as pl

    if not one.is_standardised:
        return None
    adult = 0
    strata = []
    for start, people in rule(STANDARD).value:
        for sex in ("F", "M"):
            here = cells.filter((pl.col("band") == start) & (pl.col("sex") == sex))
            strata.append(
                (int(here["numerator"].sum() or 0), int(here["denominator"].sum() or 0), people / 2, start)
            )
    # Ages that the definition leaves out are left out of the standard.
    counted = [start for _events, exposed, _people, start in strata if exposed]
    adult = min(counted, default=0)
    used = [one for one in strata if one[3] >= adult]
    try:
        return engine.standardised_rate(
            [stratum[0] for stratum in used],
            [stratum[1] for stratum in used],
            [stratum[2] for stratum in used],
            per=SCALES[one.unit],
        )
    except ValueError:
        return None
