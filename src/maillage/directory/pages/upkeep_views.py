"""Newcomers, imports previewed, duplicates merged and given back."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import actions
from maillage.directory.models import STEP_LABELS, DirectoryImport, ImportChange, Merge, Professional, Welcome
from maillage.directory.pages.forms import ImportForm, WelcomeForm
from maillage.directory.queries import arrival, arrivals, duplicate_pairs, specialty
from maillage.directory.rules.extractions import Format
from maillage.directory.rules.seeming import NothingToTakeError, WrongFileError
from maillage.directory.rules.welcome import Step
from maillage.kernel import access
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, csv_response
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.territory import api as territory

SHOWN_DEFECTS = 100


class OfTerritory(Endpoint):
    """Something of the territory of the address."""

    permission = Permission.VIEW_DIAGNOSIS

    @cached_property
    def place(self) -> territory.Territory:
        """The territory. Raises Http404."""
        return territory.territory_or_404(self.kwargs["slug"])


class Newcomers(OfTerritory, Page):
    """The newcomers of a territory, and how far each is."""

    template_name = "directory/newcomers.html"
    permission = Permission.EDIT_SCENARIO

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = arrivals(self.place)
        may_open = access.may(self.person, Permission.EDIT_DIRECTORY, self.place.scope)
        if may_open:
            context.setdefault("form", WelcomeForm(place=self.place))
        today = timezone.localdate()
        rows = [
            (
                one.welcome,
                sum(due.done_on is not None for due in one.dues),
                len(one.dues),
                STEP_LABELS[one.next.step] if one.next else "",
                any(due.is_late(today) for due in one.dues),
            )
            for one in found
        ]
        return super().get_context_data(place=self.place, rows=rows, may_open=may_open, **context)

    def post(self, request: HttpRequest, **_parts: str) -> HttpResponse:
        """Open the welcome of a newcomer."""
        form = WelcomeForm(request.POST, place=self.place)
        if form.is_valid():
            try:
                opened = actions.welcome(by=self.person, place=self.place, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Accueil ouvert : la première étape est la rencontre."))
                return redirect("directory:newcomer", pk=opened.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Newcomer(Page):
    """One newcomer: the steps, in order, each with its last day."""

    template_name = "directory/newcomer.html"
    permission = Permission.EDIT_SCENARIO

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        try:
            one = arrival(self.kwargs["pk"])
        except Welcome.DoesNotExist:
            raise Http404 from None
        today = timezone.localdate()
        return super().get_context_data(
            arrival=one,
            steps=[(due, STEP_LABELS[due.step], due.is_late(today)) for due in one.dues],
            done=sum(due.done_on is not None for due in one.dues),
            may_mark=actions.is_companion(self.person, one.welcome),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mark a step done, or not done after all."""
        found = Welcome.objects.select_related("professional", "mentor", "territory__scope")
        word = request.POST.get("step", "")
        if word not in {step.value for step in Step}:
            raise Http404(word)
        actions.mark_step(
            by=self.person,
            welcome=get_object_or_404(found, pk=pk),
            step=Step(word),
            done=request.POST.get("done") == "1",
        )
        return redirect("directory:newcomer", pk=pk)


