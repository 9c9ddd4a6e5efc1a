"""Acts under a protocol: those about a patient, the questions before one, signing it or giving it back."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.kernel import formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page
from maillage.kernel.sourced_rules import rule
from maillage.orientation import api as orientation
from maillage.people import api as people
from maillage.protocols import api
from maillage.protocols.models import Act, Referral, Version
from maillage.protocols.pages.base import DoesOne, OfPatient, cleaned
from maillage.protocols.pages.forms import CriteriaForm, ReportForm, ReturnForm
from maillage.protocols.pages.presenters import asked_lines, delay, look_of, reply_choices
from maillage.protocols.queries import acts as queries
from maillage.protocols.queries.protocols import criteria_of, national_of, today_in, usable_by
from maillage.protocols.queries.referrals import asked_in_turn, may_answer, referral_seen_by
from maillage.protocols.rules.criteria import Criterion, CriterionKind
from maillage.protocols.rules.protocols import ActState
from maillage.protocols.rules.referrals import Reply


class PatientActs(OfPatient, Page):
    """What was done under a protocol for one patient, and what the visitor may begin."""

    template_name = "protocols/patient.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        patient = self.patient
        acts = queries.acts_of(patient)
        usable = usable_by(self.person) if self.may_write else []
        same = [version for version, _mine in usable if version.protocol.scope_id == patient.scope_id]
        return super().get_context_data(
            patient=patient,
            is_own=self.is_own,
            acts=[(one, look_of(one)) for one in acts],
            usable=same,
            may_write=self.may_write,
            **context,
        )


class BeginAct(OfPatient, Page):
    """The signs that engage life, then the questions of a protocol, about one patient."""

    template_name = "protocols/act_form.html"

    @cached_property
    def version(self) -> Version:
        """The version of the address. Raises Http404 where the visitor may not act by it here."""
        if self.may_write:
            for version, _mine in usable_by(self.person):
                if (
                    version.pk == self.kwargs["version"]
                    and version.protocol.scope_id == self.patient.scope_id
                ):
                    return version
        raise Http404(self.kwargs["version"])

    @cached_property
    def criteria(self) -> list[Criterion]:
        """What the version asks about the patient."""
        return criteria_of(self.version, self.patient)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        version = self.version
        context.setdefault("form", self._form())
        context["version"] = version  # in place of its key, which the address gives
        national = national_of(version.protocol)
        return super().get_context_data(
            patient=self.patient,
            is_late=version.is_review_due(today_in(version.protocol.scope)),
            is_outside=any(one.known not in {None, one.wanted} for one in self.criteria),
            is_unsure=national is not None and not national.get("established", False),
            rule=orientation.protocols(),
            **context,
        )

    def _form(self, data: Any = None) -> CriteriaForm:
        return CriteriaForm(data, criteria=self.criteria, acts=self.version.acts, answers={})

    def post(self, request: HttpRequest, pk: int, version: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Begin the act; the next page is the 15, what to check, or what to sign."""
        chosen = self.version
        form = self._form(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            acts = chosen.acts
            try:
                act = api.begin_act(
                    by=self.person,
                    version=chosen,
                    patient=self.patient,
                    act=data.get("act") or acts[0],
                    answers=form.answers(),
                    signs=data["signs"],
                    has_agreed=data.get("has_agreed", False),
                    key=data["key"],
                )
            except ValidationError as error:
                form.add_error(None, error)
            except PermissionDenied as error:
                form.add_error(None, str(error))
            else:
                return redirect("protocols:act", pk=act.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ActPage(DoesOne, Page):
    """One act: the answers kept, where it stands, what its author may still do."""

    template_name = "protocols/act.html"
    permission = None

    @cached_property
    def act(self) -> Act:
        """The act. Raises Http404 where the circle does not open it; the reading is logged."""
        found = queries.act_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        people.log_access(by=self.person, patients=[found.patient], what="file", purpose=queries.READING)
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.act.patient.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        act = self.act
        is_mine = act.by_id == self.person.pk and act.patient.account_id != self.person.pk
        known = {one["code"]: one for one in rule("people.signals.vital_signs").value}
        signs = [known[code] for code in act.signs if code in known]
        referral = getattr(act, "referral", None)
        return super().get_context_data(
            act=act,
            patient=act.patient,
            is_own=act.patient.account_id == self.person.pk,
            look=look_of(act),
            asked=asked_lines(act),
            signs=[formats.in_language(one["label"], one["label_en"]) for one in signs],
            stops=[one["text"] for one in act.asked if one["kind"] == CriterionKind.STOP],
            is_mine=is_mine,
            to_check=self._to_check() if is_mine and act.state == ActState.TO_CHECK else None,
            report_form=ReportForm() if is_mine and act.state == ActState.TO_SIGN else None,
            return_form=ReturnForm() if is_mine and act.is_open else None,
            referral=referral,
            turn=asked_in_turn(referral) if referral is not None else [],
            **context,
        )

    def _to_check(self, data: Any = None) -> CriteriaForm:
        criteria = criteria_of(self.act.version, self.act.patient)
        return CriteriaForm(data, criteria=criteria, acts=[], answers=self.act.answers)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do the gesture that a form names."""
        return self.answered(request, reverse("protocols:act", args=[pk]))

    def done(self, gesture: str) -> str:
        act = self.act
        if gesture == "complete":
            form = self._to_check(self.request.POST)
            cleaned(form)
            api.complete_act(
                by=self.person, act=act, answers=form.answers(), signs=form.cleaned_data["signs"]
            )
            return _("Réponses notées.")
        if gesture == "sign":
            # The line of an inbox sends `outcome`.
            report = self.request.POST.get("report") or self.request.POST.get("outcome", "")
            data = cleaned(ReportForm({"report": report}))
            api.sign_act(by=self.person, act=act, report=data["report"])
            return _("Acte signé.")
        if gesture == "return":
            data = cleaned(ReturnForm(self.request.POST))
            api.return_act(by=self.person, act=act, because=data["because"])
            return _("L’acte revient au médecin, qui est prévenu.")
        raise Http404(gesture)


class ReferralPage(DoesOne, Page):
    """A question to a physician: what, whom it was put to, the answer or the gestures that give one."""

    template_name = "protocols/referral.html"
    permission = None

    @cached_property
    def referral(self) -> Referral:
        """The question. Raises Http404 where the circle does not open it; the reading is logged."""
        found = referral_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        people.log_access(
            by=self.person, patients=[found.patient], what="file", purpose="question à un médecin"
        )
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.referral.patient.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        one = self.referral
        answers = not one.is_answered and may_answer(self.person, one.patient)
        return super().get_context_data(
            referral=one,
            patient=one.patient,
            is_own=one.patient.account_id == self.person.pk,
            turn=asked_in_turn(one),
            replies=reply_choices(one) if answers else [],
            may_acknowledge=answers and one.acknowledged_at is None,
            may_read=one.is_answered and one.by_id == self.person.pk and one.read_at is None,
            took=delay(one.answered_at - one.at) if one.answered_at is not None else "",
            asked=asked_lines(one.act) if one.act is not None else [],
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do the gesture that a form names."""
        return self.answered(request, reverse("protocols:referral", args=[pk]))

    def done(self, gesture: str) -> str:
        if gesture == "acknowledge":
            api.acknowledge(by=self.person, referral=self.referral)
            return _("Noté : vous l’avez lue.")
        if gesture == "read":
            api.read_answer(by=self.person, referral=self.referral)
            return _("Réponse lue.")
        if gesture == "answer":
            return self._answer()
        raise Http404(gesture)

    def _answer(self) -> str:
        try:
            reply = Reply(self.request.POST.get("reply", ""))
        except ValueError:
            raise ValidationError(_("Choisissez une réponse.")) from None
        words = self.request.POST.get("outcome", "")
        if "\x00" in words or len(words) > 2000:
            raise ValidationError(_("La réponse tient en 2 000 caractères."))
        api.answer(by=self.person, referral=self.referral, reply=reply, words=words)
        return _("Réponse envoyée.")
