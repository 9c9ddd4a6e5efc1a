"""One definition on one engine gives a cube: counts by month, commune, age, sex, part and value.

All figures, charts and comparisons of an indicator are sums of its cube, so that none can disagree with
another. The engine is DuckDB, or Spark where the data outgrow the machine: the expression is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from maillage.indicators.computations.catalogue.definition import (
    STANDARD,
    Asked,
    Expression,
    Indicator,
    Tables,
)
from maillage.indicators.rules.periods import Period
from maillage.indicators.rules.schema import TABLES, Kind
from maillage.indicators.rules.vocabulary import Measure
from maillage.kernel.sourced_rules import rule

if TYPE_CHECKING:
    import polars as pl

COMPLETENESS = "indicators.completeness.least"
SECRECY = "indicators.secrecy.least"
#: What a cube is told by, then whether the day was one of crisis, then what it counts.
KEYS = ("month", "commune", "band", "sex", "part", "value")
CRISIS = "crisis"
COUNTS = ("rows", "numerator", "denominator", "missing", "excluded")


#: Questions already written in SQL, and how many are kept: writing one takes longer than its answer.
_WRITTEN: dict[tuple[Any, ...], str] = {}
_KEPT = 512


class DuckTables(dict[str, Any]):
    """Tables of one DuckDB, which answers SQL too."""

    def __init__(self, connection: Any, names: Iterable[str]) -> None:
        super().__init__({name: connection.table(name) for name in names})
        self.connection = connection

    def answer(self, sql: str) -> pl.DataFrame:
        """Return what a question written in SQL gives."""
        import polars as pl

        found = pl.from_arrow(self.connection.con.execute(sql).to_arrow_table())
        assert isinstance(found, pl.DataFrame)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """The counts of an indicator over a period; `digest` changes with any counted row.

    Not with the days of crisis: a cell opened or closed changes no row.
    """

    indicator: Indicator
    period: Period
    cells: pl.DataFrame
    digest: str
    crisis: tuple[date, ...] = ()


def asked_for(indicator: Indicator, period: Period, today: date, crisis: Iterable[date] = ()) -> Asked:
    """Return what a definition is asked: the days, those of crisis, and its rules as they hold today.

    Those of today for every period: one value is compared with another under one definition.
    """
    keys = {*indicator.rules, STANDARD}
    rules = {key: rule(key, on=today).value for key in sorted(keys)}
    return Asked(period.start, period.end, rules, tuple(sorted(crisis)))


def cube_of(indicator: Indicator, tables: Tables, asked: Asked, period: Period) -> Cube:
    """Compute the cube of an indicator on the tables of an engine."""
    import polars as pl  # here only, as in every module that a server process may never need

    cells = told(_cells(indicator, indicator.rows, tables, asked))
    if indicator.exposed is not None:
        # Events are counted in their own right; people exposed are what they are divided by.
        exposed = told(_cells(indicator, indicator.exposed, tables, asked))
        cells = cells.with_columns(denominator=pl.lit(0, pl.Int64))
        cells = pl.concat([cells, exposed.with_columns(numerator=pl.lit(0, pl.Int64))])
    # Rows that do not count may differ by what is not told of them: joined, then in one order.
    cells = cells.group_by(*KEYS, CRISIS).agg(pl.col(*COUNTS).sum()).sort(*KEYS, CRISIS)
    counted = cells.group_by(KEYS).agg(pl.col(*COUNTS).sum()).sort(KEYS)
    lines = "\n".join("|".join(map(str, row)) for row in counted.rows())
    return Cube(indicator, period, cells, hashlib.sha256(lines.encode()).hexdigest(), asked.crisis)


def _cells(
    indicator: Indicator, rows: Callable[[Tables, Asked], Expression], tables: Tables, asked: Asked
) -> pl.DataFrame:
    """Compute counted rows summed; on DuckDB the same question is written in SQL once a process."""
    if not isinstance(tables, DuckTables):
        return read(summed(indicator, rows(tables, asked), asked.crisis))
    shape = tuple((name, str(tables[name].schema())) for name in indicator.needs)
    asking = (
        indicator.key,
        indicator.version,
        rows.__qualname__,
        asked.start,
        asked.end,
        asked.crisis,
        str(asked.rules),
        shape,
    )
    sql = _WRITTEN.get(asking)
    if sql is None:
        sql = str(tables.connection.compile(summed(indicator, rows(tables, asked), asked.crisis)))
        if len(_WRITTEN) >= _KEPT:
            _WRITTEN.clear()
        _WRITTEN[asking] = sql
    return tables.answer(sql)


def summed(indicator: Indicator, rows: Expression, crisis: Sequence[date] = ()) -> Expression:
    """Return counted rows summed by what the figures need, as an expression of the same engine.

    What may be done once the rows are few is left to `told`: the engine goes through millions of them.
    """
    counts = ~rows.is_excluded & ~rows.is_missing
    # A middle of values is told by month and part alone: its cells are as many as its values.
    is_median = indicator.measure is Measure.MEDIAN
    keys = {} if is_median else {name: rows[name] for name in ("commune", "band", "sex")}
    keys["month"] = rows.day.year().cast("int64") * 12 + rows.day.month().cast("int64") - 1
    if indicator.part:
        keys["part"] = rows.part
    if is_median:
        keys["value"] = rows.value
    if crisis:
        keys[CRISIS] = rows.day.isin(list(crisis)).fill_null(False).cast("int64")
    return rows.group_by(**keys).agg(
        rows=rows.count().cast("int64"),
        numerator=rows.numerator.sum(where=counts).cast("int64"),
        denominator=counts.sum().cast("int64"),
        missing=(rows.is_missing & ~rows.is_excluded).sum().cast("int64"),
        excluded=rows.is_excluded.sum().cast("int64"),
    )


def told(cells: pl.DataFrame) -> pl.DataFrame:
    """Return a cube as every indicator has it: all its keys, none of them null but the value."""
    import polars as pl

    text, unknown = pl.lit("", pl.String), pl.lit(None, pl.Float64)
    absent = {
        "commune": text, "band": pl.lit(-1, pl.Int64), "sex": text, "part": text, "value": unknown,
        CRISIS: pl.lit(0, pl.Int64),
    }  # fmt: skip
    cells = cells.with_columns(**{name: one for name, one in absent.items() if name not in cells.columns})
    return cells.select(
        pl.col("month").fill_null(0).cast(pl.Int64),
        *(pl.col(name).fill_null("") for name in ("commune",)),
        pl.col("band").cast(pl.Int64),
        *(pl.col(name).fill_null("") for name in ("sex", "part")),
        # A row that does not count has no value to speak of.
        pl.when(pl.col("denominator") > 0).then(pl.col("value")).alias("value"),
        pl.col(CRISIS).fill_null(0).cast(pl.Int64),
        *(pl.col(name).fill_null(0).cast(pl.Int64) for name in COUNTS),
    )


def read(expression: Expression) -> pl.DataFrame:
    """Compute an expression on its engine."""
    import polars as pl

    found = pl.from_arrow(expression.to_pyarrow())
    assert isinstance(found, pl.DataFrame)
    return found.with_columns(
        [pl.col(name).cast(pl.String) for name, kind in found.schema.items() if kind == pl.Categorical]
    )


def frame(name: str, rows: Any) -> pl.DataFrame:
    """Return rows (in the order of the columns of `rules.schema`) as a table; a key is a number."""
    import polars as pl

    kinds: dict[Kind, Any] = {
        Kind.KEY: pl.Int64, Kind.TEXT: pl.String, Kind.INTEGER: pl.Int64, Kind.FLAG: pl.Boolean,
        Kind.DATE: pl.Date, Kind.INSTANT: pl.Int64,
    }  # fmt: skip
    schema = {column.name: kinds[column.kind] for column in TABLES[name].columns}
    return pl.DataFrame(rows, schema=schema, orient="row")


@contextmanager
def on_duckdb(
    frames: Mapping[str, pl.DataFrame] | None = None, views: Mapping[str, str] | None = None, **settings: Any
) -> Iterator[Tables]:
    """Open tables held in memory and files (`views`: the query that reads each) on a DuckDB of their own."""
    import ibis  # here only: a second of loading that few requests of a server process need

    connection = ibis.duckdb.connect(**settings)
    try:
        for name, one in (frames or {}).items():
            connection.con.register(name, one.to_arrow())
        for name, query in (views or {}).items():
            connection.raw_sql(f"CREATE VIEW {name} AS {query}")
        names = [*(frames or {}), *(views or {})]
        yield DuckTables(connection, names)
    finally:
        connection.disconnect()


@contextmanager
def on_spark(session: Any, files: Mapping[str, str]) -> Iterator[Tables]:
    """Open Parquet files (or folders of them), by table, on a Spark session that its caller starts and stops.

    Its time zone must be universal time.
    """
    import ibis

    connection = ibis.pyspark.connect(session)
    yield {name: connection.read_parquet(path, table_name=name) for name, path in files.items()}


def is_share(indicator: Indicator) -> bool:
    """Return whether its numerator is a part of its denominator."""
    return indicator.measure is Measure.SHARE
