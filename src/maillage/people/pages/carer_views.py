"""Who may act for a patient, and what a carer reads of the person they help."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from maillage.kernel.contributions import Place
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page
from maillage.kernel.parameters import row_key
from maillage.kernel.phones import written_phone
from maillage.people import queries
from maillage.people.actions import carers as actions
from maillage.people.actions import is_own_file
from maillage.people.actions.circle import may_speak_for
from maillage.people.actions.inclusions import speaks_for
from maillage.people.models import Mandate, MandateItem, Patient
from maillage.people.pages import carer_presenters as presenters
from maillage.people.pages.carer_forms import CodeForm, MandateForm
from maillage.people.pages.patient_views import OfPatient
from maillage.people.pages.presenters import addresses as address_lines
from maillage.people.queries import carers, circle, signals
from maillage.people.queries.inclusions import current_of
from maillage.people.queries.panels import panels_about
from maillage.people.queries.patients import PART
from maillage.people.rules.carers import Gesture
from maillage.people.rules.circle import Part


class Mandates(OfPatient, Page):
    """Who may act for a patient: given, reduced and taken back by the patient, or on paper by their team."""

    template_name = "people/mandates.html"
    purpose = "mandats d’aidant"

    @cached_property
    def patient(self) -> Patient:
        """The patient, for themself or a member of their care team. Raises Http404 for anybody else."""
        patient = self.file.patient
        if not may_speak_for(self.person, patient):
            raise Http404(patient.pk)
        return patient

    @property
    def is_own(self) -> bool:
        """Whether the page is the patient's own."""
        return is_own_file(self.person, self.patient)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        patient, is_own = self.patient, self.is_own
        rows = carers.mandates_of(patient)
        given = [presenters.given(one, is_own=is_own) for one in rows if one.is_in_force()]
        context.setdefault("form", self._form())
        context.setdefault("code_form", CodeForm())
        return super().get_context_data(
            patient=patient,
            is_own=is_own,
            given=given,
            waiting=[presenters.given(one, is_own=True) for one in rows if one.signed_at is None]
            if is_own
            else [],
            over=[one for one in rows if one.signed_at is not None and not one.is_in_force()],
            finding=presenters.finding(given, is_own=is_own),
            **context,
        )

    def _form(self, *sent: Any) -> MandateForm:
        return MandateForm(*sent, is_own=self.is_own, zone=self.patient.scope.zone)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what one form of the page asks."""
        asked = request.POST.get("do", "")
        if asked == "give":
            return self._give(self._form(request.POST))
        done = {"sign": self._sign, "again": self._again, "less": self._less, "end": self._end}.get(asked)
        try:
            if done is None:
                raise ValidationError(_("Ce geste n’est pas connu : rechargez la page."))
            messages.success(request, done())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("people:mandates", pk=pk)

    def _give(self, form: MandateForm) -> HttpResponse:
        """Ask for a mandate, or record that of a paper; 422 where the form must be mended."""
        site = self.request.build_absolute_uri("/").rstrip("/")
        try:
            if form.is_valid():
                by, patient, carer, terms = self.person, self.patient, form.carer(site), form.terms()
                if self.is_own:
                    actions.ask_mandate(by=by, patient=patient, carer=carer, terms=terms)
                    said = _("Un code vient de partir vers votre téléphone : recopiez-le pour signer.")
                else:
                    seen_on = form.cleaned_data["seen_on"]
                    made = actions.record_mandate(
                        by=by, patient=patient, carer=carer, terms=terms, seen_on=seen_on
                    )
                    said = _("Mandat noté pour {name}.").format(name=made.carer)
                messages.success(self.request, said)
                return redirect("people:mandates", pk=self.patient.pk)
        except ValidationError as error:
            form.add_error(None, error)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _sign(self) -> str:
        form = CodeForm(self.request.POST)
        mandate = self._mandate()
        if not form.is_valid() or not actions.sign_mandate(
            by=self.person, mandate=mandate, code=form.cleaned_data["code"]
        ):
            raise ValidationError(_("Ce n’est pas le bon code. Regardez le dernier message reçu."))
        return _("C’est signé : {name} peut agir pour vous.").format(name=mandate.carer)

    def _again(self) -> str:
        actions.send_code(by=self.person, mandate=self._mandate())
        return _("Un nouveau code vient de partir vers votre téléphone.")

    def _less(self) -> str:
        mandate = self._mandate()
        key = row_key(self.request.POST.get("item", ""))
        item = MandateItem.objects.of_mandates([mandate]).filter(pk=key).select_related("mandate").first()
        if item is None:
            raise ValidationError(_("Cette ligne n’est plus là : rechargez la page."))
        actions.revoke_item(by=self.person, item=item)
        return _("Retiré à {name}, dès maintenant.").format(name=mandate.carer)

    def _end(self) -> str:
        mandate = actions.revoke_mandate(by=self.person, mandate=self._mandate())
        return _("{name} ne voit plus rien et n’agit plus, dès maintenant.").format(name=mandate.carer)

    def _mandate(self) -> Mandate:
        """Return the mandate that a form names, of this patient. Raises ValidationError for another."""
        key = row_key(self.request.POST.get("row", ""))
        rows = Mandate.objects.of_patient(self.patient).filter(pk=key)
        found = rows.select_related("patient", "carer", "link").first() if key else None
        if found is None:
            raise ValidationError(_("Cette ligne n’est plus là : rechargez la page."))
        return found


class OfMandate(Page):
    """A mandate of the address, given to the visitor; nobody else learns that it exists."""

    permission = None
    purpose = "aide d’un proche"

    @cached_property
    def mandate(self) -> Mandate:
        """The mandate, in force or over. Raises Http404."""
        found = carers.mandate_of_carer(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @cached_property
    def file(self) -> queries.PatientFile | None:
        """What the mandate opens of the file, logged; None where it opens nothing any more."""
        if not self.mandate.is_in_force():
            return None
        try:
            return queries.patient_file(by=self.person, pk=self.mandate.patient_id, purpose=self.purpose)
        except Patient.DoesNotExist:
            return None

    def get_clock(self) -> Scope | None:
        """Return the scope of the person helped."""
        return self.mandate.patient.scope


class Helped(OfMandate):
    """The person whom a carer helps: what the mandate opens now, whom to call, what to do."""

    template_name = "people/helped.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        known = carers.with_items(self.mandate)
        file = self.file
        if file is None:
            return super().get_context_data(known=known, patient=None, **context)
        patient, parts = file.patient, file.parts
        gestures = carers.gestures_of(self.person, patient)
        members = []
        if Part.CIRCLE in parts:
            queries.log_access(
                by=self.person, patients=[patient], what=PART, purpose=_("qui s’occupe de la personne")
            )
            members = presenters.members(circle.circle(patient), may_speak=Gesture.SPEAK in gestures)
        opened, closed = presenters.reads(parts)
        may_include = patient.referring_doctor_id is None and speaks_for(self.person, patient)
        return super().get_context_data(
            known=known,
            patient=patient,
            addresses=address_lines([one for one in file.addresses if not one.is_proposed], patient),
            may_reach=Part.REACH in parts,
            phone=written_phone(patient.phone),
            signals=signals.sent_about(self.person, patient),
            may_signal=Gesture.SIGNAL in gestures,
            may_include=may_include,
            inclusion=current_of(patient) if may_include else None,
            members=members,
            opened=opened,
            closed=closed,
            panels=panels_about(self.person, patient, Place.PATIENT),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the mandate up. Raises PermissionDenied for another gesture."""
        if request.POST.get("do") != "give_up":
            raise PermissionDenied
        actions.revoke_mandate(by=self.person, mandate=self.mandate)
        messages.success(request, _("Vous n’avez plus ce mandat."))
        return redirect("people:helped", pk=pk)
