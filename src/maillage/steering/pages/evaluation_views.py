"""Evaluations of a territory: the list, a new one, one of them with what it says."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import access, formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, csv_response
from maillage.kernel.rules import Permission
from maillage.steering.actions.evaluations import keep_evaluation
from maillage.steering.computations.evaluations import evaluate
from maillage.steering.models import Evaluation
from maillage.steering.pages import evaluation_tables as tables
from maillage.steering.pages import evaluation_words as words
from maillage.steering.pages.evaluation_forms import EvaluationForm
from maillage.steering.queries import evaluations as queries
from maillage.steering.rules.directions import Better

#: Each is computed to be listed.
LISTED = 25


class Evaluations(Page):
    """What was evaluated, each with its grade and its sentence."""

    template_name = "steering/evaluations.html"
    permission = Permission.VIEW_EVALUATIONS

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = queries.evaluations_for(self.person, LISTED)
        count = ngettext("{count} évaluation.", "{count} évaluations.", len(rows))
        results = [(one, evaluate(one.content)) for one in rows]
        return super().get_context_data(
            finding=count.format(count=formats.number(len(rows))) if rows else _("Aucune évaluation encore."),
            lines=[
                (one, words.finding(one, result), result.grade, words.design_words(result.design))
                for one, result in results
            ],
            may_write=access.may(self.person, Permission.WRITE_EVALUATIONS),
            **context,
        )


class NewEvaluation(Page):
    """A table of measures, and what they are about."""

    template_name = "steering/evaluation_form.html"
    permission = Permission.WRITE_EVALUATIONS

    def _form(self, *data: Any) -> EvaluationForm:
        return EvaluationForm(*data, scopes=queries.scopes_to_write(self.person))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", self._form())
        return super().get_context_data(**context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the evaluation, or say each defect of its table."""
        form = self._form(request.POST, request.FILES)
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = keep_evaluation(
                    by=self.person, scope=form.scope, title=data["title"], described=data["described"],
                    outcome=data["outcome"], unit=data["unit"], better=Better(data["better"]),
                    source=data["source"], measures=data["measures"], key=data["key"],
                )  # fmt: skip
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("steering:evaluation", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OfEvaluation(PermissionMixin):
    """One evaluation of the address. Raises Http404 for one of another territory."""

    permission = Permission.VIEW_EVALUATIONS

    @cached_property
    def evaluation(self) -> Evaluation:
        """The evaluation."""
        found = queries.evaluation_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the evaluation."""
        return self.evaluation.scope


class EvaluationPage(OfEvaluation, Page):
    """What one evaluation says, how far it may be trusted, and from what."""

    template_name = "steering/evaluation.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        one = self.evaluation
        result = evaluate(one.content)
        provenance = tables.provenance_of(one, result)
        return super().get_context_data(
            evaluation=one,
            result=result,
            finding=words.finding(one, result),
            design=words.design_words(result.design),
            interval=words.interval_words(one, result),
            direction=words.direction_words(one, result),
            power=words.power_words(one, result),
            sides=words.sides_words(result),
            doubts=[words.doubt_words(doubt) for doubt in result.doubts],
            effect=words.signed_amount(one, result.effect.effect) if result.effect else "",
            curves=tables.curves_table(one, result, provenance),
            leads=tables.leads_table(one, result),
            weights=tables.weights_table(result),
            provenance=provenance,
            **context,
        )


class EvaluationCsv(OfEvaluation, Endpoint):
    """The measures of one evaluation, as they were given."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        return csv_response(tables.measures_table(self.evaluation))
