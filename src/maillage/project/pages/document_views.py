"""The document of a project, in the two forms that an ARS takes: Word and PDF."""

from __future__ import annotations

import dataclasses
import datetime as dt
from importlib.resources import files
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from maillage.kernel import printing
from maillage.kernel.pages.base import Endpoint, pdf_response, sent_file_response
from maillage.kernel.printing.blocks import Document
from maillage.kernel.printing.word import WORD, word
from maillage.project.models import ActionEvidence, Agreement
from maillage.project.pages.base import OfProject
from maillage.project.pages.document_content import document_of
from maillage.project.queries import projects as queries

TEMPLATE = files("maillage.project.pages") / "project.typ"


def project_pdf(document: Document, day: dt.date) -> bytes:
    """Return the document of a project as a PDF."""
    return printing.pdf(TEMPLATE, dataclasses.asdict(document), day)


class _OfDocument(OfProject, Endpoint):
    def _document(self) -> tuple[Document, dt.date, str]:
        whole = queries.whole_of(self.project, self.person)
        document = document_of(
            whole,
            agreements=list(
                Agreement.objects.in_scope(self.scope).filter(ended_on=None).order_by("starts_on", "pk")
            ),
            evidence=list(ActionEvidence.objects.of(self.project).order_by("on", "pk")),
        )
        return (
            document,
            whole.today,
            f"projet-de-sante-{slugify(self.project.territory.name) or self.project.pk}",
        )


class ProjectWord(_OfDocument):
    """The project as a Word file."""

    def get(self, _request: HttpRequest, **_address: Any) -> HttpResponse:
        document, day, name = self._document()
        return sent_file_response(word(document, day), WORD, f"{name}.docx", is_shown=False)


class ProjectPdf(_OfDocument):
    """The project as a PDF."""

    def get(self, _request: HttpRequest, **_address: Any) -> HttpResponse:
        document, day, name = self._document()
        return pdf_response(project_pdf(document, day), f"{name}.pdf")
