"""Imports of a territory: those in service, a new one, each of its defects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.indicators.actions.imports import deposit_of, deposits, import_files
from maillage.indicators.packs.checking import check_folder
from maillage.indicators.pages import import_words, words
from maillage.indicators.pages.import_forms import ImportForm
from maillage.indicators.pages.views import OfTerritory
from maillage.indicators.queries.imports import imports_of
from maillage.indicators.rules.files import FolderError, Form
from maillage.indicators.rules.schema import FILES
from maillage.kernel import access, formats
from maillage.kernel.pages.base import Page
from maillage.kernel.rules import Permission


class Imports(OfTerritory, Page):
    """The files that the indicators of a territory are computed from; a new folder of them."""

    template_name = "indicators/imports.html"

    def _form(self, *data: Any) -> ImportForm:
        return ImportForm(*data, folders=self._deposits, today=self.today)

    @property
    def _deposits(self) -> list[Path]:
        """The folders put there for this territory."""
        return deposits(Path(settings.HOME), self.territory.slug)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = imports_of(self.scope)
        may = access.may(self.person, Permission.IMPORT_INDICATORS, self.scope)
        context.setdefault("form", self._form() if may else None)
        said = ngettext("{count} import en service.", "{count} imports en service.", len(found))
        return super().get_context_data(
            **self.shared(),
            finding=said.format(count=formats.number(len(found)))
            if found
            else _("Aucun fichier importé encore."),
            imports=[(one, words.period_words(one.period), one.changed_files) for one in found],
            may_import=may,
            has_deposit=bool(self._deposits),
            deposit=str(deposit_of(Path(settings.HOME), self.territory.slug)),
            files=list(FILES.values()),
            **context,
        )

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Check the folder whole; put it in service, or say each of its defects."""
        access.require(self.person, Permission.IMPORT_INDICATORS, self.scope)
        form = self._form(request.POST)
        defects: list[str] = []
        if form.is_valid():
            data = form.cleaned_data
            try:
                checked = check_folder(form.path, Form(data["form"]), data["period"], self.today)
                import_files(
                    by=self.person, scope=self.scope, checked=checked, period=data["period"],
                    title=data["title"], key=data["key"], replaces=data["replaces"],
                )  # fmt: skip
            except FolderError as error:
                defects = [import_words.said_of(one) for one in error.defects]
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(
                    request, _("Les fichiers sont en service : les indicateurs en sont calculés.")
                )
                return redirect("indicators:imports", slug=slug)
        return self.render_to_response(self.get_context_data(form=form, defects=defects), status=422)
