"""A report made by hand, typeset: hostile names are inert, tables continue, numbers are French."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from maillage.kernel.figures import Figure, Provenance
from maillage.web.report.content import Figures, Paragraph
from maillage.web.report.data import as_data, block_data, figure_label, fingerprint, source_text, typeset
from maillage.web.report.html import html
from maillage.web.report.pdf import pdf
from tests.pdf import pages_of, text_of
from tests.web.report_samples import GUESS, HOSTILE, INSEE, communes, figure, report


def test_hostile_names_are_inert_in_the_pdf() -> None:
    made = report()
    text = text_of(pdf(as_data(made), made.day))
    for name in HOSTILE:
        assert name in text or name.replace("'", "’") in text, name


def test_a_long_table_repeats_its_heading() -> None:
    made = report()
    every = pages_of(pdf(as_data(made), made.day))
    pages = [page for page in every if "219" in page or "100" in page]
    assert len(pages) >= 2
    assert all("Commune" in page for page in pages)
    assert re.search(r"\b2\s?/\s?\d", "\n".join(every)), "pages are numbered"


def test_the_same_report_gives_the_same_bytes() -> None:
    made = report()
    data = as_data(made)
    assert pdf(data, made.day) == pdf(data, made.day)
    assert html(data) == html(as_data(report()))
    assert fingerprint(data) == fingerprint(as_data(report()))
    assert fingerprint(data) != fingerprint(as_data(replace(made, subject="Autre")))


def test_the_pdf_is_tagged_and_titled() -> None:
    made = report()
    content = pdf(as_data(made), made.day)
    assert content.startswith(b"%PDF")
    assert b"/MarkInfo" in content
    assert b"pdfuaid" in content, "PDF/UA-1 is claimed, and Typst refuses to claim it wrongly"


class Outline(HTMLParser):
    """Collects what the structure of a page is judged by."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value for key, value in attrs if key == "id" and value]
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_html_is_one_file_without_script() -> None:
    page = html(as_data(report()))
    outline = Outline()
    outline.feed(page)
    assert "script" not in outline.tags
    assert "link" not in outline.tags
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    for name in HOSTILE:
        assert name in "".join(outline.text), name


def test_the_html_has_one_title_steps_of_headings_and_captions() -> None:
    outline = Outline()
    outline.feed(html(as_data(report())))
    assert outline.levels[0] == 1
    assert outline.levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(outline.levels, outline.levels[1:], strict=False))
    assert outline.tags.count("caption") == outline.tags.count("table") > 0


def test_secrets_estimates_and_unknown_values_are_marked() -> None:
    from maillage.web.report.content import Grid

    data = block_data(Grid(communes(3)))
    assert [row[2] for row in data["rows"]] == ["s", "1,0\u00a0%*", "2,0\u00a0%"]
    assert data["rows"][0][3] == "–"
    assert "* estimation." in data["notes"]
    assert "s\u00a0: secret statistique." in data["notes"]


def test_figures_are_written_beside_the_same_elsewhere() -> None:
    secret = Figure("secret", "Caché", None, GUESS, suppressed=True)
    data = block_data(Figures("Chiffres", "Ici", (figure(), secret)))
    assert [column["label"] for column in data["columns"]] == [
        "Indicateur",
        "Ici",
        "Saône-et-Loire",
        "France",
    ]
    assert data["rows"][0] == [
        "Population (habitants)",
        "65\u202f410",
        "551\u202f493",
        "68\u202f350\u202f798",
    ]
    assert data["rows"][1] == ["Caché", "s*", "", ""]


def test_a_unit_is_said_once() -> None:
    assert figure_label(Figure("births", "Naissances", 3, INSEE, "naissances")) == "Naissances"
    assert figure_label(Figure("share", "Part", 0.1, INSEE, "%")) == "Part"


def test_sources_are_said_once_each() -> None:
    assert source_text([]) == ""
    assert source_text([INSEE, INSEE]) == "Source\u00a0: INSEE, recensement, 2022."
    joint = Provenance("DREES ; INSEE, recensement", "2023")
    assert source_text([INSEE, joint]) == "Sources\u00a0: INSEE, recensement\u00a0; DREES."


def test_a_source_that_adds_to_another_adds_only_its_own() -> None:
    joint = Provenance("BPE, INSEE, recensement\u00a0; DREES", "2024")
    other = Provenance("BPE", "2024")
    assert source_text([INSEE, joint, other]) == "Sources\u00a0: INSEE, recensement\u00a0; BPE\u00a0; DREES."


def test_french_typography() -> None:
    assert typeset("« L'un : l'autre » !") == "«\u00a0L’un\u00a0: l’autre\u00a0»\u00a0!"
    assert typeset(typeset("Vraiment ?")) == "Vraiment\u00a0?"
    assert block_data(Paragraph("a ; b"))["text"] == "a\u00a0; b"


def test_an_unknown_block_is_refused() -> None:
    with pytest.raises(TypeError):
        block_data("texte")
