"""Crisis cells: the list, opening one, the board of a cell and what is done from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.crisis.actions import cells as actions
from maillage.crisis.actions import reports, structures
from maillage.crisis.models import Cell, Duty, LogEntry, SupplyRequest, Volunteer
from maillage.crisis.pages import words
from maillage.crisis.pages.forms import (
    CloseForm,
    CorrectForm,
    DutyForm,
    NoteForm,
    OpenForm,
    ReportForm,
    RhythmForm,
    SupplyAnswerForm,
    SupplyForm,
)
from maillage.crisis.pages.printing import paper_pdf, report_pdf
from maillage.crisis.queries import cells as queries
from maillage.crisis.queries import rights
from maillage.crisis.queries.cells import CellNow
from maillage.crisis.queries.templates import template_of
from maillage.crisis.rules.vocabulary import Helper, Kind, Note, Post, Supply
from maillage.kernel import access, formats
from maillage.kernel.models import Person, Scope
from maillage.kernel.pages import live
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, pdf_response
from maillage.kernel.pages.gestures import Gestures
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission

#: Lines of a log, people of a list, on one page.
PER_PAGE = 100


class Cells(Page):
    """The cells of one's territories: the open ones first."""

    template_name = "crisis/cells.html"
    permission = Permission.VIEW_CRISIS

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        standing = queries.open_cells(self.person)
        said = ngettext("{count} cellule ouverte.", "{count} cellules ouvertes.", len(standing))
        return super().get_context_data(
            finding=said.format(count=formats.number(len(standing)))
            if standing
            else _("Aucune cellule ouverte."),
            standing=[(one.cell, words.standing(one)) for one in standing],
            closed=queries.closed_cells(self.person),
            may_open=access.may(self.person, Permission.MANAGE_CRISIS),
            templates=[template_of(kind) for kind in Kind],
            **context,
        )


