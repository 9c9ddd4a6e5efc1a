"""Requests to the DAC: the form opened by the circle, the list of each side, one request and its gestures."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page, PermissionMixin, back_to
from maillage.kernel.pages.refusals import refused
from maillage.kernel.rules import Permission
from maillage.people import api as people
from maillage.transitions.actions import complex_cases as actions
from maillage.transitions.models import PartnerRequest
from maillage.transitions.pages import case_presenters as presenters
from maillage.transitions.pages.base import OfPatient
from maillage.transitions.pages.case_forms import (
    AnswerForm,
    CaseForm,
    OutcomeForm,
    PartnerForm,
    RefusalForm,
    WithdrawalForm,
)
from maillage.transitions.queries import complex_cases as queries
from maillage.transitions.queries.places import commune_of, partners_known
from maillage.transitions.rules.complex_cases import TAKEN, WAITING, CaseState


class Cases(Page):
    """What the DAC has to do, and what the visitor's patients were proposed to it for."""

    template_name = "transitions/cases.html"
    permission = Permission.SEND_REQUEST

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        is_dac = queries.answers(self.person)
        to_end = queries.cases_to_end(self.person)
        asked = queries.cases_of_circle(self.person)
        return super().get_context_data(
            is_dac=is_dac,
            finding=self._finding(is_dac, to_end, asked),
            to_end=[(one, presenters.title(one), presenters.delay_said(one)) for one in to_end],
            asked=[(one, presenters.delay_said(one)) for one in asked if not is_dac or one not in to_end],
            awaited=queries.partners_awaited(self.person),
            **context,
        )

    def _finding(self, is_dac: bool, to_end: list[Any], asked: list[Any]) -> str:
        if is_dac:
            return f"{presenters.cases_said(to_end)}." if to_end else _("Aucune demande n’attend.")
        unread = sum(one.waits_to_be_read for one in asked)
        if unread:
            return _("{count} issue à lire.").format(count=unread)
        return _("Les situations complexes de vos patients, confiées au DAC.")


