"""A document as a Word file: styles, headings, a table of contents where it is long, page numbers.

Whoever receives it works on it: everything is plain Word, nothing is a picture.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

from maillage.kernel.printing.blocks import Block, Document, Facts, Grid, Heading, Paragraph, Points

if TYPE_CHECKING:
    from docx.document import Document as Word

#: What it is, for a browser.
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BRAND, _MUTED, _RULE = "0E5A63", "55615F", "B9B9B9"
_WIDTH = 170  # mm between the margins of an A4 page
#: What XML cannot hold.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def word(document: Document, day: dt.date) -> bytes:
    """Return a document as a Word file; `day` is its date of creation."""
    import docx  # here only: a package that no other page needs

    made = docx.Document()
    _prepare(made, document, day)
    _cover(made, document)
    if not document.is_short:
        _contents(made, document)
    for rank, section in enumerate(document.sections):
        title = made.add_heading(_clean(section.title), level=1)
        title.paragraph_format.page_break_before = section.starts_page
        _bookmark(title, rank)
        for block in section.blocks:
            _write(made, block)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def _clean(text: str) -> str:
    return _REFUSED.sub("", text)


def _prepare(made: Word, document: Document, day: dt.date) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    said = made.core_properties
    said.title, said.subject, said.author = _clean(document.title), _clean(document.subject), "Maillage"
    said.language, said.comments = "fr-FR", _clean(document.nature)
    said.created = said.modified = dt.datetime.combine(day, dt.time(12))
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(22), Mm(20)
    section.different_first_page_header_footer = True
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10.5)
    normal.paragraph_format.space_after = Pt(6)
    language = normal.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): "fr-FR"})
    normal.element.get_or_add_rPr().append(language)
    sizes = {"Title": 30, "Heading 1": 20, "Heading 2": 13.5, "Caption": 9.5}
    for name, size in sizes.items():
        style = made.styles[name]
        style.font.name, style.font.size, style.font.bold = "Arial", Pt(size), name != "Title"
        style.font.color.rgb = RGBColor.from_string(_BRAND if name != "Caption" else "1C2326")
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)
    made.styles["Heading 1"].paragraph_format.space_after = Pt(10)
    made.styles["Heading 2"].paragraph_format.space_before = Pt(16)
    made.styles["Caption"].paragraph_format.keep_with_next = True
    made.styles["Caption"].paragraph_format.space_before = Pt(10)
    head = section.header.paragraphs[0]
    _say(head, f"{document.subject} · {document.title}", size=8, color=_MUTED)
    foot = section.footer.paragraphs[0]
    _say(foot, f"{document.nature}, {document.day} · page ", size=8, color=_MUTED)
    _field(foot, "PAGE", "1")
    _say(foot, " sur ", size=8, color=_MUTED)
    _field(foot, "NUMPAGES", "1")


def _say(paragraph: Any, text: str, *, size: float = 0, color: str = "", bold: bool = False) -> Any:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(_clean(text))
    if size:
        run.font.size = Pt(size)
    if color:
        run.font.color.rgb = RGBColor.from_string(color)
    run.font.bold = bold or None
    return run


def _element(tag: str, /, **values: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for key, value in values.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _field(paragraph: Any, code: str, shown: str) -> None:
    """Add a field that Word computes: a page number."""
    from docx.oxml.ns import qn

    for kind in ("begin", "", "separate", "shown", "end"):
        run = _say(paragraph, shown if kind == "shown" else "", size=8, color=_MUTED)
        if kind == "":
            said = _element("w:instrText")
            said.set(qn("xml:space"), "preserve")
            said.text = f" {code} "
            run._r.append(said)
        elif kind != "shown":
            run._r.append(_element("w:fldChar", fldCharType=kind))


def _cover(made: Word, document: Document) -> None:
    from docx.shared import Pt

    for _line in range(0 if document.is_short else 6):
        made.add_paragraph()
    _say(made.add_paragraph(), document.nature, size=13, color=_MUTED)
    made.add_paragraph(_clean(document.title), style="Title")
    subject = made.add_paragraph()
    _say(subject, document.subject, size=13 if document.is_short else 18, color=_BRAND)
    subject.paragraph_format.space_after = Pt(8 if document.is_short else 24)
    _facts(made, document.facts)
    if document.notice:
        _say(made.add_paragraph(), document.notice, bold=True)
    _say(made.add_paragraph(), f"Écrit avec Maillage, état du {document.day}.", size=9, color=_MUTED)


def _contents(made: Word, document: Document) -> None:
    """Write the table of contents as a field: its titles are there already, Word adds the page numbers."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    title = made.add_paragraph()
    title.paragraph_format.page_break_before = True
    _say(title, "Sommaire", size=20, color=_BRAND, bold=True)
    last: Any = None
    for rank, section in enumerate(document.sections):
        last = made.add_paragraph()
        if rank == 0:
            begin = last.add_run()
            begin._r.append(_element("w:fldChar", fldCharType="begin", dirty="true"))
            code = last.add_run()
            said = _element("w:instrText")
            said.set(qn("xml:space"), "preserve")
            said.text = ' TOC \\o "1-2" \\h \\z \\u '
            code._r.append(said)
            last.add_run()._r.append(_element("w:fldChar", fldCharType="separate"))
        link = _element("w:hyperlink", anchor=f"section_{rank}", history="1")
        run = last.add_run(_clean(section.title))
        run.font.size, run.font.color.rgb = Pt(11), RGBColor.from_string(_BRAND)
        link.append(run._r)
        last._p.append(link)
    if last is not None:
        last.add_run()._r.append(_element("w:fldChar", fldCharType="end"))


