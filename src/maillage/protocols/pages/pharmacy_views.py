"""The pharmacist's acts for one patient, a review line by line, a vaccination with its questions."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.protocols.actions import pharmacy as actions
from maillage.protocols.models import MedicationReview, Shortage, Vaccination
from maillage.protocols.pages.base import DoesOne, OfPatient, cleaned
from maillage.protocols.pages.pharmacy_forms import (
    LineForm,
    PlanReviewForm,
    PlanVaccinationForm,
    PrescriberForm,
    ShareForm,
    ShortageForm,
    VaccinationForm,
)
from maillage.protocols.pages.presenters import asked_lines, delay
from maillage.protocols.queries import pharmacy as queries
from maillage.protocols.queries.referrals import delay_of, physicians_of
from maillage.protocols.rules.pharmacy import Outcome

READING = "actes de pharmacien"


class Pharmacy(OfPatient, DoesOne, Page):
    """What a pharmacist did or planned for one patient: reviews, shortages, vaccinations."""

    template_name = "protocols/pharmacy.html"
    purpose = READING

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        patient = self.patient
        acts = queries.may_act(self.person, patient)
        shortages = queries.shortages_of(patient)
        asked = [one.referral for one in shortages if one.referral is not None]
        reviews = queries.reviews_of(patient)
        return super().get_context_data(
            patient=patient,
            is_own=self.is_own,
            may_act=acts,
            reviews=reviews,
            shortages=[(one, _took(one)) for one in shortages],
            middle=delay(delay_of(asked)) if any(one.answered_at for one in asked) else "",
            vaccinations=queries.vaccinations_of(patient),
            review_form=PlanReviewForm(auto_id="id_review_%s"),
            shortage_form=ShortageForm(auto_id="id_shortage_%s"),
            vaccination_form=PlanVaccinationForm(auto_id="id_vaccination_%s"),
            physicians=physicians_of(patient) if acts else [],
            finding=_finding(reviews, shortages),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do the gesture that a form names."""
        _read = self.read  # outside the circle, nothing is there
        return self.answered(request, reverse("protocols:pharmacy", args=[pk]))

    def done(self, gesture: str) -> str:
        by, patient, sent = self.person, self.patient, self.request.POST
        if gesture == "review":
            data = cleaned(PlanReviewForm(sent))
            actions.plan_review(by=by, patient=patient, **data)
            return _("Bilan prévu.")
        if gesture == "shortage":
            data = cleaned(ShortageForm(sent))
            actions.note_shortage(by=by, patient=patient, **data)
            return _("Rupture notée : signalez-la au prescripteur.")
        if gesture == "vaccination":
            data = cleaned(PlanVaccinationForm(sent))
            actions.plan_vaccination(by=by, patient=patient, **data)
            return _("Vaccination prévue.")
        if gesture == "signal":
            row = next(
                (one for one in queries.shortages_of(patient) if str(one.pk) == sent.get("shortage")), None
            )
            if row is None:
                raise Http404(gesture)
            form = PrescriberForm(sent, physicians=physicians_of(patient))
            cleaned(form)
            actions.signal_shortage(by=by, shortage=row, to=form.prescriber)
            return _("Rupture signalée : la réponse du prescripteur est suivie.")
        raise Http404(gesture)


def _took(one: Shortage) -> str:
    if one.referral is None or one.referral.answered_at is None:
        return ""
    return delay(one.referral.answered_at - one.referral.at)


def _finding(reviews: list[MedicationReview], shortages: list[Shortage]) -> str:
    waiting = sum(one.shared_at is None for one in reviews)
    missing = sum(one.referral_id is None for one in shortages)
    said = [
        ngettext("{count} bilan à faire", "{count} bilans à faire", waiting).format(
            count=formats.number(waiting)
        ),
        ngettext("{count} rupture à signaler", "{count} ruptures à signaler", missing).format(
            count=formats.number(missing)
        ),
    ]
    return f"{', '.join(said)}."


class ReviewPage(DoesOne, Page):
    """A review: the medicines read, what is proposed, the prescriber's answers."""

    template_name = "protocols/review.html"
    permission = None

    @cached_property
    def review(self) -> MedicationReview:
        """The review. Raises Http404 where the circle does not open it; the reading is logged."""
        found = queries.review_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        people.log_access(by=self.person, patients=[found.patient], what="file", purpose=READING)
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        scope: Scope = self.review.patient.scope
        return scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        review = self.review
        patient = review.patient
        writes = review.shared_at is None and queries.may_act(self.person, patient)
        physicians = physicians_of(patient) if writes else []
        return super().get_context_data(
            review=review,
            patient=patient,
            is_own=patient.account_id == self.person.pk,
            lines=queries.lines_of_review(review),
            line_form=LineForm() if writes else None,
            share_form=ShareForm(physicians=physicians) if physicians else None,
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do the gesture that a form names."""
        return self.answered(request, reverse("protocols:review", args=[pk]))

    def done(self, gesture: str) -> str:
        review = self.review
        if gesture == "line":
            data = cleaned(LineForm(self.request.POST))
            actions.read_medicine(by=self.person, review=review, **data)
            return _("Ligne notée.")
        if gesture == "share":
            form = ShareForm(self.request.POST, physicians=physicians_of(review.patient))
            data = cleaned(form)
            actions.share_review(
                by=self.person, review=review, conclusion=data["conclusion"], to=form.prescriber
            )
            return _("Bilan partagé : chaque proposition attend la réponse du prescripteur.")
        raise Http404(gesture)


class VaccinationPage(Page):
    """A vaccination: what is asked, then what came of it."""

    template_name = "protocols/vaccination.html"
    permission = None

    @cached_property
    def vaccination(self) -> Vaccination:
        """The vaccination. Raises Http404 where the circle does not open it; the reading is logged."""
        found = queries.vaccination_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        people.log_access(by=self.person, patients=[found.patient], what="file", purpose=READING)
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        scope: Scope = self.vaccination.patient.scope
        return scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.vaccination
        if not row.outcome and queries.may_act(self.person, row.patient):
            context.setdefault("form", self._form())
        known = {one["code"]: one for one in rule("people.signals.vital_signs").value}
        signs = [known[code] for code in row.signs if code in known]
        return super().get_context_data(
            vaccination=row,
            patient=row.patient,
            is_own=row.patient.account_id == self.person.pk,
            asked=asked_lines(row),
            signs=[formats.in_language(one["label"], one["label_en"]) for one in signs],
            is_vital=row.outcome == Outcome.EMERGENCY,
            **context,
        )

    def _form(self, data: Any = None) -> VaccinationForm:
        return VaccinationForm(data, criteria=queries.vaccination_questions(), acts=[], answers={})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note what came of it; the page then says so, or what is still owed."""
        row = self.vaccination
        form = self._form(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                actions.note_vaccination(
                    by=self.person,
                    vaccination=row,
                    answers=form.answers(),
                    signs=data["signs"],
                    outcome=data.get("outcome") or Outcome.DEFERRED,
                    lot=data.get("lot", ""),
                    note=data.get("note", ""),
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("protocols:vaccination", pk=pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)
