"""A professional written by hand in a territory, and who one is corrected."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from maillage.directory import actions
from maillage.directory.models import Professional
from maillage.directory.pages.forms import CorrectionForm, NewProfessionalForm
from maillage.directory.pages.professional_views import SheetMixin
from maillage.directory.pages.upkeep_views import KeptTerritory
from maillage.directory.queries import structures_in, told_apart
from maillage.directory.rules.professionals import Function
from maillage.directory.rules.structures import Origin
from maillage.kernel.pages.base import Page
from maillage.territory import api as territory


class NewProfessional(KeptTerritory, Page):
    """Writes the sheet of somebody whom no register brought; warns where one is alike."""

    template_name = "directory/new_professional.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", self._form())
        context.setdefault("alike", [])
        return super().get_context_data(place=self.place, **context)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG002 (read by `place`)
        """Create the sheet."""
        form, alike = self._form(request.POST), []
        if form.is_valid():
            try:
                one = actions.create_professional(
                    by=self.person,
                    place=self.place,
                    values=form.cleaned_data,
                    structure=form.cleaned_data["structure"],
                    function=Function(form.cleaned_data["function"]),
                    is_another=form.cleaned_data["is_another"],
                )
            except actions.SheetsAlike as warning:
                alike = _described(warning.sheets)
                form.add_error("is_another", warning)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Fiche créée pour {name}.").format(name=one.name))
                return redirect("directory:professional", pk=one.pk)
        return self.render_to_response(self.get_context_data(form=form, alike=alike), status=422)

    def _form(self, *sent: Any) -> NewProfessionalForm:
        codes = territory.member_codes(self.place)
        named = structures_in(codes, every_origin=True).order_by("search_name", "pk")
        one_each = named.exclude(origin=Origin.PACK.value, finess="", precision="commune")
        return NewProfessionalForm(*sent, structures=one_each)


class Correction(SheetMixin, Page):
    """Corrects who a professional is."""

    template_name = "directory/correct.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", CorrectionForm(professional=self.professional))
        return super().get_context_data(professional=self.professional, **context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Correct it."""
        form = CorrectionForm(request.POST, professional=self.professional)
        if form.is_valid():
            try:
                actions.correct_professional(
                    by=self.person,
                    professional=self.professional,
                    values=form.cleaned_data,
                    reason=form.cleaned_data["reason"],
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Fiche corrigée : aucun import ne changera plus cette identité."))
                return redirect("directory:professional", pk=pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


def _described(sheets: list[Professional]) -> list[tuple[Professional, str]]:
    """Return sheets with what tells homonyms apart: profession, commune, RPPS number."""
    lines = told_apart(sheets)
    return [(one, lines[one.pk]) for one in sheets]