class OpenCell(Page):
    """Opening a cell: a nature, a sentence."""

    template_name = "crisis/open.html"
    permission = Permission.MANAGE_CRISIS

    def _form(self, *data: Any) -> OpenForm:
        return OpenForm(*data, scopes=queries.scopes_to_open(self.person))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", self._form())
        return super().get_context_data(**context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Open the cell."""
        form = self._form(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            try:
                made = actions.open_cell(
                    by=self.person, scope=form.scope, kind=Kind(said["kind"]), title=said["title"],
                    why=said["why"], key=said["key"], is_exercise=said["is_exercise"],
                )  # fmt: skip
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Cellule ouverte : suivez les gestes, de haut en bas."))
                return redirect("crisis:cell", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OfCell(PermissionMixin):
    """One cell of the address. Raises Http404 for one of another territory."""

    permission = Permission.VIEW_CRISIS

    @cached_property
    def cell(self) -> Cell:
        """The cell."""
        found = queries.cell_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the cell."""
        return self.cell.scope

    @cached_property
    def directs(self) -> bool:
        """Whether the visitor directs the cell."""
        return rights.directs(self.person, self.cell)

    @cached_property
    def works(self) -> bool:
        """Whether the visitor does something in the cell."""
        return self.cell.is_open and rights.may_hold(self.person, self.cell)

    def holds(self, *posts: Post) -> bool:
        """Whether the visitor holds one of `posts` of an open cell, or directs it."""
        return self.cell.is_open and rights.may_hold(self.person, self.cell, posts)


class CellGestures(OfCell, Gestures, Page):
    """A page about a cell whose forms each do one thing; refused, the form comes back with why."""

    is_strict = True

    @cached_property
    def _bound(self) -> dict[str, Form]:
        return {}

    def bound(self, name: str, form: Form) -> dict[str, Any]:
        """Return what a form says; ValidationError, its own kept on it, where it is not valid."""
        self._bound[name] = form
        if not form.is_valid():
            raise ValidationError("")
        return form.cleaned_data

    def refused(self, name: str, error: Exception) -> HttpResponse:
        """Draw the page again with the forms that were read, each saying why; a message where none was."""
        assert isinstance(error, ValidationError)
        for form in self._bound.values():
            if form.is_valid():
                own = {name for name in getattr(error, "message_dict", {}) if name not in form.fields}
                form.add_error(None, ValidationError(error.messages) if own else error)
        if not self._bound:
            return super().refused(name, error)
        return self.render_to_response(self.get_context_data(**self._bound), status=422)


def people_of(cell: Cell) -> list[Person]:
    """Return who may hold a post of a cell: those with a role in its territory."""
    return access.people_with(Permission.VIEW_CRISIS, cell.scope)


class Board(CellGestures):
    """One cell: what it is about now, what waits, who does what, the log."""

    template_name = "crisis/board.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = queries.cell_now(self.cell)
        context.setdefault("note_form", NoteForm())
        context.setdefault("supply_form", SupplyForm())
        context.setdefault("supply_answer", SupplyAnswerForm())
        context.setdefault("report_form", ReportForm(initial={"after": len(now.reports)}))
        context.setdefault("rhythm_form", RhythmForm(initial={"hours": self.cell.report_hours}))
        if self.directs:
            context.setdefault("duty_form", DutyForm(people=people_of(self.cell)))
        return super().get_context_data(
            cell=self.cell,
            now=now,
            finding=words.finding(now),
            since=words.since_words(self.cell.at, now.at),
            waits=self._waits(now),
            gestures_done=[(code, said, now.gestures.get(code)) for code, said in now.template.gestures],
            structures=[
                (one, words.level_words(one.level), words.LEVEL_TAGS.get(one.level, "") if one.level else "")
                for one in now.structures
            ],
            report_said=words.report_words(now),
            directs=self.directs and self.cell.is_open,
            works=self.works,
            calls=self.holds(Post.CALLS),
            answers_supplies=self.holds(Post.SUPPLIES),
            answers_structures=self.holds(Post.STRUCTURES),
            reports_made=self.holds(Post.LOG),
            opened_form={name for name, form in context.items() if isinstance(form, Form) and form.is_bound},
            **context,
        )

    def _waits(self, now: CellNow) -> list[tuple[str, str, bool]]:
        """Return what waits for somebody, the most pressing first: words, address, whether it is late.

        No address where the visitor would be refused: names are read by who directs the cell, or calls.
        """
        if not self.cell.is_open:
            return []
        pk = self.cell.pk
        to_call = reverse("crisis:calls", args=[pk]) if self.holds(Post.CALLS) else ""
        found: list[tuple[str, str, bool]] = []
        if now.calls.visits:
            said = words.visits_words(now.calls.visits)
            to_visit = reverse("crisis:people", args=[pk]) if self.directs else to_call
            found.append((said, to_visit, bool(now.calls.late)))
        if now.is_report_late:
            due = words.hour_said(now.report_due, now.at)
            said = _("point de situation attendu : {when}").format(when=due)
            found.append((said, "#point", True))
        asked = sum(one.state == Supply.ASKED for one in now.supplies)
        if asked:
            said = ngettext(
                "{count} demande de matériel sans réponse", "{count} demandes de matériel sans réponse", asked
            )
            found.append((said.format(count=formats.number(asked)), "#materiel", False))
        if now.calls.due:
            found.append((words.to_call_words(now.calls.due), to_call, False))
        if now.silent:
            found.append((words.silent_words(now.silent), reverse("crisis:structures", args=[pk]), False))
        offered = sum(one.state == Helper.OFFERED for one in now.volunteers)
        if offered:
            said = ngettext("{count} volontaire à rappeler", "{count} volontaires à rappeler", offered)
            found.append((said.format(count=formats.number(offered)), "#renforts", False))
        return found

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the gestures of the board."""
        return {
            "note": self._note,
            "gesture": self._gesture,
            "duty": self._duty,
            "end_duty": self._end_duty,
            "supply": self._supply,
            "answer_supply": self._answer_supply,
            "volunteer": self._volunteer,
            "report": self._report,
            "rhythm": self._rhythm,
        }

    def _note(self) -> str:
        said = self.bound("note_form", NoteForm(self.request.POST))
        actions.note(
            by=self.person, cell=self.cell, kind=Note(said["kind"]), text=said["text"], key=said["key"],
            at=said["at"], said_by=said["said_by"],
        )  # fmt: skip
        return ""

    def _gesture(self) -> str:
        code, done = self.request.POST.get("code", ""), self.request.POST.get("is_done") == "1"
        actions.do_gesture(by=self.person, cell=self.cell, code=code, is_done=done)
        return ""

    def _duty(self) -> str:
        form = DutyForm(self.request.POST, people=people_of(self.cell))
        self.bound("duty_form", form)
        values = form.values()
        made = actions.give_duty(by=self.person, cell=self.cell, **values | {"post": Post(values["post"])})
        return _("{post} : {name}.").format(post=made.get_post_display(), name=made.holder)

    def _end_duty(self) -> str:
        row = Duty.objects.of(self.cell).filter(pk=self._row()).select_related("cell__scope").first()
        if row is None:
            raise Http404
        actions.end_duty(by=self.person, duty=row)
        return _("Poste repris.")

    def _supply(self) -> str:
        said = self.bound("supply_form", SupplyForm(self.request.POST))
        structures.ask_supply(by=self.person, cell=self.cell, **said)
        return _("Demande notée.")

    def _answer_supply(self) -> str:
        row = SupplyRequest.objects.of(self.cell).filter(pk=self._row()).select_related("cell__scope").first()
        if row is None:
            raise Http404
        said = self.bound("supply_answer", SupplyAnswerForm(self.request.POST))
        structures.answer_supply(
            by=self.person, request=row, state=Supply(said["state"]), answer=said["answer"]
        )
        return _("Réponse notée.")

    def _volunteer(self) -> str:
        row = Volunteer.objects.of(self.cell).filter(pk=self._row()).select_related("cell__scope").first()
        state = self.request.POST.get("state", "")
        if row is None or state not in {one.value for one in Helper}:
            raise Http404
        structures.answer_volunteer(by=self.person, volunteer=row, state=Helper(state))
        return _("Noté.")

    def _report(self) -> str:
        said = self.bound("report_form", ReportForm(self.request.POST))
        made = reports.make_report(by=self.person, cell=self.cell, words=said["words"], after=said["after"])
        return _("Point n° {number} fait : imprimez-le, ou envoyez-le.").format(number=made.number)

    def _rhythm(self) -> str:
        said = self.bound("rhythm_form", RhythmForm(self.request.POST))
        actions.change_rhythm(by=self.person, cell=self.cell, hours=said["hours"])
        return _("Rythme changé.")

    def _row(self) -> int:
        found = row_key(self.request.POST.get("row"))
        if found is None:
            raise Http404
        return found


class Log(OfCell, Page):
    """The whole log of a cell, the last line first."""

    template_name = "crisis/log.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page = Paginator(queries.log_of(self.cell), PER_PAGE).get_page(self.request.GET.get("page"))
        count = page.paginator.count
        said = ngettext("{count} ligne.", "{count} lignes.", count)
        return super().get_context_data(
            cell=self.cell,
            lines=page.object_list,
            page=page,
            works=self.works,
            query="",
            finding=said.format(count=formats.number(count)),
            **context,
        )


class CorrectLine(OfCell, Page):
    """A line of the log to correct: its first words stay, another line stands for it."""

    template_name = "crisis/correct.html"

    @cached_property
    def line(self) -> LogEntry:
        """The line. Raises Http404 for one of another cell."""
        found = queries.line_of(self.cell, self.kwargs["row"])
        if found is None:
            raise Http404(self.kwargs["row"])
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not self.works:
            raise PermissionDenied(_("Votre rôle ne permet pas cette action dans ce périmètre."))
        one = self.line
        initial = {"kind": one.kind, "text": one.text, "said_by": one.said_by}
        context.setdefault("form", CorrectForm(initial=initial))
        return super().get_context_data(cell=self.cell, line=one, **context)

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        """Correct it: the same hour, unless another is given."""
        form = CorrectForm(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            try:
                actions.note(
                    by=self.person, cell=self.cell, kind=Note(said["kind"]), text=said["text"],
                    key=said["key"], at=said["at"] or self.line.at, said_by=said["said_by"],
                    corrects=self.line,
                )  # fmt: skip
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Ligne corrigée : ses premiers mots restent lisibles."))
                return redirect("crisis:log", pk=self.cell.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Stream(OfCell, Endpoint):
    """Says that a cell of the territory changed, without saying what, since the second `?depuis=`."""

    def get(self, request: HttpRequest, **_address: int) -> HttpResponseBase:
        """Stream under ASGI; 204 elsewhere: the page polls."""
        since = live.asked_since(request)
        topics = frozenset({actions.CHANGED})
        return live.stream(
            request, live.Reader(self.person.pk, self.cell.scope, self.permission, topics, since)
        )


class Closing(CellGestures):
    """The return to normal: what still waits is said first."""

    template_name = "crisis/closing.html"
    permission = Permission.VIEW_CRISIS

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = queries.cell_now(self.cell)
        context.setdefault("form", CloseForm())
        return super().get_context_data(
            cell=self.cell,
            now=now,
            directs=self.directs and self.cell.is_open,
            blockers=[reports.said_blocker(one) for one in now.blockers()],
            left=now.calls.due + now.calls.later,
            finding=words.finding(now),
            **context,
        )

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the one gesture of the page."""
        return {"close": self._close}

    def _close(self) -> str:
        said = self.bound("form", CloseForm(self.request.POST))
        reports.close_cell(by=self.person, cell=self.cell, **said)
        return _("Retour à la normale déclaré : le point final est fait.")


class ReportPdf(OfCell, Endpoint):
    """One report as it was kept, to print or to send."""

    def get(self, _request: HttpRequest, pk: int, number: int) -> HttpResponse:
        report = queries.report_of(self.cell, number)
        if report is None:
            raise Http404(number)
        return pdf_response(report_pdf(report), _("point-{pk}-{number}.pdf").format(pk=pk, number=number))


class PaperPdf(OfCell, Endpoint):
    """The whole cell on paper, for a night without network; names of people to call for who directs it."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        is_shown = self.directs and self.cell.is_open
        people = queries.people_on_paper(self.person, self.cell) if is_shown else []
        now = queries.cell_now(self.cell)
        return pdf_response(paper_pdf(now, people, timezone.now()), _("cellule-{pk}.pdf").format(pk=pk))
