"""The search of a médecin traitant: the coordination's waiting list, one request, the doctor's answers."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel import access
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, back_to
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.people import actions, queries
from maillage.people.models import DoctorProposal, DoctorQuota, ReferringDoctorRequest
from maillage.people.pages import presenters
from maillage.people.pages.forms import ClosingForm, QuotaForm, RefusalForm
from maillage.people.queries.inclusions import inclusion_of_request
from maillage.people.rules.referring_doctor import TRANSITIONS, Event, State
from maillage.territory import api as territory

LISTING, FOLLOWING, ANSWERING = (
    "liste d’attente d’un médecin traitant",
    "suivi d’une recherche de médecin traitant",
    "réponse à une proposition de patient",
)


class WaitingList(Page):
    """Those who look for a médecin traitant in a territory, by priority then by age; the indicators."""

    template_name = "people/waiting_list.html"
    permission = Permission.MANAGE_REFERRING_DOCTOR

    @cached_property
    def place(self) -> territory.Territory:
        """The territory. Raises Http404."""
        return territory.territory_or_404(self.kwargs["slug"])

    def get_scope(self) -> Scope:
        """Return the scope of the territory."""
        return self.place.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = queries.waiting_list(by=self.person, scope=self.place.scope, purpose=LISTING)
        measured = queries.indicators(self.place.scope)
        return super().get_context_data(
            place=self.place,
            rows=[presenters.request_line(one) for one in found],
            indicators=measured,
            **context,
        )


class RequestPage(Page):
    """One request: what was done, who must act, and the buttons of what its state allows."""

    template_name = "people/request.html"
    permission = None

    @cached_property
    def request_shown(self) -> ReferringDoctorRequest:
        """The request of the address. Raises Http404 where there is none that the person may see."""
        try:
            return queries.request_by_key(by=self.person, pk=self.kwargs["pk"], purpose=FOLLOWING)
        except ReferringDoctorRequest.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None

    def get_clock(self) -> Scope:
        """Return the scope of the request."""
        return self.request_shown.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        shown = self.request_shown
        proposals = queries.proposals_of(by=self.person, request=shown)
        manages = access.may(self.person, Permission.MANAGE_REFERRING_DOCTOR, shown.scope)
        allowed = {event.value for state, event in TRANSITIONS if state is State(shown.state)}
        refused = {one.doctor_id for one in proposals if one.answer == "refused"}
        may_propose = manages and Event.PROPOSE in allowed
        home = queries.home_of(by=self.person, patient=shown.patient) if may_propose else None
        found = queries.candidates(shown.scope, refused, home=home) if may_propose else []
        return super().get_context_data(
            line=presenters.request_line(shown),
            proposals=presenters.with_doctors(proposals),
            manages=manages,
            inclusion=inclusion_of_request(shown),
            allowed=allowed,
            candidates=presenters.candidate_lines(found),
            home=home,
            may_propose=may_propose,
            closing_form=ClosingForm(),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what the button says."""
        try:
            self._act(request, self.request_shown)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Étape notée."))
        try:
            queries.request_by_key(by=self.person, pk=pk, purpose=FOLLOWING)
        except ReferringDoctorRequest.DoesNotExist:
            return redirect("people:patients")
        return redirect("people:request", pk=pk)

    def _act(self, request: HttpRequest, shown: ReferringDoctorRequest) -> None:
        word = request.POST.get("do", "")
        if word == Event.CONSENT:
            actions.record_consent(by=self.person, request=shown)
        elif word == Event.PROPOSE:
            doctor = get_object_or_404(directory.Professional, pk=_number(request.POST.get("doctor", "")))
            actions.propose(by=self.person, request=shown, doctor=doctor)
        elif word == Event.WITHDRAW_PROPOSAL:
            waiting = [one for one in queries.proposals_of(by=self.person, request=shown) if not one.answer]
            if not waiting:
                raise ValidationError(_("Aucune proposition n’attend de réponse."))
            actions.withdraw_proposal(by=self.person, proposal=waiting[0])
        elif word == Event.DECLARE:
            actions.declare(by=self.person, request=shown)
        elif word == Event.CLOSE:
            form = ClosingForm(request.POST)
            if not form.is_valid():
                raise ValidationError(_("Dites pourquoi la recherche est close."))
            actions.close(by=self.person, request=shown, reason=form.chosen())
        else:
            raise Http404(word)


class Proposals(Page):
    """A doctor's page: the quota, and the patients proposed."""

    template_name = "people/proposals.html"
    permission = Permission.EDIT_SCENARIO

    @cached_property
    def doctor(self) -> directory.Professional:
        """The physician whose account it is. Raises PermissionDenied for anyone else."""
        sheet = presenters.physician_of(self.person)
        if sheet is None:
            raise PermissionDenied(
                _("Cette page est celle des médecins : votre compte n’est pas relié à une fiche de médecin.")
            )
        return sheet

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        quota = DoctorQuota.objects.filter(doctor=self.doctor).first()
        initial = {"per_month": quota.per_month if quota else 0}
        context.setdefault("form", QuotaForm(initial=initial))
        waiting = queries.proposals_to(by=self.person, purpose=ANSWERING)
        return super().get_context_data(
            doctor=self.doctor,
            quota=quota,
            waiting=[(one, presenters.request_line(one.request)) for one in waiting],
            refusal_form=RefusalForm(auto_id=False),
            **context,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Set the quota."""
        form = QuotaForm(request.POST)
        if form.is_valid():
            actions.set_quota(by=self.person, doctor=self.doctor, per_month=form.cleaned_data["per_month"])
            messages.success(request, _("Quota enregistré : il vaut dès maintenant."))
            return redirect("people:proposals")
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ProposalAnswer(Endpoint):
    """A doctor accepts or refuses a patient."""

    permission = Permission.EDIT_SCENARIO

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with the button's word; a refusal says its reason."""
        own = DoctorProposal.objects.for_person(self.person).filter(doctor__account=self.person)
        proposal = own.select_related("request__patient", "request__scope", "doctor").filter(pk=pk).first()
        if proposal is None:
            raise Http404(pk)
        try:
            if request.POST.get("do") == Event.ACCEPT:
                actions.accept(by=self.person, proposal=proposal)
                messages.success(request, _("Patient accepté : il reste à faire la déclaration."))
                return back_to(request, reverse("people:request", args=[proposal.request_id]))
            form = RefusalForm(request.POST)
            if not form.is_valid():
                raise ValidationError(_("Choisissez la raison du refus."))
            actions.refuse(by=self.person, proposal=proposal, reason=form.chosen())
            messages.success(request, _("Refus noté : la coordination cherche un autre médecin."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return back_to(request, reverse("people:proposals"))


def _number(text: str) -> int:
    """Return a key of the form. Raises Http404 for anything else."""
    if not row_key(text):
        raise Http404(text)
    return row_key(text)
