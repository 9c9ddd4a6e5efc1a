"""The shared plan of a patient: read, written, merged, compared, agreed to, printed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.actions import plans as actions
from maillage.care.models import PROBLEM_LABELS, PlanVersion
from maillage.care.pages import plan_presenters as presenters
from maillage.care.pages.base import OfPatient
from maillage.care.pages.plan_forms import ConsentForm, place_of, read_content, rows_of
from maillage.care.pages.plan_print import plan_pdf
from maillage.care.queries.plans import PlanFile, plan_of
from maillage.care.queries.tasks import answered_in_time, said_timeliness, tasks_of
from maillage.care.rules.plans import PLACE, SINGLE, Choice, changes, merge, months_later
from maillage.kernel.choices import as_choices
from maillage.kernel.pages.base import Endpoint, Page, pdf_response
from maillage.kernel.pages.refusals import refused
from maillage.kernel.parameters import row_key
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people


class OfPlan(OfPatient):
    """The plan of the patient of the address."""

    purpose = "lecture du plan partagé"

    @cached_property
    def plan(self) -> PlanFile | None:
        """The plan, None where nobody wrote one."""
        return plan_of(self.patient)

    @cached_property
    def owners(self) -> dict[str, str]:
        """Who may be named in it."""
        return presenters.owners_of(self.patient)

    def version(self, number: int) -> PlanVersion:
        """Return a version of the plan. Raises Http404 where there is none of that number."""
        found = [one for one in (self.plan.versions if self.plan else []) if one.number == number]
        if not found:
            raise Http404(number)
        return found[0]


class PlanPage(OfPlan, Page):
    """The plan as it stands: for professionals, or to the person « who does what for me »."""

    template_name = "care/plan.html"

    def get_template_names(self) -> list[str]:
        return ["care/own_plan.html"] if self.is_own else super().get_template_names()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        patient, file = self.patient, self.plan
        shown: dict[str, Any] = {"patient": patient, "file": file, "may_write": self.may_write}
        if file is not None:
            initial = {
                "version": file.current.number,
                "who": patient.name,
                "signed_on": timezone.localdate(),
            }
            shown |= {
                "view": presenters.view(file.content, self.owners),
                "alarms": people.words_of_danger(file.content.get("preferences", "")),
                "finding": presenters.finding(file),
                "missing": [presenters.MISSING_LABELS[one] for one in file.missing],
                "consent_form": ConsentForm(initial=initial),
                "tasks": tasks_of(patient),
                "timeliness": said_timeliness(answered_in_time(patient.scope, patient)),
            }
        return super().get_context_data(**shown | context)


class PlanEdit(OfPlan, Page):
    """The form of the plan. What somebody else wrote meanwhile is merged, and shown where both meet."""

    template_name = "care/plan_form.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not self.may_write:
            raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent ici."))
        file = self.plan
        content = context.pop("content", None)
        if content is None:
            content = file.content if file else self._first()
        return super().get_context_data(
            patient=self.patient,
            content={name: content.get(name, "") for name in SINGLE},
            base=context.pop("base", file.current.number if file else 0),
            problems=rows_of(content, "problem"),
            goals=rows_of(content, "goal"),
            interventions=rows_of(content, "intervention"),
            owners=self.owners.items(),
            kinds=as_choices(PROBLEM_LABELS),
            **context,
        )

    def _first(self) -> dict[str, str]:
        """Return what the first version proposes: its review in the delay of the rule."""
        months = rule("care.plan.review_months").value
        return {"revision_on": months_later(timezone.localdate(), months).isoformat()}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the text; lead to the merge where two people changed the same words."""
        base = row_key(request.POST.get("base", ""))
        content: dict[str, str] = {}
        known = set(self.owners) | set((self.plan.content if self.plan else {}).values())
        try:
            content = read_content(request.POST, known)
            saved = actions.save_plan(
                by=self.person,
                patient=self.patient,
                base=base,
                content=content,
                note=request.POST.get("note", "").replace("\x00", ""),
            )
        except ValidationError as error:
            shown = {"errors": error.messages, "base": base}
            return self.render_to_response(
                self.get_context_data(content=content or self._sent(), **shown), status=422
            )
        if saved.version.is_aside:
            messages.warning(
                request,
                _("Quelqu’un a changé les mêmes mots pendant ce temps : votre texte est gardé, choisissez."),
            )
            return redirect("care:plan_merge", pk=pk, number=saved.version.number)
        if saved.merge is not None:
            messages.success(
                request,
                _("Plan enregistré, avec ce qu’un collègue a écrit pendant ce temps : rien n’est perdu."),
            )
        else:
            messages.success(
                request, _("Plan enregistré : version {number}.").format(number=saved.version.number)
            )
        return redirect("care:plan", pk=pk)

    def _sent(self) -> dict[str, str]:
        """Return what was sent as it can be shown again, where one value of it is refused."""
        return {
            field.replace("-", "."): place_of(text)
            if field.endswith(f"-{PLACE}")
            else text.replace("\x00", "")
            for field, text in self.request.POST.items()
            if isinstance(text, str) and text and field not in {"base", "note", "csrfmiddlewaretoken"}
        }


