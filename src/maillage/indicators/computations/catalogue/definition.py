"""What a definition is, and the columns that every definition gives its counted rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise

from maillage.indicators.rules.vocabulary import Better, Family, Measure, Unit

#: Tables and expressions of Ibis, which has no types of its own that a checker could follow.
Tables = Mapping[str, Any]
Expression = Any

STANDARD = "indicators.standard.population"
#: What each counted row says, whatever the indicator.
COUNTED = (
    "row", "person", "commune", "band", "sex", "part", "day", "value", "numerator", "is_missing",
    "is_excluded",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """For which days (`end` not included), which of them were of crisis, what the sourced rules say today."""

    start: date
    end: date
    rules: Mapping[str, Any]
    crisis: tuple[date, ...] = ()

    @property
    def year(self) -> int:
        """The year of the last day, from which ages are counted."""
        return self.end.year if (self.end.month, self.end.day) != (1, 1) else self.end.year - 1


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its words, and the one expression from which all its figures are computed.

    `rows(tables, asked)` gives the counted rows (`COUNTED`): one for each thing that may be in the
    denominator, with what it adds to the numerator; for a rate, one for each event. `exposed(tables, asked)`
    gives a rate its people. `needs` are tables of `rules.schema`; `is_live`: Maillage has all of them.
    `part` names what else a row is told by. `about_people`: small counts of it are not shown. `least` is the
    rule under whose count of rows no value is given, with its key inside the value.
    """

    key: str
    family: Family
    label: str | Promise
    definition: str | Promise
    formula: str | Promise
    numerator: str | Promise
    denominator: str | Promise
    exclusions: tuple[str | Promise, ...]
    measure: Measure
    unit: Unit
    better: Better
    needs: tuple[str, ...]
    is_live: bool
    rows: Callable[[Tables, Asked], Expression]
    owner: str | Promise
    version: str
    exposed: Callable[[Tables, Asked], Expression] | None = None
    rules: tuple[str, ...] = ()
    part: str | Promise = ""
    about_people: bool = True
    is_standardised: bool = False
    least: tuple[str, str] | None = None
    caution: str | Promise = ""


def counted(
    table: Expression,
    *,
    row: Expression,
    day: Expression,
    numerator: Expression,
    person: Expression = None,
    commune: Expression = None,
    band: Expression = None,
    sex: Expression = None,
    part: Expression = None,
    value: Expression = None,
    is_missing: Expression = None,
    is_excluded: Expression = None,
) -> Expression:
    """Return a table as counted rows. What is missing or excluded is in neither count."""
    import ibis

    def text(one: Expression) -> Expression:
        return ibis.null("string") if one is None else one.cast("string")

    false = ibis.literal(False)
    return table.select(
        row=text(row),
        person=text(person),
        commune=text(commune),
        band=ibis.literal(-1, "int64") if band is None else band.fill_null(-1),
        sex=text(sex),
        part=text(part),
        day=day,
        value=ibis.null("float64") if value is None else value.cast("float64"),
        numerator=numerator.cast("int64"),
        is_missing=false if is_missing is None else is_missing.fill_null(False),
        is_excluded=false if is_excluded is None else is_excluded.fill_null(False),
    )


def band_of(birth_year: Expression, asked: Asked) -> Expression:
    """Return the first age of the band of the standard population, −1 where nobody knows the year of birth.

    Computed on people, before they are joined to rows that are many more.
    """
    import ibis

    starts = [start for start, _people in asked.rules[STANDARD]]
    age = asked.year - birth_year
    branches = [(age >= start, ibis.literal(start, "int64")) for start in reversed(starts)]
    return ibis.cases(*branches, else_=ibis.literal(-1, "int64"))


def within(day: Expression, asked: Asked) -> Expression:
    """Return the condition « of the days asked for »."""
    import ibis

    return (day >= ibis.literal(asked.start, "date")) & (day < ibis.literal(asked.end, "date"))