def _bookmark(paragraph: Any, rank: int) -> None:
    start = _element("w:bookmarkStart", id=str(rank), name=f"section_{rank}")
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(_element("w:bookmarkEnd", id=str(rank)))


def _write(made: Word, block: Block) -> None:
    if isinstance(block, Heading):
        made.add_heading(_clean(block.text), level=2)
    elif isinstance(block, Paragraph):
        _paragraphs(made, block)
    elif isinstance(block, Facts):
        _facts(made, block.items)
    elif isinstance(block, Points):
        for one in block.items:
            made.add_paragraph(_clean(one), style="List Bullet")
    else:
        _grid(made, block)


def _paragraphs(made: Word, block: Paragraph) -> None:
    looks: dict[str, dict[str, Any]] = {
        "plain": {},
        "lead": {"size": 12},
        "strong": {"size": 11.5, "bold": True},
        "note": {"size": 9, "color": _MUTED},
    }
    for text in filter(None, (part.strip() for part in block.text.split("\n\n"))):
        paragraph = made.add_paragraph()
        paragraph.paragraph_format.keep_with_next = block.look == "strong"
        lines = text.split("\n")
        for place, line in enumerate(lines):
            run = _say(paragraph, line, **looks[block.look])
            if place < len(lines) - 1:
                run.add_break()


def _facts(made: Word, items: tuple[tuple[str, str], ...]) -> None:
    shown = [(name, text) for name, text in items if text]
    if not shown:
        return
    table = made.add_table(rows=0, cols=2)
    wide = 12 if all(len(name) < 6 for name, _text in shown) else 45
    for name, text in shown:
        cells = table.add_row().cells
        _cell(cells[0], name, wide, color=_MUTED)
        _cell(cells[1], text, _WIDTH - wide)
    _widths(table, [wide, _WIDTH - wide])
    made.add_paragraph().paragraph_format.space_after = 0


def _cell(cell: Any, text: str, width: float, **look: Any) -> None:
    from docx.shared import Mm, Pt

    cell.width = Mm(width)
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(2)
    lines = text.split("\n")
    for place, line in enumerate(lines):
        run = _say(paragraph, line, **{"size": 9.5, **look})
        if place < len(lines) - 1:
            run.add_break()


def _widths(table: Any, widths: list[float]) -> None:
    from docx.shared import Mm

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def _grid(made: Word, block: Grid) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    made.add_paragraph(_clean(block.caption), style="Caption")
    whole = sum(one.weight for one in block.columns)
    widths = [_WIDTH * one.weight / whole for one in block.columns]
    table = made.add_table(rows=1, cols=len(block.columns))
    properties = table._tbl.tblPr
    # What a reader of the screen says before the table.
    properties.append(_element("w:tblCaption", val=_clean(block.caption)))
    for place, column in enumerate(block.columns):
        cell = table.rows[0].cells[place]
        _cell(cell, column.label, widths[place], bold=True, size=9)
        _line_under(cell, _BRAND, 8)
        if column.numeric:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader", val="true"))
    for rank, row in enumerate(block.rows):
        made_row = table.add_row()
        made_row._tr.get_or_add_trPr().append(_element("w:cantSplit", val="true"))
        is_total = block.total and rank == len(block.rows) - 1
        for place, (column, text) in enumerate(zip(block.columns, row, strict=True)):
            cell = made_row.cells[place]
            _cell(cell, text, widths[place], bold=is_total, size=9)
            _line_under(cell, _RULE, 4)
            if column.numeric:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _widths(table, widths)
    after = made.add_paragraph()
    if block.source:
        _say(after, block.source, size=8, color=_MUTED)


def _line_under(cell: Any, color: str, size: int) -> None:
    borders = _element("w:tcBorders")
    borders.append(_element("w:bottom", val="single", sz=str(size), color=color, space="0"))
    cell._tc.get_or_add_tcPr().append(borders)
