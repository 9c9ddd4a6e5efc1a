"""What a file seems to be, before it is read: a file that is not the expected one is refused by name."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from maillage.directory.rules.extractions import Format
from maillage.directory.rules.text import decode

LARGEST = 1_500_000_000
"""Bytes that a packed file may hold: FINESS+ is some hundreds of millions."""
_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
_UTF8_MARK, _UTF16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_HEAD = 65_536
_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"GIF8", b"PAR1", b"SQLite format 3")
_SEPARATORS = ("|", ";", "\t", ",")


class Seems(StrEnum):
    """The kinds of files that people have at hand when they look for these two."""

    EMPTY = "empty"
    ANNUAIRE = "annuaire"
    ANNUAIRE_DIPLOMAS = "annuaire_diplomas"
    ANNUAIRE_SKILLS = "annuaire_skills"
    ANNUAIRE_OTHER = "annuaire_other"
    FINESS = "finess"
    FINESS_LEGAL = "finess_legal"
    FINESS_OTHER = "finess_other"
    FINESS_HEADING = "finess_heading"
    FINESS_TITLED = "finess_titled"
    FINESS_PLUS = "finess_plus"
    FINESS_PLUS_ACTIVITIES = "finess_plus_activities"
    JSON = "json"
    BROKEN_JSON = "broken_json"
    WEB_PAGE = "web_page"
    SPREADSHEET = "spreadsheet"
    ARCHIVE = "archive"
    BROKEN_ARCHIVE = "broken_archive"
    TOO_LARGE = "too_large"
    TABLE = "table"
    TEXT = "text"
    BINARY = "binary"


EXPECTED = {
    Format.ANNUAIRE: frozenset({Seems.ANNUAIRE}),
    Format.FINESS: frozenset({Seems.FINESS, Seems.FINESS_PLUS}),
}
"""What each format takes."""


class WrongFileError(ValueError):
    """The file is not one that the format takes; `seems` says what it is."""

    def __init__(self, format: Format, seems: Seems) -> None:
        super().__init__(f"{format.value} expected, {seems.value} found")
        self.format = format
        self.seems = seems


class NothingToTakeError(ValueError):
    """The file is the expected one, and no row of it can be written."""

    def __init__(self, format: Format, lines: int, passed_over: int, left_out: int) -> None:
        super().__init__(f"{format.value}: nothing to take in {lines} lines")
        self.format = format
        self.lines, self.passed_over, self.left_out = lines, passed_over, left_out


@dataclass(frozen=True, slots=True)
class Opened:
    """A file unpacked: what it seems to be, its bytes, and what they say where they are JSON."""

    seems: Seems
    content: bytes
    document: Any = None


def opened(format: Format, content: bytes) -> Opened:
    """Return the file that a format takes, unpacked where it is packed. Raises WrongFileError."""
    found = [_looked_at(one) if isinstance(one, bytes) else Opened(one, b"") for one in _unpacked(content)]
    wanted = [one for one in found if one.seems in EXPECTED[format]]
    if len(wanted) == 1:
        return wanted[0]
    raise WrongFileError(format, found[0].seems if len(found) == 1 else Seems.ARCHIVE)


def _unpacked(content: bytes) -> list[bytes | Seems]:
    """Return the files that a packed one holds, or what is wrong with it; itself where it is not packed."""
    if content.startswith(_GZIP):
        return [_gunzipped(content)]
    if not content.startswith(_ZIP):
        return [content]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if any(one.filename == "[Content_Types].xml" for one in members):
                return [Seems.SPREADSHEET]
            if sum(one.file_size for one in members) > LARGEST:
                return [Seems.TOO_LARGE]
            return [archive.read(one) for one in members] or [Seems.EMPTY]
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError):
        return [Seems.BROKEN_ARCHIVE]


def _gunzipped(content: bytes) -> bytes | Seems:
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            inside = packed.read(LARGEST + 1)
    except (zlib.error, OSError, EOFError):
        return Seems.BROKEN_ARCHIVE
    return inside if len(inside) <= LARGEST else Seems.TOO_LARGE


def _looked_at(content: bytes) -> Opened:
    if content.startswith(_UTF16_MARKS):
        content = content.decode("utf-16", "replace").encode()
    start = content[:_HEAD].removeprefix(_UTF8_MARK)
    if start.startswith(_BINARY) or _is_binary(start):
        return Opened(Seems.BINARY, content)
    head = "\n".join(decode(start).lines).strip()
    if not head:
        return Opened(Seems.EMPTY if not content[_HEAD:].strip() else Seems.TEXT, content)
    if head[0] in "{[":
        return _json(content)
    if re.match(r"<(!doctype|html|\?xml)", head, re.IGNORECASE):
        return Opened(Seems.WEB_PAGE, content)
    return Opened(_table(head.split("\n")[0], content), content)


def _is_binary(head: bytes) -> bool:
    """Return whether bytes are of no text: control characters that none has, or not one letter."""
    if not head.isascii() and not re.search(rb"[A-Za-z0-9]", head):
        return True
    odd = sum(byte < 9 or 13 < byte < 28 for byte in head)
    return odd * 20 > len(head)


def _json(content: bytes) -> Opened:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return Opened(Seems.BROKEN_JSON, content)
    entities = document.get("pmej") if isinstance(document, dict) else None
    if not isinstance(entities, list):
        return Opened(Seems.JSON, content)
    if any(isinstance(one, dict) and "activitesAutorisees" in one for one in entities[:20]):
        return Opened(Seems.FINESS_PLUS_ACTIVITIES, content)
    return Opened(Seems.FINESS_PLUS, content, document)


def _table(first: str, content: bytes) -> Seems:
    word = first.split(";", 1)[0].strip().strip('"')
    if word in {"finess", "structureet", "structureej", "geolocalisation"}:
        return _etalab(content)
    titles = {cell.strip().strip('"').lower() for cell in re.split(r"[;|,\t]", first)}
    if titles & {"nofinesset", "nofinessej", "numfinesset"}:
        return Seems.FINESS_TITLED
    if "identifiant pp" in titles:
        return _annuaire(titles)
    return Seems.TABLE if any(first.count(separator) > 1 for separator in _SEPARATORS) else Seems.TEXT


def _etalab(content: bytes) -> Seems:
    """Return which extraction of FINESS a file without titles is, by the first words of its lines."""
    words = {found.decode("ascii", "replace") for found in re.findall(rb"(?m)^\"?([a-z_]+)\"?;", content)}
    if "structureet" in words:
        return Seems.FINESS
    if "structureej" in words:
        return Seems.FINESS_LEGAL
    return Seems.FINESS_OTHER if words - {"finess", "geolocalisation"} else Seems.FINESS_HEADING


def _annuaire(titles: set[str]) -> Seems:
    if "code profession" in titles and any(title.startswith("code mode exercice") for title in titles):
        return Seems.ANNUAIRE
    if any("diplôme" in title for title in titles):
        return Seems.ANNUAIRE_DIPLOMAS
    if "code savoir-faire" in titles:
        return Seems.ANNUAIRE_SKILLS
    return Seems.ANNUAIRE_OTHER
