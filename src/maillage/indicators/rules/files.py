"""What may be wrong with files of rows, and which form they come in. No framework."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """The two forms that are read."""

    FLAT = "flat"
    OMOP = "omop"


class Fault(StrEnum):
    """What is wrong; each has its sentence, which says how to mend it."""

    NO_FOLDER = "no_folder"
    NO_FILE = "no_file"
    UNKNOWN_FILE = "unknown_file"
    MISSING_FILE = "missing_file"
    TWO_FILES = "two_files"
    NAME = "name"
    UNREADABLE = "unreadable"
    EMPTY_FILE = "empty_file"
    ROW_COUNT = "row_count"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    SHAPE = "shape"
    ENCODING = "encoding"
    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    NOT_AN_INSTANT = "not_an_instant"
    NOT_A_FLAG = "not_a_flag"
    NOT_ALLOWED = "not_allowed"
    BIRTH_YEAR = "birth_year"
    FUTURE = "future"
    OUTSIDE = "outside"
    ORDER = "order"
    TWICE = "twice"
    ORPHAN = "orphan"
    OVERLAP = "overlap"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect: in which file, at which line first (from 1, the heading; None for the file), what was read.

    `count`: how many lines have it; `expected` is what should have been there.
    """

    fault: Fault
    file: str = ""
    line: int | None = None
    column: str = ""
    given: str = ""
    expected: str = ""
    count: int = 1


class FolderError(ValueError):
    """A folder of files is wrong: nothing of it is read. `defects` are all that were found."""

    def __init__(self, defects: list[Defect]) -> None:
        super().__init__("; ".join(f"{one.file}:{one.line}: {one.fault} {one.given}" for one in defects))
        self.defects = defects


#: Needed beside a file: whose residence and age its rows take.
NEEDS = {"sejours": "personnes", "actes": "personnes", "passages": "personnes"}
