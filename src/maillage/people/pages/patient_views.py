"""Finding a patient, registering one, the file, who read it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from maillage.kernel import access
from maillage.kernel.contributions import Place
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.people import actions, queries
from maillage.people.actions import circle
from maillage.people.actions.inclusions import may_write
from maillage.people.actions.support_referrals import may_refer
from maillage.people.models import STATUS_LABELS, Patient
from maillage.people.pages import presenters
from maillage.people.pages.forms import InsForm, OwnFileForm, PatientForm, RegistrationForm, SearchForm
from maillage.people.queries import PatientFile
from maillage.people.queries.inclusions import current_of
from maillage.people.queries.panels import panels_about
from maillage.people.queries.rights import restrictions_of
from maillage.people.rules.circle import Part
from maillage.people.rules.identity import IdentityStatus, may_carry_ins, next_steps

FINDING, READING, CHANGING = "recherche d’un patient", "lecture du dossier", "mise à jour du dossier"
LISTING = "liste des dossiers"
PER_PAGE = 25


class Patients(Page):
    """The patients whose name, birth date or phone is asked for, among those one may see."""

    template_name = "people/patients.html"
    permission = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()
        asked = self.request.GET.get("page", "1")
        page = row_key(asked) or 1
        if text:
            found = queries.search_patients(by=self.person, text=text, purpose=FINDING, limit=50)
            total = len(found)
        else:
            found, total = queries.patients_of(by=self.person, purpose=LISTING, page=page, size=PER_PAGE)
        apart = queries.told_apart(found)
        return super().get_context_data(
            text=text,
            found=[
                (one, STATUS_LABELS[IdentityStatus(one.identity_status)], apart.get(one.pk, ""))
                for one in found
            ],
            total=total,
            page=Paginator(range(total), PER_PAGE).get_page(page) if not text else None,
            receives=access.may(self.person, Permission.VIEW_PATIENTS),
            may_register=access.may(self.person, Permission.REGISTER_PATIENTS),
            places=presenters.waiting_places(self.person),
            follows_referrals=access.may(self.person, Permission.SEND_REQUEST)
            or access.may(self.person, Permission.MANAGE_REFERRING_DOCTOR),
            may_open_emergency=circle.role_in_emergency(self.person) is not None,
            is_physician=presenters.physician_of(self.person) is not None,
            proposed=queries.proposals_waiting(self.person),
            **context,
        )


class Registration(Page):
    """Registers a patient; warns where a file may be the same person's."""

    template_name = "people/register.html"
    permission = Permission.REGISTER_PATIENTS

    @cached_property
    def scopes(self) -> QuerySet[Scope]:
        """The territories where the person registers patients."""
        own = access.scopes_of(self.person, Permission.REGISTER_PATIENTS)
        every = Scope.objects.filter(kind="territory").order_by("label")
        return every if own is None else every.filter(pk__in=[one.pk for one in own])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", RegistrationForm(scopes=self.scopes))
        context.setdefault("matches", [])
        return super().get_context_data(**context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Register the patient, and open the search of a doctor where asked."""
        form = RegistrationForm(request.POST, scopes=self.scopes)
        matches: list[Any] = []
        if form.is_valid():
            try:
                patient = self._register(form)
            except actions.DuplicateWarning as warning:
                matches = presenters.matches(warning.matches)
                form.add_error("is_another", warning)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Dossier créé pour {name}.").format(name=patient.name))
                if Patient.objects.opened_to(self.person).filter(pk=patient.pk).exists():
                    return redirect("people:patient", pk=patient.pk)
                return redirect("people:patients")
        return self.render_to_response(self.get_context_data(form=form, matches=matches), status=422)

    @transaction.atomic
    def _register(self, form: RegistrationForm) -> Patient:
        patient = actions.register(
            by=self.person,
            scope=form.cleaned_data["scope"],
            values=form.values(),
            address=form.address(),
            is_another=form.cleaned_data["is_another"],
        )
        if form.cleaned_data["seeks_doctor"]:
            actions.request_doctor(by=self.person, patient=patient)
        return patient


class OfPatient(Endpoint):
    """One patient of the address, read for a purpose that its access log keeps."""

    permission = None
    purpose = READING

    @cached_property
    def file(self) -> PatientFile:
        """The file. Raises Http404 where there is none that the person may see."""
        try:
            return queries.patient_file(by=self.person, pk=self.kwargs["pk"], purpose=self._purpose())
        except Patient.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None

    def _purpose(self) -> str:
        """Return what the access log says: whoever only looks at a form has changed nothing yet."""
        return self.purpose if self.request.method == "POST" else READING

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.file.patient.scope


class ChangeOfPatient(OfPatient):
    """The target of a form of the file; whoever comes by the address alone is led to the file."""

    purpose = CHANGING

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Lead to the file, which says who may read it and logs who did."""
        return redirect("people:patient", pk=pk)

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient, where something is written."""
        return super().get_clock() if self.request.method == "POST" else None


class PatientPage(OfPatient, Page):
    """One patient: identity and how sure it is, how to reach them, the search of their doctor."""

    template_name = "people/patient.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        patient = self.file.patient
        status = IdentityStatus(patient.identity_status)
        context.setdefault("ins_form", InsForm())
        requests = [
            presenters.request_line(one) for one in queries.requests_of(by=self.person, patient=patient)
        ]
        may_keep, searching = actions.may_keep(self.person, patient), queries.is_searching(patient)
        return super().get_context_data(
            patient=patient,
            addresses=presenters.addresses(self.file.addresses, patient),
            status=STATUS_LABELS[status],
            status_kind=presenters.STATUS_KINDS[status],
            steps=[presenters.STEP_TEXTS[step] for step in next_steps(patient.evidence)],
            may_carry_ins=may_carry_ins(status),
            reach=presenters.reach(patient),
            requests=requests,
            may_keep=may_keep,
            is_own=actions.is_own_file(self.person, patient),
            may_reach=Part.REACH in self.file.parts,
            may_read_circle=Part.CIRCLE in self.file.parts,
            shows_doctor=may_keep or Part.CIRCLE in self.file.parts,
            may_change=may_keep or actions.is_own_file(self.person, patient),
            may_refer=may_refer(self.person, patient),
            may_search=may_keep and not patient.referring_doctor and not searching,
            is_searching=searching,
            may_read_log=patient.account_id == self.person.pk
            or access.may_everywhere(self.person, Permission.VIEW_JOURNAL),
            restrictions=restrictions_of(patient),
            may_open_emergency=circle.role_in_emergency(self.person) is not None,
            search_form=SearchForm(),
            search_said=queries.search_said(patient),
            inclusion=current_of(patient),
            may_include=patient.referring_doctor_id is None and may_write(self.person, patient),
            panels=panels_about(self.person, patient, Place.PATIENT),
            **context,
        )


class PatientChange(OfPatient, Page):
    """The form that changes what is known of a patient."""

    template_name = "people/change.html"
    purpose = CHANGING

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", self.form())
        patient = self.file.patient
        is_own = actions.is_own_file(self.person, patient)
        return super().get_context_data(patient=patient, is_own=is_own, **context)

    def form(self, *sent: Any) -> PatientForm:
        """Return the form of the file: without the identity where it is the visitor's own."""
        is_own = actions.is_own_file(self.person, self.file.patient)
        return (OwnFileForm if is_own else PatientForm)(*sent, patient=self.file.patient)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change the file."""
        form = self.form(request.POST)
        if form.is_valid():
            try:
                actions.change_patient(by=self.person, patient=self.file.patient, values=form.values())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Dossier mis à jour."))
                return redirect("people:patient", pk=pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class PatientIns(ChangeOfPatient):
    """Writes the matricule of a qualified identity."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write it, or say why not."""
        form = InsForm(request.POST)
        try:
            if not form.is_valid():
                raise ValidationError(_("Donnez le matricule et sa clé."))
            actions.record_ins(by=self.person, patient=self.file.patient, text=form.cleaned_data["ins"])
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Matricule noté."))
        return redirect("people:patient", pk=pk)


class DoctorSearch(ChangeOfPatient):
    """Opens the search of a médecin traitant for a patient."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open it with its criteria."""
        form = SearchForm(request.POST)
        try:
            if not form.is_valid():
                raise ValidationError(_("L’un des critères n’est pas connu."))
            actions.request_doctor(
                by=self.person,
                patient=self.file.patient,
                criteria=form.chosen(),
                consented=form.cleaned_data["consented"],
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Recherche ouverte : la coordination la voit dans sa liste."))
        return redirect("people:patient", pk=pk)


class AccessLog(Page):
    """Who read a patient's file, when and why: for the patient and the DPO."""

    template_name = "people/access_log.html"
    permission = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        try:
            patient = queries.patient_for_log(by=self.person, pk=self.kwargs["pk"])
        except Patient.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None
        lines = queries.access_log(by=self.person, patient=patient)
        roles = presenters.roles_said({line.person_id for line in lines})
        return super().get_context_data(
            patient=patient,
            is_own=actions.is_own_file(self.person, patient),
            lines=[
                (line, presenters.READ_LABELS[line.what], ", ".join(roles[line.person_id])) for line in lines
            ],
            **context,
        )