class PlanMerge(OfPlan, Page):
    """A text kept aside beside the plan as it is now: both shown, one choice for each value in dispute."""

    template_name = "care/plan_merge.html"

    @cached_property
    def aside(self) -> PlanVersion:
        """The text kept aside. Raises Http404 for a version that was not."""
        found = self.version(self.kwargs["number"])
        if not found.is_aside:
            raise Http404(found.number)
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        aside, file = self.aside, self.plan
        assert file is not None
        based = {one.number: one.content for one in file.versions}.get(aside.based_on, {})
        found = merge(based, aside.content, file.content)
        return super().get_context_data(
            patient=self.patient,
            aside=aside,
            current=file.current,
            may_write=self.may_write,
            rows=[
                (
                    presenters.label(one.path),
                    one,
                    *(
                        presenters.said(one.path, text, self.owners)
                        for text in (one.base, one.theirs, one.ours)
                    ),
                )
                for one in found.conflicts
            ],
            others=presenters.differences(changes(file.content, found.content), self.owners),
            **context,
        )

    def post(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:  # noqa: ARG002 (of the address)
        """Settle what is in dispute."""
        choices = {
            name.removeprefix("choice-"): Choice(value)
            for name, value in request.POST.items()
            if name.startswith("choice-") and value in set(Choice)
        }
        try:
            version = actions.settle(by=self.person, aside=self.aside, choices=choices)
        except PermissionDenied as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Textes réunis : version {number}.").format(number=version.number))
        return redirect("care:plan", pk=pk)


class PlanCompare(OfPlan, Page):
    """Two versions of the plan, side by side."""

    template_name = "care/plan_compare.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        file = self.plan
        if file is None:
            raise Http404(self.patient.pk)
        asked = [row_key(self.request.GET.get(name, "")) for name in ("avant", "apres")]
        numbers = [one.number for one in file.versions]
        after = asked[1] if asked[1] in numbers else file.current.number
        before = asked[0] if asked[0] in numbers else max((n for n in numbers if n < after), default=after)
        first, last = self.version(before), self.version(after)
        return super().get_context_data(
            patient=self.patient,
            versions=file.versions,
            first=first,
            last=last,
            rows=presenters.differences(changes(first.content, last.content), self.owners),
            **context,
        )


class PlanConsented(OfPlan, Endpoint):
    """Notes that the person agrees to the plan."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Lead to the plan."""
        return redirect("care:plan", pk=self.patient.pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note it, or say why not."""
        form = ConsentForm(request.POST)
        if self.is_own:
            form.fields.pop("who")
            form.fields.pop("means")
            form.fields.pop("signed_on")
        try:
            if not form.is_valid():
                raise ValidationError(_("Dites qui a donné son accord, comment et quel jour."))
            said = form.cleaned_data
            actions.consent_to_plan(
                by=self.person,
                patient=self.patient,
                version=said["version"],
                who=said.get("who", ""),
                means=people.Means(said.get("means", people.Means.SPACE.value)),
                signed_on=said.get("signed_on", timezone.localdate()),
            )
        except (ValidationError, PermissionDenied) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        else:
            messages.success(request, _("Accord noté."))
        return redirect("care:plan", pk=pk)


class OwnWishes(OfPlan, Endpoint):
    """The person writes what they wish: the rest of the plan stays as it is."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Lead to the plan."""
        return redirect("care:plan", pk=self.patient.pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep their words as a version of the plan."""
        file = self.plan
        if file is None:
            raise Http404(pk)
        base = self.version(row_key(request.POST.get("base", "")))
        wishes = request.POST.get("preferences", "").replace("\x00", "")
        try:
            actions.save_plan(
                by=self.person,
                patient=self.patient,
                base=base.number,
                content=base.content | {"preferences": wishes},
                note=_("Ce que la personne souhaite"),
            )
        except (ValidationError, PermissionDenied) as error:
            return refused(request, error, reverse("care:plan", args=[pk]))
        else:
            if not people.words_of_danger(wishes):  # where there are, the 15 comes first
                messages.success(request, _("Vos souhaits sont dans le plan."))
        return redirect("care:plan", pk=pk)


class PlanPdf(OfPlan, Endpoint):
    """The plan on paper: for professionals, or in plain French for the person."""

    purpose = "impression du plan partagé"
    is_plain = False

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Answer with the PDF. Raises Http404 where there is no plan."""
        if self.plan is None:
            raise Http404(pk)
        made = plan_pdf(self.patient, self.plan, self.owners, is_plain=self.is_plain, now=timezone.now())
        return pdf_response(made, "plan-simple.pdf" if self.is_plain else "plan.pdf")


class PlainPlanPdf(PlanPdf):
    """The plan in plain French."""

    is_plain = True