class NewCase(OfPatient, Page):
    """The form of a request: what, why, and the agreement of the person."""

    template_name = "transitions/case_form.html"
    purpose = "demande au DAC"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not self.may_write:
            raise PermissionDenied(_("Seuls les professionnels du cercle de soins font cette demande."))
        context.setdefault("form", CaseForm(initial={"consented_on": timezone.localdate()}))
        under_way = next((one for one in queries.cases_of(self.patient) if one.is_open), None)
        return super().get_context_data(patient=self.patient, under_way=under_way, **context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Send it, or say why not."""
        form = CaseForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                case = actions.send_case(
                    by=self.person,
                    patient=self.patient,
                    key=data["key"],
                    asked=data["asked"],
                    why=data["why"],
                    grounds=form.chosen_grounds(),
                    consented_on=data["consented_on"],
                    means=people.Means(data["means"]),
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Demande envoyée au DAC."))
                return redirect("transitions:case", pk=case.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Case(PermissionMixin):
    """One request of the address that the visitor reads; each reading is logged."""

    permission = None

    @cached_property
    def read(self) -> queries.CaseRead:
        """The request. Raises Http404 where the visitor reads none of that key."""
        found = queries.case_read(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the request."""
        return self.read.case.scope


class CasePage(Case, Page):
    """One request: what its reader may read of it, its steps, the gestures of their side."""

    template_name = "transitions/case.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        read, case = self.read, self.read.case
        state = CaseState(case.state)
        partners = queries.partners_of(case) if read.answers or read.is_reader else []
        return super().get_context_data(
            case=case,
            title=presenters.title(case),
            name=case.patient.name if read.is_reader else "",
            fields=presenters.fields(read, commune_of(case.patient)),
            is_restricted=not read.is_reader,
            steps=presenters.steps(case),
            delay=presenters.delay_said(case),
            answers=read.answers,
            may_write=read.may_write or case.patient.account_id == self.person.pk,
            is_waiting=state in WAITING,
            is_sent=state is CaseState.SENT,
            is_taken=state in TAKEN,
            is_mine=case.referent_id == self.person.pk,
            partners=[
                (
                    one,
                    None
                    if one.answer
                    else AnswerForm(initial={"request": one.pk}, auto_id=f"id_{one.pk}_%s"),
                )
                for one in partners
            ],
            refusal=context.pop("refusal", None) or RefusalForm(),
            outcome=context.pop("outcome", None) or OutcomeForm(),
            withdrawal=context.pop("withdrawal", None) or WithdrawalForm(),
            partner=context.pop("partner", None) or PartnerForm(),
            known_partners=partners_known(case.scope) if read.answers and state in TAKEN else [],
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what one of the forms of the page asks, then lead back."""
        name = request.POST.get("do", "")
        if name not in _DEEDS:
            return redirect("transitions:case", pk=pk)
        form_class, deed = _DEEDS[name]
        form = form_class(request.POST)
        if form.is_valid():
            try:
                messages.success(request, deed(self, form))
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return back_to(request, self.request.path)
        if name in _SHOWN:
            return self.render_to_response(self.get_context_data(**{name: form}), status=422)
        said = " ".join(str(text) for errors in form.errors.values() for text in errors)
        why = ValidationError(said or _("Choisissez une réponse."))
        return refused(request, why, self.request.path)

    def _acknowledge(self, _form: forms.Form) -> str:
        actions.acknowledge_case(by=self.person, case=self.read.case)
        return _("Accusé envoyé : le demandeur sait que vous avez sa demande.")

    def _accept(self, _form: forms.Form) -> str:
        actions.accept_case(by=self.person, case=self.read.case)
        return _("Demande acceptée : vous suivez cette personne et lisez son plan.")

    def _refuse(self, form: forms.Form) -> str:
        assert isinstance(form, RefusalForm)
        actions.refuse_case(
            by=self.person,
            case=self.read.case,
            refusal=form.reason(),
            elsewhere=form.cleaned_data["elsewhere"],
            text=form.cleaned_data["text"],
        )
        return _("Refus envoyé, avec vers qui se tourner.")

    def _begin(self, _form: forms.Form) -> str:
        actions.begin_case(by=self.person, case=self.read.case)
        return _("Accompagnement commencé.")

    def _take_over(self, _form: forms.Form) -> str:
        actions.take_over_case(by=self.person, case=self.read.case)
        return _("Vous suivez désormais cette personne.")

    def _close(self, form: forms.Form) -> str:
        actions.close_case(by=self.person, case=self.read.case, outcome=form.cleaned_data["outcome"])
        return _("Issue rendue au demandeur.")

    def _withdraw(self, form: forms.Form) -> str:
        actions.withdraw_case(by=self.person, case=self.read.case, reason=form.cleaned_data["reason"])
        return _("Demande retirée : le DAC n’a plus rien à en lire.")

    def _read(self, _form: forms.Form) -> str:
        actions.note_outcome_read(by=self.person, case=self.read.case)
        return _("C’est noté : le DAC sait que l’issue est lue.")

    def _ask(self, form: forms.Form) -> str:
        assert isinstance(form, PartnerForm)
        data = form.cleaned_data
        made = actions.ask_partner(
            by=self.person,
            case=self.read.case,
            key=data["key"],
            kind=form.chosen_kind(),
            partner=data["partner"],
            asked=data["asked"],
            expected_on=data["expected_on"],
        )
        return _("Demande notée : {name}.").format(name=made.partner)

    def _answer(self, form: forms.Form) -> str:
        assert isinstance(form, AnswerForm)
        found = PartnerRequest.objects.of_case(self.read.case).filter(pk=form.cleaned_data["request"])
        row = found.select_related("case__scope").first()
        if row is None:
            raise ValidationError(_("Choisissez une réponse."))
        actions.note_answer(by=self.person, request=row, answer=form.chosen(), said=form.cleaned_data["said"])
        return _("Réponse notée.")


#: What the forms of the page do, by the name of each; those of `_SHOWN` are shown again with their errors.
_DEEDS: dict[str, tuple[type[forms.Form], Callable[[CasePage, forms.Form], str]]] = {
    "acknowledge": (forms.Form, CasePage._acknowledge),
    "accept": (forms.Form, CasePage._accept),
    "refusal": (RefusalForm, CasePage._refuse),
    "begin": (forms.Form, CasePage._begin),
    "take_over": (forms.Form, CasePage._take_over),
    "outcome": (OutcomeForm, CasePage._close),
    "withdrawal": (WithdrawalForm, CasePage._withdraw),
    "read": (forms.Form, CasePage._read),
    "partner": (PartnerForm, CasePage._ask),
    "answer": (AnswerForm, CasePage._answer),
}
_SHOWN = frozenset({"refusal", "outcome", "withdrawal", "partner"})
