"""The report of a real computation: the fictional country, one commune, no data; files, page, rights."""

import csv
import re
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.territory import api
from maillage.territory.actions.flows import import_flows
from maillage.web import report as reports
from maillage.web.report.content import Figures, Report
from maillage.web.report.data import as_data, figure_text
from maillage.web.report.material import open_material
from maillage.web.report.sections.access import REASONS
from maillage.web.report.sections.sources import used_variables
from tests.packs import fictional_country, fictional_pack, national_pack  # noqa: F401 (fixtures)
from tests.pdf import pages_of, text_of
from tests.web.test_report_document import Outline

DAY = date(2026, 11, 22)


def silent(step: str, done: int, total: int) -> None:
    """Report nothing."""


@pytest.fixture
def demonstration(fictional_country: api.Atlas) -> api.Territory:  # noqa: F811
    """The demonstration territory of the fictional country."""
    return api.create_demonstration_territory(by=None)


@pytest.fixture
def hamlet(fictional_country: api.Atlas) -> api.Territory:  # noqa: F811
    """A territory of one commune, the least populated."""
    people = api.population(fictional_country)
    code = str(fictional_country.codes[int(people.argmin())])
    return api.create_territory(
        by=None, kind=api.TerritoryKind.FREE, name="Un seul #village $", codes=[code], slug="un-seul-village"
    )


def plain(text: str) -> str:
    """Return `text` with every space alike, as extracted text has them."""
    return re.sub(r"\s+", " ", text)


def test_the_pdf_says_what_the_computations_return(demonstration: api.Territory) -> None:
    made = reports.report_of(demonstration.slug, DAY)
    content = reports.report_pdf(made)
    assert len(pages_of(content)) > 6
    said = plain(text_of(content))
    with override("fr"):
        for figure in made.headline.figures:
            assert plain(figure_text(figure, figure.value)) in said, figure.label
    for section in made.sections:
        assert plain(section.title) in said
    assert "Territoire fictif" in said
    assert "dimanche 22 novembre 2026" in said


def test_the_figures_are_those_of_the_pages(demonstration: api.Territory) -> None:
    material = open_material(demonstration.slug, DAY)
    made = reports.report_of(demonstration.slug, DAY)
    figures = {figure.key: figure for figure in made.headline.figures}
    portrait = api.portrait(material.atlas, material.positions, demonstration.name)
    assert figures["population"].value == portrait.figure("population").value
    summary = api.summary(api.national_access(material.atlas), material.positions)
    assert figures["mean"].value == summary.mean
    assert figures["below"].value == summary.below


def test_every_source_of_a_figure_is_in_the_list_of_sources(demonstration: api.Territory) -> None:
    material = open_material(demonstration.slug, DAY)
    made = reports.report_of(demonstration.slug, DAY)
    listed = {
        table.caption.split(" (licence")[0] for table in made.tables() if table.key.startswith("sources-")
    }
    blocks = [made.headline, *(block for section in made.sections for block in section.blocks)]
    figures = [figure for block in blocks if isinstance(block, Figures) for figure in block.figures]
    assert figures
    for figure in figures:
        named = [source for source in listed if source in figure.provenance.source]
        assert named or "temps de trajet" in figure.provenance.source, figure.key
    assert {variable.key for variable in used_variables(material)} <= api.columns_read()


def test_every_rule_of_a_figure_is_in_the_parameters(demonstration: api.Territory) -> None:
    from maillage.kernel.sourced_rules import rule

    made = reports.report_of(demonstration.slug, DAY)
    table = next(table for table in made.tables() if table.key == "parametres")
    labels = {row.cells["label"] for row in table.rows}
    blocks = [block for section in made.sections for block in section.blocks if isinstance(block, Figures)]
    keys = {key for block in blocks for figure in block.figures for key in figure.provenance.rules}
    assert {rule(key, DAY).label for key in keys} <= labels


def test_every_hypothesis_has_its_words() -> None:
    assert set(REASONS) == set(api.Reason)


def test_observed_flows_stand_apart_and_keep_their_secrets(
    demonstration: api.Territory, coordinator: Person
) -> None:
    one, two = api.member_codes(demonstration)[:2]
    heading = "origine;destination;motif;effectif;periode"
    lines = (heading, f"{one};{two};urgences;40;2025", f"{two};{one};urgences;3;2025")
    content = "\n".join(lines)
    import_flows(
        by=coordinator, territory=demonstration, name="Passages #1", source="CH de Brume", file="f.csv",
        content=content.encode(),
    )  # fmt: skip
    made = reports.report_of(demonstration.slug, DAY)
    table = next(table for table in made.tables() if table.key.startswith("flux-observes"))
    assert [(row.cells["count"], row.cells["share"]) for row in table.rows] == [(40, 1.0)]
    page = unescape(reports.report_html(made).decode())
    assert "Flux observés\u00a0: Passages #1" in page
    assert "Lignes de moins de 11 écartées par le secret statistique\u00a0: 1." in page


def test_the_annex_has_every_commune(demonstration: api.Territory) -> None:
    made = reports.report_of(demonstration.slug, DAY)
    table = next(table for table in made.tables() if table.key == "communes")
    assert sorted(row.code for row in table.rows) == api.member_codes(demonstration)


def test_a_territory_of_one_commune_has_a_report(hamlet: api.Territory) -> None:
    made = reports.report_of(hamlet.slug, DAY)
    assert "1\u00a0commune" in made.nature
    assert reports.report_pdf(made).startswith(b"%PDF")
    assert "Un seul #village $" in unescape(reports.report_html(made).decode())


