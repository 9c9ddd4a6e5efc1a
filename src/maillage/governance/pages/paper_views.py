"""A meeting on paper: the sheet to sign, the minutes as a Word file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from maillage.governance.pages.attendance_sheet import sheet_pdf
from maillage.governance.pages.base import OfMinutes, OfSitting
from maillage.governance.pages.minutes_word import minutes_word
from maillage.governance.queries.sittings import seen
from maillage.kernel.pages.base import Endpoint, pdf_response, sent_file_response
from maillage.kernel.printing.word import WORD


class AttendanceSheet(OfSitting, Endpoint):
    """The sheet to sign, of a meeting whose members are convened."""

    def get(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        sitting = self.sitting
        if sitting.convened_at is None:
            raise Http404(sitting.pk)
        return pdf_response(sheet_pdf(seen(sitting)), f"emargement-{sitting.held_on:%Y-%m-%d}.pdf")


class MinutesWord(OfMinutes, Endpoint):
    """The minutes as a Word file: as they stand, or as they were approved."""

    def get(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        sitting = self.sitting
        name = f"compte-rendu-{sitting.held_on:%Y-%m-%d}.docx"
        return sent_file_response(minutes_word(sitting, *self.minutes), WORD, name, is_shown=False)
