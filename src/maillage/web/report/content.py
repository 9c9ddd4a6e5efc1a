"""What a report says, once: the PDF and the HTML file are two renderings of the same `Report`.

Texts are in French and ready to print. Numbers stay in the kernel's figures and tables, so that the CSV
files carry them unrounded; `data.py` writes them out for the two renderings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from maillage.kernel.figures import Figure
from maillage.kernel.tables import Table


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A framed warning: what a hurried reader must not miss."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Points:
    """Short statements, each `(lead, text)`; the lead, in bold, may be empty."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as wide as it needs; a long one goes on to the next page under the same heading."""

    table: Table


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map or a chart: `svg` is a whole document, `description` says in words what it shows.

    `beside` lists what the drawing shows; a drawing without it has its table elsewhere in the section.
    """

    title: str
    description: str
    svg: str
    source: str = ""
    beside: Table | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures shown together, one per line, beside the same figures elsewhere. `ours` names the territory."""

    caption: str
    ours: str
    figures: tuple[Figure, ...]


Block = Paragraph | Heading | Notice | Points | Grid | Drawing | Figures


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: `finding` is the one sentence that answers its question, empty in an annex."""

    anchor: str
    title: str
    finding: str
    blocks: tuple[Block, ...]
    starts_page: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report on the territory `subject`.

    `nature` says what it is (« CPTS, 99 communes… »), `notice` what its perimeter is not; `vintages` are
    the data in one line each; `headline` are the figures of the summary, `summary` its `(lead, sentence)`;
    `exports` are the whole tables behind those that the text shortens.
    """

    slug: str
    subject: str
    nature: str
    notice: str
    day: date
    vintages: tuple[str, ...]
    cover: Drawing
    headline: Figures
    summary: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    exports: tuple[Table, ...] = ()

    def tables(self) -> list[Table]:
        """Return every table to export, each key once: `exports` whole, then those of the text."""
        blocks = [block for section in self.sections for block in section.blocks]
        found = [*self.exports, *(block.table for block in blocks if isinstance(block, Grid))]
        return list({table.key: table for table in reversed(found)}.values())[::-1]

    def figures(self) -> list[Figure]:
        """Return every figure in reading order, each once."""
        blocks = [self.headline, *(block for section in self.sections for block in section.blocks)]
        found = [figure for block in blocks if isinstance(block, Figures) for figure in block.figures]
        return list({figure.key: figure for figure in found}.values())
