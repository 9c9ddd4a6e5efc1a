"""What an indicator says of a territory over a period, from its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from maillage.indicators.computations.catalogue import Indicator
from maillage.indicators.computations.catalogue.definition import Tables
from maillage.indicators.computations.cubes import asked_for, cube_of, frame, on_duckdb, read
from maillage.indicators.computations.values import Result, result_of
from maillage.indicators.queries.live import live_rows
from maillage.indicators.rules.periods import Period
from maillage.kernel.models import Scope

LIVE = "live"
#: How many rows a page lists.
LISTED = 200


@dataclass(frozen=True, slots=True)
class CountedRow:
    """One row behind a figure, without the name of anybody: `person` is the key of a patient of Maillage."""

    row: str
    person: str | None
    commune: str | None
    part: str | None
    day: date | None
    value: float | None
    numerator: int
    is_missing: bool
    is_excluded: bool


@contextmanager
def opened(scope: Scope, names: Iterable[str], period: Period, today: date) -> Iterator[Tables]:
    """Open the tables named, as they stand now, for computing on them."""
    rows = live_rows(scope, names, period, today)
    with on_duckdb({name: frame(name, found) for name, found in rows.items()}) as tables:
        yield tables


def results(indicators: Iterable[Indicator], scope: Scope, period: Period, today: date) -> dict[str, Result]:
    """Return what indicators say, by key; each table is read once."""
    asked = list(indicators)
    names = sorted({name for one in asked for name in one.needs})
    with opened(scope, names, period, today) as tables:
        return {
            one.key: result_of(cube_of(one, tables, asked_for(one, period, today), period)) for one in asked
        }


def result(indicator: Indicator, scope: Scope, period: Period, today: date) -> Result:
    """Return what one indicator says."""
    return results([indicator], scope, period, today)[indicator.key]


def rows_of(
    indicator: Indicator, scope: Scope, period: Period, today: date, limit: int = LISTED
) -> tuple[list[CountedRow], int]:
    """Return the rows counted, those that count against the figure first, and how many there are."""
    with opened(scope, indicator.needs, period, today) as tables:
        rows = indicator.rows(tables, asked_for(indicator, period, today))
        rows = rows.drop("birth_year", "sex")
        total = int(read(rows.aggregate(total=rows.count()))["total"][0])
        order = [rows.is_excluded, rows.is_missing, rows.numerator, rows.day.desc(), rows.row]
        found = read(rows.order_by(order).limit(limit))
    return [CountedRow(**row) for row in found.iter_rows(named=True)], total
