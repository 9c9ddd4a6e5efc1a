"""The parts that a document is made of, whatever it is written in: Word or PDF."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text, each line of it a line; `look` is plain, lead or note."""

    text: str
    look: str = "plain"
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True)
class Heading:
    """A title inside a section."""

    text: str
    kind: str = "heading"


@dataclass(frozen=True, slots=True)
class Facts:
    """Lines of a name and what is said of it; an empty one is left out."""

    items: tuple[tuple[str, str], ...]
    kind: str = "facts"


@dataclass(frozen=True, slots=True)
class Points:
    """A list of points."""

    items: tuple[str, ...]
    kind: str = "points"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, how wide beside the others, whether it holds numbers."""

    label: str
    weight: int = 10
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its caption, and where its figures come from. `total`: its last row is a sum."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    source: str = ""
    total: bool = False
    kind: str = "table"


Block = Paragraph | Heading | Facts | Points | Grid


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the document; `starts_page`: on a page of its own."""

    title: str
    blocks: tuple[Block, ...]
    starts_page: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document: its cover, then its sections. `is_short`: no cover, no table of contents."""

    title: str
    subject: str
    nature: str
    facts: tuple[tuple[str, str], ...]
    notice: str
    day: str
    sections: tuple[Section, ...] = field(default=())
    is_short: bool = False
