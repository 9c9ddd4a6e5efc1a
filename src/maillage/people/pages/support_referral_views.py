"""Referring somebody to the health insurance: the form in two minutes, its follow-up, its paper, the list."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import access
from maillage.kernel.fields import DayField, Textarea
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, back_to, pdf_response
from maillage.kernel.pages.forms import KeyedForm
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.people import queries
from maillage.people.actions import support_referrals as actions
from maillage.people.models import (
    CARE_LABELS,
    CAUSE_LABELS,
    CONSENT_LABELS,
    GROUND_LABELS,
    OUTCOME_LABELS,
    SINCE_LABELS,
    Patient,
    SupportReferral,
)
from maillage.people.pages.support_referral_print import referral_pdf, words_of
from maillage.people.queries import support_referrals as found
from maillage.people.rules.support_referrals import Care, Cause, Consent, Ground, Outcome, Since, Step

OPENING, FOLLOWING, LISTING = (
    "orientation vers l’Assurance maladie",
    "suivi d’une orientation vers l’Assurance maladie",
    "liste des orientations vers l’Assurance maladie",
)


def _choices(labels: Any) -> list[tuple[str, Any]]:
    return [(one.value, words) for one, words in labels.items()]


class ReferralForm(KeyedForm):
    """Why, and how the person agreed: the rest helps the one who will call them, and may wait."""

    grounds = forms.MultipleChoiceField(
        label=lazy("Motifs"), choices=_choices(GROUND_LABELS), widget=forms.CheckboxSelectMultiple
    )
    detected_on = DayField(label=lazy("Repéré le"))
    consent = forms.ChoiceField(
        label=lazy("Accord de la personne"), choices=_choices(CONSENT_LABELS), widget=forms.RadioSelect
    )
    consented_on = DayField(label=lazy("Accord donné le"))
    given_up = forms.MultipleChoiceField(
        label=lazy("Soins auxquels elle renonce"),
        choices=_choices(CARE_LABELS),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    since = forms.ChoiceField(
        label=lazy("Depuis"), choices=[("", lazy("non précisé")), *_choices(SINCE_LABELS)], required=False
    )
    causes = forms.MultipleChoiceField(
        label=lazy("À cause de"),
        choices=_choices(CAUSE_LABELS),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    already_done = forms.CharField(
        label=lazy("Ce qui a déjà été fait"),
        max_length=1000,
        required=False,
        widget=Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["detected_on"].initial = timezone.localdate
        self.fields["consented_on"].initial = timezone.localdate

    def said(self) -> actions.Said:
        """Return what a valid form says."""
        given = self.cleaned_data
        return actions.Said(
            detected_on=given["detected_on"],
            grounds=[Ground(one) for one in given["grounds"]],
            consent=Consent(given["consent"]),
            consented_on=given["consented_on"],
            given_up=[Care(one) for one in given["given_up"]],
            since=Since(given["since"]),
            causes=[Cause(one) for one in given["causes"]],
            already_done=given["already_done"],
        )


class OutcomeForm(forms.Form):
    """What came of it."""

    outcome = forms.ChoiceField(label=lazy("Issue"), choices=_choices(OUTCOME_LABELS))
    words = forms.CharField(label=lazy("Précisions"), max_length=1000, required=False)


class NewReferral(Page):
    """The form of a referral, opened from the file of a patient."""

    template_name = "people/new_support_referral.html"
    permission = None

    @cached_property
    def patient(self) -> Patient:
        """The patient. Raises Http404 where the visitor may not refer them."""
        try:
            read = queries.patient_file(by=self.person, pk=self.kwargs["pk"], purpose=OPENING)
        except Patient.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None
        if not actions.may_refer(self.person, read.patient):
            raise Http404(self.kwargs["pk"])
        return read.patient

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.patient.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", ReferralForm())
        return super().get_context_data(patient=self.patient, known=found.open_of(self.patient), **context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Open the referral."""
        form = ReferralForm(request.POST)
        if form.is_valid():
            try:
                made = actions.refer(
                    by=self.person, patient=self.patient, said=form.said(), key=form.cleaned_data["key"]
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(
                    request, _("Orientation notée : il reste à la transmettre à l’Assurance maladie.")
                )
                return redirect("people:support_referral", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OfReferral(Endpoint):
    """One referral of the address."""

    permission = None

    @cached_property
    def referral(self) -> SupportReferral:
        """The referral. Raises Http404 where there is none that the visitor may see."""
        try:
            return found.read_one(by=self.person, pk=self.kwargs["pk"], purpose=FOLLOWING)
        except SupportReferral.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.referral.patient.scope


class ReferralPage(OfReferral, Page):
    """One referral: what was said, what is to do next, what came of it."""

    template_name = "people/support_referral.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.referral
        context.setdefault("form", OutcomeForm())
        is_own = row.patient.account_id == self.person.pk
        may_act = row.by_id == self.person.pk or actions.handles(self.person, row.patient)
        needs_letter = row.consent == Consent.TOLD.value and row.letter_on is None
        return super().get_context_data(
            row=row,
            patient=row.patient,
            is_own=is_own,
            facts=words_of(row),
            may_act=may_act and row.step is not Step.OVER,
            needs_letter=needs_letter,
            send=rule("people.support_referrals.send_days"),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that it was sent, that the letter left, or what came of it."""
        form, do = OutcomeForm(request.POST), request.POST.get("do", "")
        try:
            if do == "sent":
                actions.mark_sent(by=self.person, referral=self.referral)
            elif do == "letter":
                actions.mark_letter(by=self.person, referral=self.referral)
            elif form.is_valid():
                actions.note_outcome(
                    by=self.person,
                    referral=self.referral,
                    outcome=Outcome(form.cleaned_data["outcome"]),
                    words=form.cleaned_data["words"],
                )
            else:
                return self.render_to_response(self.get_context_data(form=form), status=422)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        except PermissionDenied as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("C’est noté."))
        return back_to(request, f"/patients/accompagnements/{pk}/")


class ReferralPaper(OfReferral):
    """The paper that goes to the health insurance, to print and sign."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Answer with the PDF."""
        paper = referral_pdf(self.referral, timezone.now())
        return pdf_response(paper, f"accompagnement-{pk}.pdf")


class Referrals(Page):
    """The referrals to send, those whose outcome is awaited, and the last that came back."""

    template_name = "people/support_referrals.html"
    permission = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not (
            access.may(self.person, Permission.MANAGE_REFERRING_DOCTOR)
            or access.may(self.person, Permission.SEND_REQUEST)
        ):
            raise PermissionDenied
        rows = found.read_all(by=self.person, purpose=LISTING)
        steps = [(one, [row for row in rows if row.step is one]) for one in Step]
        return super().get_context_data(
            groups=[(one.value, kept[0].step_said, kept) for one, kept in steps if kept],
            to_send=sum(row.step is Step.TO_SEND for row in rows),
            late=sum(row.is_late for row in rows),
            **context,
        )
