"""What an indicator says of a territory over a period, from its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from maillage.crisis.api import crisis_days
from maillage.indicators.computations.catalogue import Indicator
from maillage.indicators.computations.catalogue.definition import Tables
from maillage.indicators.computations.cubes import asked_for, cube_of, frame, on_duckdb, read
from maillage.indicators.computations.values import Result, result_of
from maillage.indicators.models import FileImport
from maillage.indicators.packs.checking import views_of
from maillage.indicators.queries.live import live_rows
from maillage.indicators.rules.files import FolderError, Form
from maillage.indicators.rules.periods import Period
from maillage.kernel.models import Scope

LIVE, FILES = "live", "files"
#: How many rows a page lists.
LISTED = 200
#: Where the rows come from: None is Maillage itself.
Source = FileImport | None


def kind_of(source: Source) -> str:
    """Return what a published value says of its source: imports that follow one another are one."""
    return LIVE if source is None else FILES


class ChangedFilesError(RuntimeError):
    """Files are no longer those that were checked: none is read. `names` are theirs."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


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


def sources_for(indicator: Indicator, imports: Iterable[FileImport]) -> list[Source]:
    """Return where an indicator may be computed from, by default Maillage where it has the rows."""
    found: list[Source] = [None] if indicator.is_live else []
    return [*found, *(one for one in imports if {*indicator.needs} <= {*one.tables})]


@contextmanager
def opened(
    source: Source, scope: Scope, names: Iterable[str], period: Period, today: date
) -> Iterator[Tables]:
    """Open the tables named, as they stand now, for computing on them. Raises ChangedFilesError."""
    wanted = sorted(names)
    if source is None:
        rows = live_rows(scope, wanted, period, today)
        with on_duckdb({name: frame(name, found) for name, found in rows.items()}) as tables:
            yield tables
        return
    changed = source.changed_files
    if changed:
        raise ChangedFilesError(changed)
    try:
        views = views_of(source.path, Form(source.form))
    except FolderError as error:
        raise ChangedFilesError([one.file for one in error.defects]) from None
    with on_duckdb(views={name: views[name] for name in wanted}) as tables:
        yield tables


def results(
    indicators: Iterable[Indicator], scope: Scope, period: Period, today: date, source: Source = None
) -> dict[str, Result]:
    """Return what indicators say, by key; each table is read once. Raises ChangedFilesError."""
    asked = list(indicators)
    names = {name for one in asked for name in one.needs}
    crisis = [one.day for one in crisis_days(scope, period.start, period.last_day)]
    with opened(source, scope, names, period, today) as tables:
        return {
            one.key: result_of(cube_of(one, tables, asked_for(one, period, today, crisis), period))
            for one in asked
        }


def result(indicator: Indicator, scope: Scope, period: Period, today: date, source: Source = None) -> Result:
    """Return what one indicator says. Raises ChangedFilesError."""
    return results([indicator], scope, period, today, source)[indicator.key]


def rows_of(
    indicator: Indicator,
    scope: Scope,
    period: Period,
    today: date,
    source: Source = None,
    limit: int = LISTED,
) -> tuple[list[CountedRow], int]:
    """Return the rows counted, those that count against the figure first, and how many there are."""
    with opened(source, scope, indicator.needs, period, today) as tables:
        rows = indicator.rows(tables, asked_for(indicator, period, today))
        rows = rows.drop("band", "sex")
        total = int(read(rows.aggregate(total=rows.count()))["total"][0])
        order = [rows.is_excluded, rows.is_missing, rows.numerator, rows.day.desc(), rows.row]
        found = read(rows.order_by(order).limit(limit))
    return [CountedRow(**row) for row in found.iter_rows(named=True)], total
