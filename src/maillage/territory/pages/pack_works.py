"""A data pack from the web: asked for, watched, previewed, imported, gone back from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from maillage.kernel.job_states import JobState
from maillage.kernel.pages.base import Page
from maillage.kernel.pages.gestures import Gestures
from maillage.kernel.rules import Permission
from maillage.territory import queries
from maillage.territory.actions import pack_works as actions
from maillage.territory.actions.pack_works import BusyError, WorkRefusedError
from maillage.territory.models import DataPack, PackWork
from maillage.territory.pages import pack_presenter as presenter
from maillage.territory.pages.pack_forms import ImportPackForm, PrepareForm
from maillage.territory.queries.pack_works import last_import_of, recent_works, work_or_none
from maillage.territory.rules.pack_works import WorkKind


class OfPacks(Page):
    """A page for those who import data for the whole installation."""

    permission = Permission.IMPORT_DATA
    everywhere = True


class OfWork(OfPacks):
    """A page about one piece of work."""

    @cached_property
    def work(self) -> PackWork:
        """The work of the address. Raises Http404."""
        found = work_or_none(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found


class Prepare(OfPacks):
    """Asks for the pack of a territory, and lists what was asked lately."""

    template_name = "territory/packs/index.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", PrepareForm())
        active = actions.active_work()
        return super().get_context_data(
            active=active,
            works=[(one, *presenter.state_of(one)) for one in recent_works()],
            pack=queries.current_pack(),
            **context,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask for a pack."""
        form = PrepareForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                work = actions.ask_build(
                    by=self.person, asked=form.cleaned_data["territory"], given=form.cleaned_data["given"]
                )
            except BusyError as error:
                messages.error(request, str(error))
                return _to_work(error) or redirect(request.path)
            except WorkRefusedError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Préparation demandée : elle commence dans quelques secondes."))
                return redirect("territory:pack_work", work.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Work(Gestures, OfWork):
    """One piece of work: how far it is, what it made, what may be done of it."""

    template_name = "territory/packs/work.html"
    refusals = (WorkRefusedError, ValidationError)

    def gestures(self) -> Mapping[str, Callable[[], str]]:
        return {
            "stop": self._stop,
            "resume": lambda: self._go_on(actions.resume, _("Repris là où c’en était.")),
            "update": lambda: self._go_on(actions.ask_update, _("Mise à jour demandée.")),
            "check": lambda: self._go_on(actions.ask_check, _("Contrôle demandé.")),
            "import": self._import,
        }

    def after(self, name: str) -> HttpResponse:  # noqa: ARG002 (always the page of what was asked)
        return redirect("territory:pack_work", self._next.pk)

    def refused(self, name: str, error: Exception) -> HttpResponse:
        """Say why; lead to the work that is in the way, where it is that."""
        if isinstance(error, BusyError) and error.work is not None:
            self._next = error.work
        return super().refused(name, error)

    @cached_property
    def _next(self) -> PackWork:
        return self.work

    def _stop(self) -> str:
        actions.stop(by=self.person, work=self.work)
        return _("Arrêté.")

    def _go_on(self, action: Callable[..., PackWork], said: str) -> str:
        self._next = action(by=self.person, work=self.work)
        return said

    def _import(self) -> str:
        wanted = self.request.POST.getlist("wanted")
        self._next = actions.ask_import(by=self.person, work=self.work, wanted=wanted)
        return _("Import demandé : il commence dans quelques secondes.")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        work = self.work
        word, kind = presenter.state_of(work)
        return super().get_context_data(
            work=work,
            is_silent=presenter.is_silent(work),
            finding=presenter.finding(work),
            state=word,
            state_kind=kind,
            given=presenter.given_lines(work.given),
            is_failed=work.state == JobState.FAILED,
            **(_prepared(work) if work.prepares and work.state == JobState.DONE else {"ready": None}),
            **_imported(work),
            **context,
        )


def _prepared(work: PackWork) -> dict[str, Any]:
    """Return what is shown of a pack that is ready, or that its check refuses."""
    answer, in_use = work.answer, queries.current_pack()
    preview = answer["preview"]
    return {
        "ready": answer,
        "facts": presenter.facts(work),
        "sources": presenter.sources_table(work),
        "updated": presenter.update_lines(work),
        "preview": presenter.report_lines(preview, is_done=False) if preview else [],
        "columns": presenter.columns_table(preview, is_done=False) if preview else None,
        "is_stale": answer["against"] != (in_use.fingerprint if in_use else ""),
        "is_in_use": in_use is not None and in_use.fingerprint == work.fingerprint,
        "imported": last_import_of(work),
        "form": ImportPackForm(parts=answer["parts"]),
    }


def _imported(work: PackWork) -> dict[str, Any]:
    """Return what is shown of an import, or of a pack gone back to."""
    report = work.answer.get("report")
    if not report:
        return {"report": None}
    earlier = queries.earlier_pack()
    return {
        "report": presenter.report_lines(report, is_done=True),
        "report_columns": presenter.columns_table(report, is_done=True),
        "steps": presenter.steps_of(work),
        "earlier": earlier if work.kind == WorkKind.IMPORT else None,
    }


class Progress(OfWork):
    """How far the work is, asked every two seconds; once it is over, the page is read again."""

    template_name = "territory/packs/_progress.html"

    def get(self, request: HttpRequest, *_args: Any, **_address: Any) -> HttpResponse:  # noqa: ARG002 (named so by the class)
        if not self.work.is_active:
            return HttpResponseClientRefresh()
        return self.render_to_response(
            self.get_context_data(work=self.work, is_silent=presenter.is_silent(self.work))
        )


class Back(OfPacks):
    """Goes back to a pack that was in use, after saying what that changes."""

    template_name = "territory/packs/back.html"

    @cached_property
    def pack(self) -> DataPack:
        """The pack of the address. Raises Http404."""
        found = DataPack.objects.select_related("imported_by").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        in_use = queries.current_pack()
        return super().get_context_data(
            pack=self.pack,
            in_use=in_use,
            lines=presenter.changes_lines(in_use, self.pack) if in_use else [],
            is_there=bool(self.pack.folder) and Path(self.pack.folder).is_dir(),
            **context,
        )

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        """Ask for the pack to be in use again."""
        try:
            work = actions.ask_back(by=self.person, pack=self.pack)
        except WorkRefusedError as error:
            messages.error(request, str(error))
            return _to_work(error) or redirect("territory:data")
        messages.success(request, _("Retour demandé : il commence dans quelques secondes."))
        return redirect("territory:pack_work", work.pk)


def _to_work(error: WorkRefusedError) -> HttpResponse | None:
    """Lead to the work that is in the way, None where it is not that."""
    if isinstance(error, BusyError) and error.work is not None:
        return redirect("territory:pack_work", error.work.pk)
    return None
