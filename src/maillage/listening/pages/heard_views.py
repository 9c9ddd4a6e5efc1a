"""« Vous avez dit, nous avons fait » : writing the lines, and the page that everybody reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from maillage.kernel import access, formats
from maillage.kernel.models import Scope
from maillage.kernel.rules import Permission
from maillage.listening.actions import heard as actions
from maillage.listening.computations.results import SurveyResult, results_of_all
from maillage.listening.models import HeardLine
from maillage.listening.pages import words
from maillage.listening.pages.forms import ChangeLineForm, LineForm
from maillage.listening.pages.views import Gestures
from maillage.listening.queries import heard as queries
from maillage.listening.queries import surveys


def _shown(lines: list[HeardLine]) -> list[tuple[HeardLine, str]]:
    """Return lines with the figure that goes with each, in words."""
    found = {one.survey.pk: one.survey for one in lines if one.survey is not None}
    results = results_of_all(list(found.values()))
    return [(one, words.figure_words(one, results)) for one in lines]


def _results(scopes: list[Scope]) -> list[SurveyResult]:
    closed = [one for scope in scopes for one in surveys.closed_of(scope)[:10]]
    return list(results_of_all(closed).values())


class Lines(Gestures):
    """The lines of one's territories, published or not; whoever manages them writes another."""

    template_name = "listening/lines.html"
    permission = Permission.VIEW_LISTENING

    @cached_property
    def scopes(self) -> list[Scope]:
        """The territories where the visitor writes lines."""
        return surveys.scopes_to_ask(self.person)

    def _form(self, *data: Any) -> LineForm:
        initial = {"done_on": timezone.localdate()}
        return LineForm(*data, scopes=self.scopes, results=_results(self.scopes), initial=initial)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = queries.lines_of(self.person)
        manages = access.may(self.person, Permission.MANAGE_LISTENING)
        if manages:
            context.setdefault("form", self._form())
        public = sum(one.published_at is not None for one in lines)
        said = ngettext("{count} ligne publiée.", "{count} lignes publiées.", public)
        scopes = {one.scope_id: one.scope for one in lines} | {one.pk: one for one in self.scopes}
        places = [queries.territory_of(one) for one in scopes.values()]
        return super().get_context_data(
            lines=_shown(lines),
            finding=said.format(count=formats.number(public)) if lines else _("Aucune ligne encore."),
            manages=manages,
            places=[one for one in places if one is not None],
            **context,
        )

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the one gesture of the page."""
        return {"write": self._write}

    def _write(self) -> str:
        access.require(self.person, Permission.MANAGE_LISTENING)
        form = self._form(self.request.POST)
        said = self.bound("form", form)
        actions.write_line(by=self.person, scope=form.scope, key=said["key"], **form.values())
        return _("Ligne écrite : relisez-la, puis publiez-la.")


class LinePage(Gestures):
    """One line: changing it, publishing it, taking it back."""

    template_name = "listening/line.html"
    permission = Permission.MANAGE_LISTENING

    @cached_property
    def line(self) -> HeardLine:
        """The line. Raises Http404 for one of another territory."""
        found = queries.line_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def get_scope(self) -> Scope | None:
        """Return the scope of the line."""
        return self.line.scope

    def _form(self, *data: Any) -> ChangeLineForm:
        one = self.line
        initial = {
            name: getattr(one, name)
            for name in ("topic", "said", "said_en", "done", "done_en", "done_on", "progress")
        }
        initial["figure"] = f"{one.survey_id}:{one.question}" if one.survey_id and one.question else ""
        initial["read"] = actions.version_of(one)
        return ChangeLineForm(*data, scopes=[one.scope], results=_results([one.scope]), initial=initial)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", self._form())
        [(line, figure)] = _shown([self.line])
        public = line.published_at is not None
        return super().get_context_data(
            line=line,
            figure=figure,
            place=queries.territory_of(line.scope),
            finding=_("Publiée le {day}.").format(day=formats.date_long(line.published_at))
            if public
            else _("Pas encore publiée : personne d’autre ne la lit."),
            **context,
        )

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the gestures of the page."""
        return {"change": self._change, "publish": self._publish, "unpublish": self._unpublish}

    def _change(self) -> str:
        form = self._form(self.request.POST)
        said = self.bound("form", form)
        actions.change_line(by=self.person, line=self.line, read=said["read"], **form.values())
        return _("Ligne changée.")

    def _publish(self) -> str:
        actions.publish_line(by=self.person, line=self.line)
        return _("Ligne publiée.")

    def _unpublish(self) -> str:
        actions.unpublish_line(by=self.person, line=self.line)
        return _("Ligne retirée de la page publique.")


@login_not_required
@require_safe
def heard(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everybody what was said and what was done; 404 for a territory that does not exist."""
    place = queries.territory_named(slug)
    if place is None:
        return render(request, "listening/heard.html", {"place": None}, status=404)
    timezone.activate(place.zone)
    lines = queries.published_in(place.scope)
    return render(request, "listening/heard.html", {"place": place, "lines": _shown(lines)})
