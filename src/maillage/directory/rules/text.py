"""Lines and cells of a text file as registers publish them: encodings, quotes, characters that break lines.

A line ends where the file ends it (LF, CR LF, CR) and nowhere else: U+2028, VT, FF or NEL inside a cell are
characters of that cell. Each line is read by itself, so that one bad byte or one stray quote costs its own
line a remark, and no other line anything.
"""

from __future__ import annotations

import codecs
import csv
import re
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from maillage.directory.rules.extractions import Defect, Fault

_ENDS = re.compile(rb"\r\n|\n|\r")
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WINDOWS_ONLY = re.compile(rb"[\x80-\x9f]")
_LATIN_9_ONLY = re.compile(rb"[A-Za-z\xc0-\xff][\xbc\xbd\xbe]|[\xbc\xbd\xbe][A-Za-z\xc0-\xff]")
"""Œ, œ, Ÿ of Latin-9 beside a letter: ¼, ½, ¾ of Windows-1252 would stand beside a figure."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST_CELL = 5
"""Lines over which a quoted cell may run: beyond, its quote is stray."""
_SHOWN = 60
_PART = 1 << 20


class Lines(Sequence[str]):
    """The lines of a file of UTF-8, each decoded when it is read: the file is not held a second time."""

    def __init__(self, content: bytes, places: array[int] | None = None) -> None:
        """Part `content` into lines; `places`: where each begins and ends, one after the other."""
        self._content = content
        self._places = _places(content) if places is None else places

    def __len__(self) -> int:
        return len(self._places) // 2

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Lines: ...
    def __getitem__(self, at: int | slice) -> str | Lines:
        if isinstance(at, slice):
            start, stop, step = at.indices(len(self))
            if step != 1:
                raise ValueError("lines are read in order")
            return Lines(self._content, self._places[2 * start : 2 * max(stop, start)])
        place = 2 * range(len(self))[at]
        return self._content[self._places[place] : self._places[place + 1]].decode()


def _places(content: bytes) -> array[int]:
    """Return where each line begins and ends; a last line that is empty is none."""
    places, start = array("q"), 0
    for end in _ENDS.finditer(content):
        places.extend((start, end.start()))
        start = end.end()
    if start < len(content):
        places.extend((start, len(content)))
    return places


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of a file, without their ends, and what was wrong with their bytes."""

    lines: Sequence[str]
    defects: tuple[Defect, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line it begins at, its cells, and what was mended (index of the cell, -1 for all)."""

    line: int
    cells: list[str]
    mended: tuple[tuple[int, Fault], ...] = ()

    def defects(self, titles: Sequence[str] = ()) -> Iterator[Defect]:
        """Yield a remark for each thing that was mended, `titles` being the names of the columns."""
        for index, fault in self.mended:
            column = titles[index] if 0 <= index < len(titles) else ""
            yield Defect(self.line, column, fault, self.cells[max(index, 0)][:_SHOWN])


def decode(content: bytes) -> Text:
    """Return the lines of a file: UTF-8 with or without mark, UTF-16 with one, Windows-1252 or Latin-9.

    A file whose lines are mostly not UTF-8 is in the older encoding, whole. In a file of UTF-8, a line with
    bad bytes keeps its good letters, and is told.
    """
    if content.startswith(_UTF16_MARKS):
        content = content.decode("utf-16", "replace").encode()
    content = content.removeprefix(_UTF8_MARK)
    if _is_utf8(content):
        return Text(Lines(content))
    raw = _ENDS.split(content)
    if raw[-1] == b"":
        raw.pop()
    return _of_two_encodings(raw)


def _is_utf8(content: bytes) -> bool:
    """Return whether bytes are of UTF-8, looked at a part at a time."""
    decoder, whole = codecs.getincrementaldecoder("utf-8")(), memoryview(content)
    try:
        for start in range(0, len(whole), _PART):
            decoder.decode(whole[start : start + _PART])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _of_two_encodings(raw: list[bytes]) -> Text:
    beyond_ascii = [line for line in raw if not line.isascii()]
    bad = [line for line in beyond_ascii if _as_utf8(line) is None]
    older = _older_encoding(bad)
    mostly_older = len(bad) * 2 > len(beyond_ascii)
    lines: list[str] = []
    defects: list[Defect] = []
    for number, line in enumerate(raw, start=1):
        right = _as_utf8(line)
        if right is not None:
            lines.append(right)
            continue
        text = line.decode(older, "replace") if mostly_older else _rescued(line, older)
        lines.append(text)
        if not mostly_older or "\ufffd" in text:
            defects.append(Defect(number, "", Fault.WRONG_ENCODING, _around(line, text)))
    return Text(tuple(lines), tuple(defects))


def _as_utf8(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def _older_encoding(lines: Iterable[bytes]) -> str:
    """Return cp1252 or Latin-9: what 0x80 to 0x9F and Œ, œ, Ÿ decide, cp1252 where nothing does."""
    found = list(lines)
    if not any(_WINDOWS_ONLY.search(line) for line in found) and any(map(_LATIN_9_ONLY.search, found)):
        return "iso8859-15"
    return "cp1252"


def _rescued(line: bytes, older: str) -> str:
    """Return a line of UTF-8 with each byte that is not read in the older encoding."""
    text = line.decode("utf-8", "surrogateescape")
    return re.sub(
        "[\udc80-\udcff]", lambda found: bytes([ord(found.group()) - 0xDC00]).decode(older, "replace"), text
    )


def _around(line: bytes, text: str) -> str:
    """Return the words about the first character beyond ASCII, as they were read."""
    first = next((at for at, letter in enumerate(text) if ord(letter) > 127), 0)
    return _CONTROL.sub(" ", text[max(first - _SHOWN // 2, 0) : first + _SHOWN // 2]) if line else ""


def rows(lines: Iterable[str], separator: str, sections: Collection[str] = ()) -> Iterator[Row]:
    """Yield the records of a file whose cells may be quoted, empty lines left out.

    Where each record begins with one of the words `sections`, a quoted cell may hold a line break: what
    follows is of that record until the next such word.
    """
    waiting = lines if isinstance(lines, Sequence) else list(lines)
    at = 0
    while at < len(waiting):
        line, taken = waiting[at], 1
        cells = _strict(line, separator)
        while cells is None and sections and _goes_on(waiting, at + taken, taken, separator, sections):
            line, taken = f"{line}\n{waiting[at + taken]}", taken + 1
            cells = _strict(line, separator)
        if cells is None:
            yield _literal(at + 1, waiting[at], separator)
            taken = 1
        elif line.strip():
            yield _cleaned(at + 1, cells, ())
        at += taken


def _strict(line: str, separator: str) -> list[str] | None:
    """Return the cells of one record, None where its quotes are not those of a CSV file."""
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _goes_on(
    waiting: Sequence[str], after: int, taken: int, separator: str, sections: Collection[str]
) -> bool:
    """Return whether the line `after` may be the rest of a quoted cell."""
    if after >= len(waiting) or taken >= _LONGEST_CELL:
        return False
    return waiting[after].split(separator, 1)[0].strip().strip('"') not in sections


def _literal(number: int, line: str, separator: str) -> Row:
    """Return a line whose quotes are stray as it is written, the quotes about a whole cell apart."""
    return _cleaned(
        number, [cell.strip().strip('"') for cell in line.split(separator)], ((-1, Fault.WRONG_QUOTES),)
    )


def _cleaned(number: int, cells: list[str], mended: tuple[tuple[int, Fault], ...]) -> Row:
    """Return a record without characters that break lines or that no screen shows."""
    plain = [cell.strip(" ") for cell in cells]
    broken = [index for index, cell in enumerate(plain) if _CONTROL.search(cell)]
    for index in broken:
        plain[index] = clean(plain[index])
    return Row(number, plain, mended + tuple((index, Fault.CONTROL_CHARACTER) for index in broken))


def clean(cell: str) -> str:
    """Return a cell with one space for each run of such characters.

    >>> clean("EHPAD\\u2028LES\\x0bTILLEULS\\x85")
    'EHPAD LES TILLEULS'
    """
    return " ".join(_CONTROL.sub(" ", cell).split(" ")).strip() if _CONTROL.search(cell) else cell.strip()
