"""What an import reads and what it finds wrong, whatever the file's format."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """The two national files that the directory takes in."""

    ANNUAIRE = "annuaire_sante"
    FINESS = "finess"


class Fault(StrEnum):
    """What may be wrong with a line; the words and the remedy are those of the pages."""

    MISSING_COLUMN = "missing_column"
    WRONG_WIDTH = "wrong_width"
    MISSING_VALUE = "missing_value"
    WRONG_RPPS = "wrong_rpps"
    TEST_RPPS = "test_rpps"
    NO_RPPS = "no_rpps"
    WRONG_FINESS = "wrong_finess"
    UNKNOWN_PROFESSION = "unknown_profession"
    UNKNOWN_COMMUNE = "unknown_commune"
    WRONG_COORDINATES = "wrong_coordinates"


BLOCKING = frozenset(
    {
        Fault.MISSING_COLUMN,
        Fault.WRONG_WIDTH,
        Fault.MISSING_VALUE,
        Fault.WRONG_RPPS,
        Fault.TEST_RPPS,
        Fault.NO_RPPS,
        Fault.WRONG_FINESS,
        Fault.UNKNOWN_PROFESSION,
    }
)
"""Faults that leave the line out; the others are remarks, and the line is taken."""


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing wrong: the line of the file (from 1), the column, the fault, the value found."""

    line: int
    column: str
    fault: Fault
    value: str = ""

    @property
    def leaves_out(self) -> bool:
        """Whether the line is not imported."""
        return self.fault in BLOCKING


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of the Annuaire Santé: a professional, and where they practise (`site` empty: nowhere)."""

    line: int
    rpps: str
    last_name: str
    first_name: str
    profession: str
    specialty: str
    status: str
    site: str
    finess: str
    site_name: str
    address: str
    postcode: str
    commune: str
    phone: str


@dataclass(frozen=True, slots=True)
class Establishment:
    """One establishment of FINESS; `lon` and `lat` are None where the file does not place it."""

    line: int
    finess: str
    name: str
    category: str
    category_name: str
    address: str
    postcode: str
    city: str
    commune: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a file says: its rows, what is wrong, and how many lines were read or passed over.

    `passed_over` counts lines that are right but not asked for: another département, another category.
    """

    format: Format
    lines: int
    activities: tuple[Activity, ...] = ()
    establishments: tuple[Establishment, ...] = ()
    defects: tuple[Defect, ...] = ()
    passed_over: int = 0
