"""What an import reads and what it finds wrong, whatever the file's format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from maillage.directory.rules.structures import Precision


class Format(StrEnum):
    """The two national directories that are taken in."""

    ANNUAIRE = "annuaire_sante"
    FINESS = "finess"


class Fault(StrEnum):
    """What may be wrong with a line; the words and the remedy are those of the pages."""

    MISSING_COLUMN = "missing_column"
    WRONG_WIDTH = "wrong_width"
    UNKNOWN_SECTION = "unknown_section"
    MISSING_VALUE = "missing_value"
    WRONG_RPPS = "wrong_rpps"
    TEST_RPPS = "test_rpps"
    NO_RPPS = "no_rpps"
    WRONG_FINESS = "wrong_finess"
    TWICE = "twice"
    UNKNOWN_PROFESSION = "unknown_profession"
    UNKNOWN_STATE = "unknown_state"
    NO_PLACE = "no_place"
    UNKNOWN_COMMUNE = "unknown_commune"
    UNKNOWN_SITE = "unknown_site"
    DEDUCED_COMMUNE = "deduced_commune"
    WRONG_COORDINATES = "wrong_coordinates"
    SWAPPED_COORDINATES = "swapped_coordinates"
    MISNAMED_PROJECTION = "misnamed_projection"
    UNKNOWN_PROJECTION = "unknown_projection"
    FAR_FROM_COMMUNE = "far_from_commune"
    ORPHAN_POSITION = "orphan_position"
    OTHER_ADDRESSES = "other_addresses"
    WRONG_ENCODING = "wrong_encoding"
    WRONG_QUOTES = "wrong_quotes"
    CONTROL_CHARACTER = "control_character"


BLOCKING = frozenset(
    {
        Fault.MISSING_COLUMN,
        Fault.WRONG_WIDTH,
        Fault.UNKNOWN_SECTION,
        Fault.MISSING_VALUE,
        Fault.WRONG_RPPS,
        Fault.TEST_RPPS,
        Fault.NO_RPPS,
        Fault.WRONG_FINESS,
        Fault.TWICE,
        Fault.UNKNOWN_PROFESSION,
        Fault.UNKNOWN_STATE,
        Fault.NO_PLACE,
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
    """One line of the Annuaire Santé: a professional, and where they practise (`site` empty: nowhere).

    `category` (civilian, military, student), `skill` (the type of the specialty) and `kind` (of the activity)
    are codes of the ANS, empty where an older extraction has no such column.
    """

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
    category: str
    skill: str
    kind: str


@dataclass(frozen=True, slots=True)
class Site:
    """A site of FINESS as a source writes it."""

    line: int
    finess: str
    name: str
    category: str
    category_name: str
    address: str
    postcode: str
    city: str
    commune: str


@dataclass(frozen=True, slots=True)
class Establishment(Site):
    """One establishment of FINESS; `lon` and `lat` are None where the file does not place it."""

    lon: float | None = None
    lat: float | None = None
    precision: Precision = Precision.COMMUNE


@dataclass(frozen=True, slots=True)
class Closure:
    """An establishment that the file itself says closed; `on` is None where it does not say when."""

    finess: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a file says: its rows, what is wrong, and how many lines were read or passed over.

    `passed_over` counts lines that are right but not asked for: another département, another category, a
    site that has closed (`closed` names those).
    """

    format: Format
    lines: int
    activities: tuple[Activity, ...] = ()
    establishments: tuple[Establishment, ...] = ()
    defects: tuple[Defect, ...] = ()
    passed_over: int = 0
    closed: tuple[Closure, ...] = ()
    seen: frozenset[str] = frozenset()
    """Every number that the file has, its lines left out and passed over included."""

    @property
    def rows(self) -> int:
        """How many rows may be written."""
        return len(self.activities) + len(self.establishments)

    @property
    def placed(self) -> int:
        """How many establishments the file itself places."""
        return sum(one.lon is not None for one in self.establishments)

    @property
    def at_centre(self) -> int:
        """How many establishments can only be placed at the centre of their commune."""
        return len(self.establishments) - self.placed

    @property
    def left_out(self) -> int:
        """How many lines are not taken for what is wrong with them."""
        return len({defect.line for defect in self.defects if defect.leaves_out})