def test_a_report_is_in_french_whatever_the_screen(demonstration: api.Territory) -> None:
    with override("en"):
        made = reports.report_of(demonstration.slug, DAY)
        page = reports.report_html(made)
    assert page == reports.report_html(reports.report_of(demonstration.slug, DAY))
    assert "Portrait de la population" in page.decode()


def test_every_identifier_of_the_html_is_unique(demonstration: api.Territory) -> None:
    outline = Outline()
    outline.feed(reports.report_html(reports.report_of(demonstration.slug, DAY)).decode())
    assert len(outline.ids) == len(set(outline.ids)) > 20


def test_the_same_report_is_typeset_once(
    demonstration: api.Territory, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = reports.report_of(demonstration.slug, date(2025, 1, 5))
    first = reports.report_pdf(made)
    monkeypatch.setattr("maillage.web.report.cache.pdf", lambda data, day: b"again")
    assert reports.report_pdf(made) == first
    assert reports.report_pdf(replace(made, subject="Autre nom")) == b"again"
    forget_cached(replace(made, subject="Autre nom"))


def forget_cached(made: Report) -> None:
    """Delete the PDF of a report from the cache."""
    from maillage.web.report.cache import cached_file

    with override("fr"):
        cached_file(as_data(made)).unlink()


def test_the_files_are_written(demonstration: api.Territory, tmp_path: Path) -> None:
    steps: list[str] = []
    written = reports.write_report(
        demonstration.slug, tmp_path / "out", progress=lambda step, done, total: steps.append(step)
    )
    names = {path.relative_to(tmp_path / "out").as_posix() for path in written}
    assert {
        "diagnostic.pdf",
        "diagnostic.html",
        "donnees/communes.csv",
        "donnees/portrait-communes.csv",
    } <= names
    assert all(path.stat().st_size for path in written)
    assert "diagnostic.pdf" in steps
    with (tmp_path / "out" / "donnees" / "communes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[0][:2] == ["code", "Commune"]
    assert len(rows) == 1 + len(api.member_codes(demonstration))


def test_an_unknown_territory_is_refused_by_name(demonstration: api.Territory, tmp_path: Path) -> None:
    with pytest.raises(reports.UnknownTerritoryError, match=demonstration.slug):
        reports.write_report("nulle-part", tmp_path, progress=silent)


def test_without_data_the_report_says_so(db: None, tmp_path: Path) -> None:
    with pytest.raises((api.NoPackError, reports.UnknownTerritoryError)):
        reports.write_report("nulle-part", tmp_path, progress=silent)


@pytest.fixture
def emptied(hamlet: api.Territory) -> api.Territory:
    """A territory whose only commune is no longer in the data."""
    api.Commune.objects.filter(code__in=api.member_codes(hamlet)).update(is_active=False)
    return hamlet


def test_a_territory_without_commune_in_the_data_is_refused(emptied: api.Territory, tmp_path: Path) -> None:
    with pytest.raises(reports.EmptyTerritoryError, match=re.escape(emptied.name)):
        reports.write_report(emptied.slug, tmp_path, progress=silent)


def test_its_page_says_why_there_is_no_file(visitor: Client, emptied: api.Territory) -> None:
    page = visitor.get(reverse("web:report", args=[emptied.slug]))
    assert page.status_code == 200
    assert "il n’y a pas de rapport à écrire" in unescape(page.content.decode())
    assert visitor.get(reverse("web:report_pdf", args=[emptied.slug])).status_code == 404


def test_the_page_offers_both_files(visitor: Client, demonstration: api.Territory) -> None:
    page = visitor.get(reverse("web:report", args=[demonstration.slug]))
    assert page.status_code == 200
    content = page.content.decode()
    for name in ("report_pdf", "report_html"):
        assert reverse(f"web:{name}", args=[demonstration.slug]) in content
    assert "zonage officiel" in content


@pytest.mark.parametrize(
    ("name", "kind"), [("report_pdf", "application/pdf"), ("report_html", "text/html; charset=utf-8")]
)
def test_a_file_is_sent_to_be_kept(
    visitor: Client, demonstration: api.Territory, name: str, kind: str
) -> None:
    answer = visitor.get(reverse(f"web:{name}", args=[demonstration.slug]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"].startswith('attachment; filename="diagnostic-')


def test_an_unknown_territory_is_not_found(visitor: Client) -> None:
    for name in ("report", "report_pdf", "report_html"):
        assert visitor.get(reverse(f"web:{name}", args=["nulle-part"])).status_code == 404


def test_someone_without_the_right_is_refused(client: Client, demonstration: api.Territory) -> None:
    client.force_login(Person.objects.create_user("sans.droit@example.org", "un mot de passe long"))
    assert client.get(reverse("web:report", args=[demonstration.slug])).status_code == 403


@pytest.mark.pack
def test_the_national_demonstration_has_its_figures(db: None, national_pack: Path, tmp_path: Path) -> None:  # noqa: F811
    api.import_pack(by=None, folder=national_pack)
    territory = api.create_demonstration_territory(by=None)
    made = reports.report_of(territory.slug, DAY)
    said = plain(text_of(reports.report_pdf(made)))
    assert "Charolais-Brionnais" in said
    assert "65 410" in said
    assert "ce n’est pas une CPTS officielle" in said
    assert formats.number(len(api.member_codes(territory))) == "99"
    assert "Marcigny" in said
