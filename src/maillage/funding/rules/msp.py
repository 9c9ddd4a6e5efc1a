"""The points of an ACI of a multi-professional centre (MSP): each indicator, its cap, what it is worth.

`P` is the list of the physicians who are associates, `n` the number of associated professionals. The amounts
come from sourced rules (`Table`); a declared value is cut down to the cap of its indicator, which the line
says. Without one of the prerequisites, nothing is paid: the points are still shown, and the sum is zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from maillage.kernel.amounts import rounded

#: The values of one indicator by name, as its sourced rule has them.
Values = Mapping[str, Any]
Table = Mapping[str, Values]


class Need(StrEnum):
    """What an indicator is for the payment."""

    PREREQUISITE = "prerequisite"
    BASE = "base"
    OPTIONAL = "optional"


class Shape(StrEnum):
    """How an indicator is declared."""

    YES_NO = "yes_no"
    LEVEL = "level"
    COUNT = "count"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Indicator:
    """How an indicator is declared, the most it counts (0: no cap here), what it is worth in points."""

    code: str
    shape: Shape
    most: int
    worth: Callable[[Fraction, Facts, Values], Fraction]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a centre declares for a year: `P`, `n`, a value by code (1 for yes), those done with an IPA.

    `with_ipa`: of A2S2 the number of protocols; of A1O4 and A2S3, 1 for yes.
    """

    list_size: int
    professionals: int
    declared: Mapping[str, Decimal]
    with_ipa: Mapping[str, int]

    @property
    def lists(self) -> Fraction:
        """The list over the base of 4,000 patients."""
        return Fraction(self.list_size, 4000)


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator: what was declared, what counts of it, its points."""

    code: str
    need: Need
    declared: Decimal
    counted: Fraction
    points: Fraction

    @property
    def is_capped(self) -> bool:
        """Whether the declared value is above the cap."""
        return Fraction(self.declared) > self.counted


@dataclass(frozen=True, slots=True)
class Points:
    """The points of a year: each line, the prerequisites that are missing, the sum and what it is worth in
    cents.
    """

    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    point: int

    @property
    def points(self) -> Fraction:
        """The sum of the lines, whether it is paid or not."""
        return sum((one.points for one in self.lines), Fraction(0))

    @property
    def cents(self) -> int:
        """What is paid: nothing while a prerequisite is missing."""
        return 0 if self.missing else rounded(self.points * self.point)


def _of(table: Values, name: str) -> Fraction:
    return Fraction(table[name])


def _levels(value: Fraction, _facts: Facts, table: Values) -> Fraction:
    return value * _of(table, "each")


def _whole(value: Fraction, _facts: Facts, table: Values) -> Fraction:
    return value * _of(table, "points")


def _by_list(value: Fraction, facts: Facts, table: Values) -> Fraction:
    return value * _of(table, "by_list") * facts.lists


def _missions(value: Fraction, facts: Facts, table: Values) -> Fraction:
    bonus = _of(table, "bonus") if value and (value >= 2 or facts.with_ipa.get("A1O4")) else 0
    return value * _of(table, "by_list") * facts.lists + bonus


def _users(value: Fraction, facts: Facts, table: Values) -> Fraction:
    found = Fraction(table["points"] if value >= 1 else 0)
    return found + (_of(table, "by_list") * facts.lists if value >= 2 else 0)


def _coordination(value: Fraction, facts: Facts, table: Values) -> Fraction:
    first = Fraction(min(facts.list_size, 8000), 4000)
    beyond = Fraction(max(facts.list_size - 8000, 0), 4000)
    return value * (_of(table, "points") + _of(table, "by_list") * first + _of(table, "beyond") * beyond)


def _protocols(value: Fraction, facts: Facts, table: Values) -> Fraction:
    return value * _of(table, "each") + min(value, Fraction(facts.with_ipa.get("A2S2", 0))) * _of(
        table, "ipa"
    )


def _concertation(value: Fraction, facts: Facts, table: Values) -> Fraction:
    bonus = _of(table, "ipa") if value and facts.with_ipa.get("A2S3") else 0
    return Fraction(table["by_list"]) * facts.lists * value / _of(table, "aim") + bonus


def _trainees(value: Fraction, _facts: Facts, table: Values) -> Fraction:
    if value < 2:
        return Fraction(0)
    return Fraction(table["points"]) + (value - 2) * _of(table, "more")


def _quality(value: Fraction, facts: Facts, table: Values) -> Fraction:
    found = Fraction(table["points"] if value >= 1 else 0)
    found += _of(table, "by_list") * facts.lists if value >= 2 else 0
    return found + (_of(table, "beyond") * facts.lists if value >= 3 else 0)


def _system(value: Fraction, facts: Facts, table: Values) -> Fraction:
    first, beyond = min(facts.professionals, 16), max(facts.professionals - 16, 0)
    return value * (_of(table, "points") + _of(table, "each") * first + _of(table, "beyond") * beyond)


INDICATORS: Mapping[str, Indicator] = {
    one.code: one
    for one in (
        Indicator("A1S1", Shape.YES_NO, 1, _whole),
        Indicator("A1S2a", Shape.YES_NO, 1, _whole),
        Indicator("A1S2b", Shape.YES_NO, 1, _by_list),
        Indicator("A1O1", Shape.LEVEL, 2, _levels),
        Indicator("A1O2", Shape.LEVEL, 2, _levels),
        Indicator("A1O3", Shape.YES_NO, 1, _whole),
        Indicator("A1O4", Shape.COUNT, 2, _missions),
        Indicator("A1O5", Shape.LEVEL, 2, _users),
        Indicator("A1O6", Shape.LEVEL, 2, _levels),
        Indicator("A2S1", Shape.YES_NO, 1, _coordination),
        Indicator("A2S2", Shape.COUNT, 8, _protocols),
        Indicator("A2S3", Shape.RATE, 5, _concertation),
        Indicator("A2O1", Shape.COUNT, 4, _trainees),
        Indicator("A2O2", Shape.YES_NO, 1, _by_list),
        Indicator("A2O3", Shape.LEVEL, 3, _quality),
        Indicator("A2O4", Shape.COUNT, 6, _levels),
        Indicator("A2O5", Shape.YES_NO, 1, _by_list),
        Indicator("A2O6", Shape.YES_NO, 1, _whole),
        Indicator("A3S1", Shape.YES_NO, 1, _system),
        Indicator("A3O1", Shape.YES_NO, 1, _whole),
    )
}


def points(facts: Facts, table: Table, point: int) -> Points:
    """Return the points of a year and what they are worth, `point` cents each. Raises KeyError without a
    rule.
    """
    lines, missing = [], []
    for code, indicator in INDICATORS.items():
        declared = max(Decimal(0), facts.declared.get(code, Decimal(0)))
        counted = min(Fraction(declared), Fraction(_cap(indicator, table[code])))
        need = Need(table[code]["need"])
        lines.append(Line(code, need, declared, counted, indicator.worth(counted, facts, table[code])))
        if need is Need.PREREQUISITE and not counted:
            missing.append(code)
    return Points(tuple(lines), tuple(missing), point)


def _cap(indicator: Indicator, values: Values) -> int:
    cap: int = values.get("most", indicator.most)
    return cap


def advance_base(facts: Facts, table: Table, point: int) -> int:
    """Return what all prerequisites and base indicators would pay once reached, in cents: the advance is a
    share of it.

    The actions in a crisis are left out (nobody plans one), and so are the supplements of an IPA.
    """
    reached = {
        code: Decimal(_cap(indicator, table[code]))
        for code, indicator in INDICATORS.items()
        if table[code]["need"] != Need.OPTIONAL.value and code != "A1S2b"
    }
    full = Facts(facts.list_size, facts.professionals, reached, {})
    return points(full, table, point).cents


@dataclass(frozen=True, slots=True)
class YearOfMsp:
    """What a year pays: the advance, its day, the balance, its day, in cents; `days` of `whole` under
    contract.
    """

    advance: int
    advance_on: date
    balance: int
    balance_on: date
    days: int
    whole: int


def year_of(
    year: int,
    signed_on: date,
    base: int,
    attained: int,
    advance: Fraction,
    least: int,
    months: int,
    due: tuple[int, int],
) -> YearOfMsp:
    """Return the payments of a calendar year from the amount of `advance_base` and of what was attained.

    In the year of the signature both are in proportion of the days, and the advance comes within `months`;
    else
    on the day `due` (month, day). The advance is never below `least` (in proportion too), nor above the base.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    whole = (last - first).days + 1
    days = max(0, (last - max(first, signed_on)).days + 1)
    on = date(year, *due)
    if signed_on.year == year:
        month, rest = divmod(signed_on.month - 1 + months, 12)
        on = date(year + month, rest + 1, min(signed_on.day, 28))
    share = Fraction(days, whole)
    ahead = min(rounded(base * share), max(rounded(base * advance * share), rounded(least * share)))
    return YearOfMsp(ahead, on, rounded(attained * share) - ahead, date(year + 1, *due), days, whole)
