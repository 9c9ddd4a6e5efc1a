"""Pages of the journal, for those who may read it: look, export, verify."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import anchors, formats, outbox
from maillage.kernel.journal import Verification
from maillage.kernel.models import Entry
from maillage.kernel.pages import presenters
from maillage.kernel.pages.base import Endpoint, Page, csv_response
from maillage.kernel.pages.forms import JournalFilter
from maillage.kernel.parameters import query_kept
from maillage.kernel.rules import Permission

PER_PAGE = 50
EXPORT_LIMIT = 50_000


class JournalPage(Page):
    """Who did what, newest first."""

    permission = Permission.VIEW_JOURNAL
    everywhere = True
    template_name = "kernel/journal.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = JournalFilter(self.request.GET)
        page = Paginator(_asked(form), PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            late=outbox.late(),
            form=form,
            page=page,
            rows=presenters.entries(page),
            query=query_kept(self.request.GET.lists(), page=""),
            **context,
        )


class JournalExport(Endpoint):
    """The rows asked for as a CSV file, the 50,000 newest at most."""

    permission = Permission.VIEW_JOURNAL
    everywhere = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return csv_response(presenters.journal_table(_asked(JournalFilter(request.GET))[:EXPORT_LIMIT]))


class JournalVerification(Endpoint):
    """Reads the whole journal again and says whether a row was tampered with."""

    permission = Permission.VIEW_JOURNAL
    everywhere = True

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            found = anchors.verify()
        except anchors.AnchorError as error:
            messages.error(request, _("Journal altéré. {explanation}").format(explanation=error))
            return redirect("kernel:journal")
        if found.fault is None:
            messages.success(request, _intact(found))
        else:
            text = _("Journal altéré. {explanation}")
            messages.error(request, text.format(explanation=found.fault.explanation))
        return redirect("kernel:journal")


def _intact(found: Verification) -> str:
    """Say how many rows hold, and how many ends noted outside the database they were checked against."""
    rows = ngettext(
        "Journal intact : {count} ligne vérifiée.",
        "Journal intact : {count} lignes vérifiées.",
        found.entries,
    ).format(count=formats.number(found.entries))
    if found.anchors:
        kept = ngettext(
            "{count} empreinte gardée hors de la base, retrouvée.",
            "{count} empreintes gardées hors de la base, toutes retrouvées.",
            found.anchors,
        ).format(count=formats.number(found.anchors))
    else:
        kept = _("Aucune empreinte n’est encore gardée hors de la base : rien ne prouve sa fin.")
    return " ".join([rows, kept, _("Empreinte actuelle : {hash}.").format(hash=found.seal)])


def _asked(form: JournalFilter) -> QuerySet[Entry]:
    return form.keep(Entry.objects.select_related("by"))
