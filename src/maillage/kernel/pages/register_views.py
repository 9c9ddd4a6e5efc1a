"""The register of processings, on a page, as a CSV and as a paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from maillage.kernel import register
from maillage.kernel.pages.base import Endpoint, Page, csv_response, pdf_response
from maillage.kernel.rules import Permission


class Register(Page):
    """Every processing: why, about whom, for whom, how long, which fields."""

    template_name = "kernel/register.html"
    permission = Permission.VIEW_JOURNAL
    everywhere = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = register.lines()
        return super().get_context_data(
            lines=lines,
            personal=sum(one.personal for one in lines),
            health=sum(one.health for one in lines),
            **context,
        )


class RegisterCsv(Endpoint):
    """The register for a spreadsheet."""

    permission = Permission.VIEW_JOURNAL
    everywhere = True

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Answer with the file."""
        return csv_response(register.as_table(register.lines()))


class RegisterPdf(Endpoint):
    """The register as a paper."""

    permission = Permission.VIEW_JOURNAL
    everywhere = True

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Answer with the PDF."""
        paper = register.as_pdf(register.lines(), timezone.localdate())
        return pdf_response(paper, "registre-des-traitements.pdf", is_kept=True)
