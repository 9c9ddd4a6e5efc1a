"""The document of a project: the same content as a Word file and as a PDF, opened again to be read."""

import datetime as dt
import io
from decimal import Decimal

import docx
import pytest
from django.urls import reverse
from django.utils import timezone

from maillage.kernel.models import Person
from maillage.project.actions.objectives import add_axis, link_plan
from maillage.project.actions.projects import write_chapter
from maillage.project.actions.work import add_action, add_money, add_step
from maillage.project.models import Objective
from maillage.project.rules.actions import MoneySource
from maillage.project.rules.linked import LinkedKind
from tests.care.conftest import client_of
from tests.pdf import text_of


@pytest.fixture
def written(coordinator: Person, objective: Objective) -> Objective:
    today = timezone.localdate()
    project = objective.project
    add_axis(by=coordinator, project=project, title="Près de chez soi", key="x")
    # What nobody typed on purpose: a sign that XML cannot hold, and markup of three kinds.
    text = "Un texte & un <b>chiffre</b> #let x = 1 [a](b) \\textbf{c}\n\nfin"
    write_chapter(by=coordinator, project=project, name="summary_of_project", base=0, text=text)
    action = add_action(
        by=coordinator, objective=objective, title="Consultations avancées", starts_on=today, key="a",
        lead=coordinator, indicator="access.mean", target=Decimal("2.5"), target_on=today,
    )  # fmt: skip
    add_step(by=coordinator, action=action, title="Salle", due_on=today - dt.timedelta(days=2), key="s")
    add_money(
        by=coordinator, action=action, source=MoneySource.ACI, label="Temps", asked=Decimal("1234.56"),
        granted=Decimal("1000.00"), spent=Decimal("0.01"), key="m",
    )  # fmt: skip
    link_plan(
        by=coordinator, objective=objective, kind=LinkedKind.CLS, title="CLS du pays", theirs="Accès", key="l"
    )
    return objective


WANTED = (
    "Projet du Val", "Un médecin pour chacun", "Consultations avancées", "Salle", "en retard",
    "Contrat local de santé (CLS)", "access.mean",
)  # fmt: skip


def test_the_word_file_opens_with_its_headings_tables_and_fields(
    coordinator: Person, written: Objective
) -> None:
    answer = client_of(coordinator).get(reverse("project:word", args=[written.project_id]))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].endswith("wordprocessingml.document")
    made = docx.Document(io.BytesIO(answer.content))
    headings = [one.text for one in made.paragraphs if one.style.name == "Heading 1"]
    assert headings[:2] == ["Le projet en une page", "Portrait du territoire"]
    assert {"Fiches d’action", "Missions et calendrier", "Budget", "Sources"} <= set(headings)
    xml = made.element.xml
    text = "\n".join([
        *(one.text for one in made.paragraphs),
        *(cell.text for table in made.tables for row in table.rows for cell in row.cells),
    ])  # fmt: skip
    assert [one for one in WANTED if one not in text] == []
    assert "Un texte & un <b>chiffre</b> #let x = 1" in text
    assert "1\u202f234,56\u00a0€" in text
    # A table of contents that Word completes, page numbers, a header repeated on each page of a table.
    assert ' TOC \\o "1-2"' in xml
    assert "w:tblHeader" in xml
    assert "w:tblCaption" in xml
    assert " PAGE " in made.sections[0].footer._element.xml
    assert made.core_properties.title == "Projet du Val"
    assert made.core_properties.language == "fr-FR"


def test_the_pdf_says_the_same(coordinator: Person, written: Objective) -> None:
    answer = client_of(coordinator).get(reverse("project:pdf", args=[written.project_id]))
    assert answer.status_code == 200
    text = " ".join(text_of(answer.content).split())
    assert [one for one in (*WANTED, "Sommaire", "#let x = 1") if one not in text] == []
    assert "1 234,56 €" in text.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_project_with_nothing_yet_is_still_a_document(coordinator: Person, objective: Objective) -> None:
    for name in ("word", "pdf"):
        answer = client_of(coordinator).get(reverse(f"project:{name}", args=[objective.project_id]))
        assert answer.status_code == 200
