"""The table of an evaluation: read whole, or refused with each of its defects."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from maillage.kernel.names import normalise
from maillage.kernel.typed import plain_digits

MOST_UNITS, MOST_PERIODS, MOST_CELLS = 2000, 600, 50_000
MOST_CHARACTERS = 2_000_000
LONGEST_NAME = 120
_DEFECTS_SHOWN = 20
_COLUMNS = {
    "unit": ("unite", "territoire", "structure", "unit"),
    "period": ("periode", "mois", "annee", "period"),
    "value": ("valeur", "mesure", "value"),
    "start": ("debut", "start"),
}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_PERIODS = (
    (re.compile(r"(\d{4})"), 1),
    (re.compile(r"(\d{4})-?[tTqQ]([1-4])"), 4),
    (re.compile(r"[tTqQ]([1-4])[ -/](\d{4})"), 4),
    (re.compile(r"(\d{4})[-/](\d{1,2})(?:-\d{2})?"), 12),
    (re.compile(r"(\d{1,2})/(\d{4})"), 12),
)


class Defect(StrEnum):
    """What is wrong with a line of the table, or with the whole of it."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    COLUMNS = "columns"
    CELLS = "cells"
    UNIT = "unit"
    PERIOD = "period"
    KIND = "kind"
    VALUE = "value"
    TWICE = "twice"
    START = "start"
    STARTS = "starts"
    NO_BEFORE = "no_before"
    UNTREATED = "untreated"


@dataclass(frozen=True, slots=True)
class Found:
    """One defect: the line of the table (1 is its heading, 0 the whole), and what is written there."""

    defect: Defect
    line: int = 0
    given: str = ""


