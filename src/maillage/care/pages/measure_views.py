"""Measures of a patient: entered, corrected, drawn small; the alert rules on them, tried before they run."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.care import api
from maillage.care.actions import measures as actions
from maillage.care.models import AlertRule, Measure
from maillage.care.pages.base import OfPatient
from maillage.care.pages.measure_forms import AlertRuleForm, CorrectionForm, MeasureForm
from maillage.care.queries import measures as queries
from maillage.care.rules.alerts import Episode
from maillage.kernel import formats
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.pages.refusals import refused
from maillage.kernel.parameters import row_key
from maillage.people import api as people


class OfHealth(OfPatient):
    """The health part of the patient of the address."""

    part = people.Part.HEALTH
    purpose = "mesures et alertes"

    @property
    def may_add(self) -> bool:
        """Whether the visitor enters measures."""
        return api.may_add(self.read.decision)

    @cached_property
    def may_rule(self) -> bool:
        """Whether the visitor writes alert rules: of the plan, on the measures."""
        return self.may_write and api.may_write(people.decision(self.person, self.patient, people.Part.PLAN))

    @cached_property
    def owners(self) -> list[tuple[str, str]]:
        """For whom the tasks of a rule may be: those of the circle who read the plan."""
        found = people.holders_reading(self.patient, people.Part.PLAN)
        return [(key, name) for key, name, _who in found]


class Measures(OfHealth, Page):
    """The last measures, drawn small with their table; the form that adds some; the rules, their alerts."""

    template_name = "care/measures.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        measures = queries.measures_of(self.patient)
        standing = [one for one in measures if not one.is_withdrawn and not hasattr(one, "corrected_by")]
        found = queries.series(measures)
        initial = {"taken_at": timezone.localtime(), "key": uuid4().hex}
        context.setdefault("form", MeasureForm(initial=initial))
        context.setdefault("rule_form", AlertRuleForm(owners=self.owners) if self.may_rule else None)
        return super().get_context_data(
            patient=self.patient,
            is_own=self.is_own,
            may_add=self.may_add,
            may_rule=self.may_rule,
            vital=[
                *context.pop("refused", []),
                *(
                    queries.said_vital(one.kind, one.value, one.taken_at)
                    for one in queries.vital_of(standing)
                ),
            ],
            series=found,
            finding=self._finding(found),
            rows=[
                (one, queries.written(one.kind, one.value), self._correction(one)) for one in measures[:60]
            ],
            rules=[(one, queries.sentence(one)) for one in queries.rules_of(self.patient)],
            alerts=queries.alerts_of(self.patient),
            **context,
        )

    def _finding(self, found: list[queries.Series]) -> str:
        if not found:
            return _("Aucune mesure n’est encore notée.")
        said = [f"{one.label} {one.last}" + (f" ({one.change})" if one.change else "") for one in found[:2]]
        return f"{formats.listed(said)}."

    def _correction(self, one: Measure) -> CorrectionForm | None:
        may = self.may_write or (self.may_add and one.by_id == self.person.pk)
        if one.is_withdrawn or hasattr(one, "corrected_by") or not may:
            return None
        return CorrectionForm(auto_id=f"correct-{one.pk}-%s", initial={"key": uuid4().hex})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the measures; ask again what is unlikely; what calls for the 15 comes first, kept or not."""
        form = MeasureForm(request.POST)
        try:
            if not form.is_valid():
                raise ValidationError(_("Relisez les champs marqués."))
            made = actions.record_measures(
                by=self.person,
                patient=self.patient,
                values=form.values(),
                taken_at=form.cleaned_data["taken_at"],
                key=form.cleaned_data["key"],
                confirmed=form.cleaned_data["confirmed"],
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.render_to_response(
                self.get_context_data(form=form, refused=queries.vital_typed(form.values(), form.moment())),
                status=422,
            )
        if not queries.vital_of(made):
            said = ngettext("{count} mesure notée.", "{count} mesures notées.", len(made))
            messages.success(request, said.format(count=len(made)))
        return redirect("care:measures", pk=pk)


class Correct(OfHealth, Endpoint):
    """Corrects a measure: another row takes its place."""

    def get(self, request: HttpRequest, pk: int, measure: int) -> HttpResponse:  # noqa: ARG002 (of the address)
        """Lead to the measures."""
        return redirect("care:measures", pk=self.patient.pk)

    def post(self, request: HttpRequest, pk: int, measure: int) -> HttpResponse:
        """Correct it, or say why not."""
        row = Measure.objects.of_patient(self.patient).filter(pk=measure).first()
        if row is None:
            raise Http404(measure)
        form = CorrectionForm(request.POST)
        try:
            if not form.is_valid():
                raise ValidationError(_("Donnez un nombre, et dites pourquoi cette mesure est corrigée."))
            said = form.cleaned_data
            actions.correct_measure(
                by=self.person, measure=row, value=said["value"], why=said["why"], key=said["key"]
            )
        except (ValidationError, PermissionDenied) as error:
            return refused(request, error, reverse("care:measures", args=[pk]))
        else:
            messages.success(request, _("Mesure corrigée : la première reste dans l’historique."))
        return redirect("care:measures", pk=pk)


class WriteRule(OfHealth, Endpoint):
    """Writes an alert rule, which its page then tries on the measures known."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Lead to the measures."""
        return redirect("care:measures", pk=self.patient.pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep it as a draft, or say why not."""
        form = AlertRuleForm(request.POST, owners=self.owners)
        try:
            if not form.is_valid():
                raise ValidationError(_("Complétez la phrase de la règle."))
            made = actions.draft_rule(by=self.person, patient=self.patient, **form.values())
        except (ValidationError, PermissionDenied) as error:
            return refused(request, error, reverse("care:measures", args=[pk]))
        return redirect("care:alert_rule", pk=pk, rule=made.pk)


class RulePage(OfHealth, Page):
    """One alert rule: its sentence, what it would have raised, the gesture that lets it run or stops it."""

    template_name = "care/alert_rule.html"

    @cached_property
    def rule(self) -> AlertRule:
        """The rule. Raises Http404 where the patient has none of that key."""
        rows = AlertRule.objects.of_patient(self.patient).select_related(
            "professional", "person", "by", "patient"
        )
        found = rows.filter(pk=self.kwargs["rule"]).first()
        if found is None:
            raise Http404(self.kwargs["rule"])
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = queries.tried(self.rule)
        context |= {"rule": self.rule}  # of the address, its key
        return super().get_context_data(
            patient=self.patient,
            sentence=queries.sentence(self.rule),
            finding=self._finding(found),
            episodes=[(one, self._rows(one)) for one in reversed(found)],
            count=len(found),
            may_rule=self.may_rule,
            **context,
        )

    def _finding(self, found: list[Episode]) -> str:
        if not found:
            return _("Essayée sur les mesures connues, elle n’aurait rien signalé.")
        said = ngettext(
            "Essayée sur les mesures connues, elle aurait signalé {count} fois.",
            "Essayée sur les mesures connues, elle aurait signalé {count} fois.",
            len(found),
        )
        return said.format(count=len(found))

    def _rows(self, one: Episode) -> str:
        return ", ".join(
            f"{queries.written(self.rule.kind, row.value)} ({formats.date_short(row.at)})" for row in one.rows
        )

    def post(self, request: HttpRequest, pk: int, rule: int) -> HttpResponse:
        """Switch it on or stop it."""
        try:
            if request.POST.get("do") == "end":
                actions.end_rule(by=self.person, rule=self.rule)
                messages.success(request, _("Règle arrêtée."))
            else:
                seen = row_key(request.POST.get("seen", ""))
                actions.switch_on(by=self.person, rule=self.rule, seen=seen)
                messages.success(request, _("Règle en marche : elle lit chaque nouvelle mesure."))
        except (ValidationError, PermissionDenied) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        return redirect("care:alert_rule", pk=pk, rule=rule)
