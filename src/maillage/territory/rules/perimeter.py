"""Reads a pasted list of communes, whatever the separators, and says what is wrong line by line."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import StrEnum

CODE_HEADERS = {"code", "codes", "insee", "code_insee", "codgeo", "code_commune", "com", "depcom"}
_FORM = re.compile(r"\d[\dAB]\d{3}")
_SHORT = re.compile(r"\d{4}")
_SEPARATORS = re.compile(r"[;,\t]")
_LOOSE_SEPARATORS = re.compile(r"[;,\t ]+")


class ProblemKind(StrEnum):
    """What may be wrong with a pasted line."""

    NOT_A_CODE = "not_a_code"
    UNKNOWN = "unknown"
    LOST_ZERO = "lost_zero"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Problem:
    """One pasted value that is wrong: its line (from 1), what was read, the code meant if it is clear."""

    line: int
    text: str
    trouble: ProblemKind
    suggestion: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the list cannot be used: a repetition or a lost zero is mended without asking."""
        return self.trouble in {ProblemKind.NOT_A_CODE, ProblemKind.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Pasted:
    """The codes that were read, in order and once each, and the problems met."""

    codes: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def is_usable(self) -> bool:
        """Whether every line gave a known commune."""
        return bool(self.codes) and not any(problem.blocks for problem in self.problems)


def read_pasted(text: str, known: Container[str]) -> Pasted:
    """Read commune codes from `text`: one a line, several a line, or a table with a column of codes.

    `known` holds the codes that exist. A code of four digits takes back the zero that a spreadsheet lost.
    """
    codes: dict[str, None] = {}
    problems = []
    for line, written in _values(text):
        code, trouble = _recognise(written, known)
        if code in codes:
            trouble = ProblemKind.REPEATED
        if trouble:
            problems.append(Problem(line, written, trouble, code or ""))
        if code:
            codes[code] = None
    return Pasted(tuple(codes), tuple(problems))


def _recognise(written: str, known: Container[str]) -> tuple[str | None, ProblemKind | None]:
    code = written.upper()
    if code in known:
        return code, None
    if _SHORT.fullmatch(code) and f"0{code}" in known:
        return f"0{code}", ProblemKind.LOST_ZERO
    return None, ProblemKind.UNKNOWN if _FORM.fullmatch(code) else ProblemKind.NOT_A_CODE


def _values(text: str) -> Iterable[tuple[int, str]]:
    """Yield (line, value) for each value of `text` that should be a code."""
    column: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [_clean(cell) for cell in _SEPARATORS.split(line)]
        if not any(cells):
            continue
        header = _header(cells)
        if header is not None:
            column = header
        elif column is not None:
            yield number, cells[column] if column < len(cells) else ""
        else:
            yield from ((number, value) for value in _without_header(line, cells))


def _header(cells: list[str]) -> int | None:
    return next((place for place, cell in enumerate(cells) if cell.lower() in CODE_HEADERS), None)


def _without_header(line: str, cells: list[str]) -> list[str]:
    """Return every value of a line of codes, else the first cell of a line « code, name »."""
    loose = [value for value in (_clean(cell) for cell in _LOOSE_SEPARATORS.split(line)) if value]
    if all(any(letter.isdigit() for letter in value) for value in loose):
        return loose
    first = loose[0] if cells[0].split()[:1] == loose[:1] and loose[0][:1].isdigit() else cells[0]
    return [first]


def _clean(cell: str) -> str:
    return cell.strip(" \u00a0\u202f\ufeff\"'«»")