class TableError(ValueError):
    """A table that was refused; `found` are its defects in the order of its lines, the first twenty."""

    def __init__(self, found: list[Found]) -> None:
        super().__init__(", ".join(one.defect for one in found))
        self.found = found[:_DEFECTS_SHOWN]


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured: units × periods, every period from the first to the last, None where nothing was.

    `first_period` is counted in periods since year 0, `a_year` of them a year (1, 4 or 12). `starts` are the
    numbers of the periods of the table from which each unit is treated: at or after their count for a measure
    still to come, None for a unit that is only compared.
    """

    units: tuple[str, ...]
    a_year: int
    first_period: int
    values: tuple[tuple[float | None, ...], ...]
    starts: tuple[int | None, ...]

    @property
    def count(self) -> int:
        """How many periods the table has."""
        return len(self.values[0])

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "units": list(self.units), "a_year": self.a_year, "first_period": self.first_period,
            "values": [list(line) for line in self.values], "starts": list(self.starts),
        }  # fmt: skip

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Measures:
        """Return what was stored."""
        return cls(
            tuple(stored["units"]),
            stored["a_year"],
            stored["first_period"],
            tuple(tuple(line) for line in stored["values"]),
            tuple(stored["starts"]),
        )


def read_table(text: str) -> Measures:
    """Return the measures that a table of four columns writes, one line for each unit and period.

    Columns: unit, period (2024, 2024-T1, 2024-03), value (empty where nothing was measured), start (the
    first period of the measure for that unit, on one of its lines at least; empty where it is only compared).
    Commas or points for decimals; semicolons, tabs or commas between columns. Raises TableError.
    """
    if len(text) > MOST_CHARACTERS:
        raise TableError([Found(Defect.TOO_LARGE)])
    rows = list(_rows(text.replace("\ufeff", "").replace("\x00", "").splitlines()))
    if not rows:
        raise TableError([Found(Defect.EMPTY)])
    head = _head(rows[0][1])
    if head is None:
        raise TableError([Found(Defect.COLUMNS, rows[0][0], "; ".join(rows[0][1])[:80])])
    reading = _Reading(head)
    for number, cells in rows[1:]:
        reading.take(number, cells)
    return reading.measures()


def _rows(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    head = next((line for line in lines if line.strip()), "")
    separator = max(";\t,", key=head.count)
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
        if any(cells):
            yield number, cells


def _head(cells: list[str]) -> dict[str, int] | None:
    named = [normalise(cell) for cell in cells]
    found = {
        key: next((place for place, name in enumerate(named) if name in names), -1)
        for key, names in _COLUMNS.items()
    }
    return found if min(found.values()) >= 0 else None


def read_period(text: str) -> tuple[int, int] | None:
    """Return how many such periods a year has and the number of one since year 0; None for no period.

    >>> read_period("2024-03"), read_period("T2 2024"), read_period("2024")
    ((12, 24290), (4, 8097), (1, 2024))
    """
    plain = plain_digits(text).strip()
    for pattern, a_year in _PERIODS:
        found = pattern.fullmatch(plain)
        if found is None:
            continue
        parts = sorted(found.groups(), key=len, reverse=True)
        year, within = int(parts[0]), int(parts[1]) if len(parts) > 1 else 1
        if 1 <= within <= a_year and 1900 <= year <= 2200:
            return a_year, year * a_year + within - 1
    return None


def period_parts(number: int, a_year: int) -> tuple[int, int]:
    """Return the year of a period and its place in it, from 1."""
    return number // a_year, number % a_year + 1


class _Reading:
    """A table while it is read: cells kept, defects found."""

    def __init__(self, head: dict[str, int]) -> None:
        self.head = head
        self.found: list[Found] = []
        self.cells: dict[tuple[str, int], float | None] = {}
        self.starts: dict[str, int | None] = {}
        self.a_year = 0

    def take(self, number: int, cells: list[str]) -> None:
        """Read one line."""
        if len(cells) <= max(self.head.values()):
            # Spreadsheets leave out empty cells at the end of a line.
            cells = cells + [""] * (max(self.head.values()) + 1 - len(cells))
        said = {key: cells[place] for key, place in self.head.items()}
        unit, value = said["unit"], self._value(number, said["value"])
        period = self._period(number, Defect.PERIOD, said["period"])
        start = self._period(number, Defect.START, said["start"]) if said["start"] else None
        if not unit or len(unit) > LONGEST_NAME:
            self._note(Defect.UNIT, number, unit)
        elif period is not None:
            if (unit, period) in self.cells:
                self._note(Defect.TWICE, number, f"{unit}, {said['period']}")
            self.cells[unit, period] = value
            known = self.starts.setdefault(unit, start)
            if known is None:
                self.starts[unit] = start
            elif start is not None and start != known:
                self._note(Defect.STARTS, number, unit)

    def measures(self) -> Measures:
        """Return what was read. Raises TableError with all that was found."""
        if self.found:
            raise TableError(self.found)
        if not self.cells:
            raise TableError([Found(Defect.EMPTY)])
        periods = [period for _unit, period in self.cells]
        first, count = min(periods), max(periods) - min(periods) + 1
        units = tuple(self.starts)
        if len(units) > MOST_UNITS or count > MOST_PERIODS or len(units) * count > MOST_CELLS:
            raise TableError([Found(Defect.CELLS)])
        begun = [one - first for one in self.starts.values() if one is not None]
        if not begun:
            raise TableError([Found(Defect.UNTREATED)])
        early = [unit for unit, one in self.starts.items() if one is not None and one <= first]
        if early:
            raise TableError([Found(Defect.NO_BEFORE, 0, unit) for unit in early])
        values = tuple(
            tuple(self.cells.get((unit, first + place)) for place in range(count)) for unit in units
        )
        starts = tuple(None if one is None else one - first for one in self.starts.values())
        return Measures(units, self.a_year, first, values, starts)

    def _note(self, defect: Defect, number: int, given: str) -> None:
        self.found.append(Found(defect, number, given[:80]))

    def _period(self, number: int, defect: Defect, text: str) -> int | None:
        read = read_period(text)
        if read is None:
            self._note(defect, number, text)
            return None
        self.a_year = self.a_year or read[0]
        if read[0] != self.a_year:
            self._note(Defect.KIND, number, text)
            return None
        return read[1]

    def _value(self, number: int, text: str) -> float | None:
        plain = re.sub(r"[\s\u00a0\u202f]", "", plain_digits(text)).replace(",", ".").replace("\u2212", "-")
        if not plain:
            return None
        if not _NUMBER.fullmatch(plain) or abs(float(plain)) > 1e15:
            self._note(Defect.VALUE, number, text)
            return None
        return float(plain)