class Import(Page):
    """Chooses a national file, shows what it would change, then takes it in."""

    template_name = "directory/import.html"
    permission = Permission.IMPORT_DATA

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", ImportForm(initial={"extracted_on": timezone.localdate()}))
        context = {"preview": None, "undo_refused": [], "undo_pk": None, "undo_reason": "", **context}
        known = ImportChange.objects.filter(done=OuterRef("pk"))
        past = DirectoryImport.objects.annotate(may_be_undone=Exists(known))
        past = past.select_related("imported_by", "undone_by")[:10]
        return super().get_context_data(past=past, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do what the button says: `preview`, `errors` (a CSV), `import`, or `undo` an import."""
        if request.POST.get("step") == "undo":
            return self._undo(request)
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._refuse(request, form)
        asked = form.cleaned_data
        content, format = asked["file"].read(), Format(asked["format"])
        try:
            if request.POST.get("step") == "import":
                return self._take_in(request, asked, content, format)
            seen = actions.preview(
                by=self.person,
                format=format,
                content=content,
                departements=asked["departements"],
                extracted_on=asked["extracted_on"],
            )
        except (WrongFileError, NothingToTakeError) as error:
            form.add_error("file", actions.refusal(error))
            return self._refuse(request, form)
        table = actions.defects_table(seen.reading.defects)
        if request.POST.get("step") == "errors":
            return csv_response(table)
        shown = actions.defects_table(seen.reading.defects[:SHOWN_DEFECTS])
        context = self.get_context_data(
            form=form,
            preview=seen,
            outcome=actions.outcome(seen.reading, seen.counts),
            defects=shown,
            hidden=len(table.rows) - len(shown.rows),
        )
        return self.render_to_response(context)

    def _undo(self, request: HttpRequest) -> HttpResponse:
        done = get_object_or_404(DirectoryImport, pk=row_key(request.POST.get("done", "")))
        reason = request.POST.get("reason", "")
        try:
            counts = actions.undo_import(by=self.person, done=done, reason=reason)
        except ValidationError as error:
            context = self.get_context_data(undo_refused=error.messages, undo_pk=done.pk, undo_reason=reason)
            return self.render_to_response(context, status=422)
        text = _(
            "Import défait. Lignes rendues à ce qu’elles étaient : {restored} ; retirées : {removed} ; "
            "gardées, car changées ou utilisées depuis : {kept}."
        )
        messages.success(request, text.format(**counts))
        return redirect("directory:import")

    def _refuse(self, request: HttpRequest, form: ImportForm) -> HttpResponse:
        """Say what is wrong beside the fields; where only the preview is swapped, in the preview."""
        told = [f"{form[name].label} : {error}" for name, errors in form.errors.items() for error in errors]
        refused = told if "HX-Request" in request.headers else []
        return self.render_to_response(self.get_context_data(form=form, refused=refused), status=422)

    def _take_in(
        self, request: HttpRequest, asked: dict[str, Any], content: bytes, format: Format
    ) -> HttpResponse:
        began = timezone.now()
        done = actions.take_in(
            by=self.person,
            format=format,
            content=content,
            file_name=asked["file"].name,
            extracted_on=asked["extracted_on"],
            departements=asked["departements"],
        )
        if done.imported_at < began:
            messages.info(request, _("Ce fichier avait déjà été importé : rien n’a changé."))
        else:
            text = _(
                "Import terminé. Ajoutés : {added} ; modifiés : {changed} ; "
                "fermés ou partis : {closed} ; lignes écartées : {left_out}."
            )
            messages.success(request, text.format(**done.counts))
        return redirect("directory:import")


class KeptTerritory(OfTerritory):
    """A page for those who keep the directory of the territory."""

    permission = Permission.EDIT_DIRECTORY

    def get_scope(self) -> Scope:
        """Return the scope of the territory."""
        return self.place.scope


class Duplicates(KeptTerritory, Page):
    """Sheets that may be of one professional, and merges that can be undone."""

    template_name = "directory/duplicates.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        pairs = duplicate_pairs(territory.member_codes(self.place))
        merges = Merge.objects.select_related("kept", "removed", "merged_by", "undone_by")[:20]
        shown = [(kept, removed, specialty(kept)) for kept, removed in pairs]
        return super().get_context_data(place=self.place, pairs=shown, merges=merges, **context)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Merge two sheets, or undo a merge."""
        reason = request.POST.get("reason", "")
        try:
            if "merge" in request.POST:
                done = get_object_or_404(Merge, pk=_number(request.POST["merge"]))
                actions.undo_merge(by=self.person, merge=done, reason=reason)
                messages.success(request, _("Fusion défaite : chaque fiche a retrouvé ses informations."))
            else:
                kept = get_object_or_404(Professional, pk=_number(request.POST.get("kept", "")))
                removed = get_object_or_404(Professional, pk=_number(request.POST.get("removed", "")))
                actions.merge(by=self.person, kept=kept, removed=removed, reason=reason)
                messages.success(request, _("Fiches fusionnées : la fusion peut être défaite."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("directory:duplicates", slug=slug)


def _number(text: str) -> int:
    """Return a key of the form. Raises Http404 for anything else."""
    if not row_key(text):
        raise Http404(text)
    return row_key(text)
