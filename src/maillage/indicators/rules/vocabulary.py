"""Families of indicators, units, and what each value is. No framework."""

from __future__ import annotations

from enum import StrEnum


class Family(StrEnum):
    """The five families of the field, in their order."""

    ACCESS = "access"
    QUALITY = "quality"
    SAFETY = "safety"
    COORDINATION = "coordination"
    EQUITY = "equity"


class Measure(StrEnum):
    """How the value is made: a share of rows, events over people exposed, the middle of values."""

    SHARE = "share"
    RATE = "rate"
    MEDIAN = "median"

    @property
    def interval(self) -> str:
        """The method of its 95 % interval, by the name of its authors."""
        return _INTERVALS[self]


_INTERVALS = {
    Measure.SHARE: "Wilson (1927)",
    Measure.RATE: "Byar (Breslow & Day, 1987)",
    Measure.MEDIAN: "bootstrap",
}


class Unit(StrEnum):
    """What the value is written in."""

    PERCENT = "percent"
    PER_100000 = "per_100000"
    DAYS = "days"
    MINUTES = "minutes"


#: What a rate is multiplied by.
SCALES = {Unit.PERCENT: 1.0, Unit.PER_100000: 100_000.0, Unit.DAYS: 1.0, Unit.MINUTES: 1.0}


class Better(StrEnum):
    """Which way is better."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


class Flaw(StrEnum):
    """Why no value is given, or why it may not be trusted."""

    NO_ROWS = "no_rows"
    NOTHING_TO_DIVIDE = "nothing_to_divide"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    FEW_KNOWN = "few_known"


class Ranking(StrEnum):
    """By what communes are ranked, from the least favoured."""

    INCOME = "income"
    DENSITY = "density"
