"""Somebody without a médecin traitant: their form in two parts, on screen and on paper, and its outcome."""

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

from maillage.kernel import formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, pdf_response
from maillage.kernel.phones import written_phone
from maillage.people import queries
from maillage.people.actions import inclusions as actions
from maillage.people.models import CRITERION_LABELS, SYSTEM_LABELS, DoctorInclusion, Patient
from maillage.people.pages import presenters
from maillage.people.pages.inclusion_forms import CarerForm, FirstPartForm, InclusionForm, OwnForm
from maillage.people.pages.inclusion_print import inclusion_pdf
from maillage.people.queries import inclusions as found
from maillage.people.queries.signals import words_of_danger
from maillage.people.rules.referring_doctor import Criterion

WRITING, READING = "fiche d’une personne sans médecin traitant", "lecture d’une fiche sans médecin traitant"


class OfPatientWithout(Endpoint):
    """The form of the patient of the address, for whoever may write it."""

    permission = None

    @cached_property
    def patient(self) -> Patient:
        """The patient. Raises Http404 where the visitor may not write their form."""
        try:
            read = queries.patient_file(by=self.person, pk=self.kwargs["pk"], purpose=WRITING)
        except Patient.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None
        if not actions.may_write(self.person, read.patient):
            raise Http404(self.kwargs["pk"])
        return read.patient

    @property
    def is_own(self) -> bool:
        """Whether it is the visitor's own file."""
        return self.patient.account_id == self.person.pk

    @property
    def is_carer(self) -> bool:
        """Whether the visitor answers for the person by their mandate, and not as a professional."""
        return not self.is_own and not actions.writes_both(self.person, self.patient)

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.patient.scope


class WriteInclusion(OfPatientWithout, Page):
    """Both parts for a professional, the first one for the person."""

    template_name = "people/inclusion_form.html"

    @cached_property
    def current(self) -> DoctorInclusion | None:
        """The form under way; None for none."""
        return found.current_of(self.patient)

    @property
    def row(self) -> DoctorInclusion | None:
        """The form under way of which the visitor may read the answers; None for none."""
        row = self.current
        return row if row is not None and found.reads_health(self.person, row) else None

    def form(self, *sent: Any) -> FirstPartForm:
        """Return the form of whoever writes."""
        if self.is_own:
            return OwnForm(*sent, row=self.row)
        return (CarerForm if self.is_carer else InclusionForm)(*sent, row=self.row)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", self.form())
        has_doctor = self.patient.referring_doctor_id is not None
        return super().get_context_data(
            patient=self.patient,
            known=self.current if self.row is None else None,
            is_own=self.is_own,
            is_carer=self.is_carer,
            has_doctor=has_doctor,
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Write it; what was typed is kept where something is wrong."""
        form = self.form(request.POST)
        if form.is_valid():
            try:
                made = actions.write_inclusion(
                    by=self.person,
                    patient=self.patient,
                    said=form.said(),
                    key=form.cleaned_data["key"],
                    seen=form.cleaned_data["version"],
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                alarming = (self.is_own or self.is_carer) and words_of_danger(*written_freely(made))
                if not made.waits_for_the_15 and not alarming:
                    messages.success(request, _("Fiche gardée : la recherche d’un médecin est ouverte."))
                return redirect("people:inclusion", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class BlankInclusion(OfPatientWithout):
    """The same on paper, to fill in by hand."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with the PDF."""
        address = request.build_absolute_uri(reverse("people:write_inclusion", args=[pk]))
        return pdf_response(inclusion_pdf(self.patient, address, timezone.now()), f"sans-medecin-{pk}.pdf")


class InclusionPage(Page):
    """One form: what was said, the 15 first where a sign was ticked, and where the search stands."""

    template_name = "people/inclusion.html"
    permission = None

    @cached_property
    def inclusion(self) -> DoctorInclusion:
        """The form. Raises Http404 where there is none that the visitor may see."""
        try:
            return found.inclusion(by=self.person, pk=self.kwargs["pk"], purpose=READING)
        except DoctorInclusion.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.inclusion.patient.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.inclusion
        reads = found.reads_health(self.person, row)
        is_own = row.patient.account_id == self.person.pk
        tells = is_own or actions.speaks_for(self.person, row.patient)
        return super().get_context_data(
            row=row,
            patient=row.patient,
            is_own=is_own,
            alarms=words_of_danger(*written_freely(row)) if tells and row.called_at is None else [],
            reads_health=reads,
            facts=_facts(row),
            health=_health(row) if reads else [],
            signs=_signs(row) if reads else [],
            state=presenters.plain_state(row.request, is_own=is_own) if row.request else "",
            sees_search=row.request_id is not None and found.sees_search(self.person, row.request_id),
            may_note_call=actions.may_note_call(self.person, row),
            may_write=reads
            and actions.may_write(self.person, row.patient)
            and found.current_of(row.patient) == row,
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that the 15 was called."""
        try:
            row = actions.note_call(by=self.person, inclusion=self.inclusion)
            said = _("Appel noté.")
            if row.request is not None:
                said = _("Appel noté : la recherche d’un médecin est ouverte.")
        except PermissionDenied as error:
            messages.error(request, str(error))
        else:
            messages.success(request, said)
        return redirect("people:inclusion", pk=pk)


def written_freely(row: DoctorInclusion) -> list[str]:
    """Return what the person may have written of their health with their own words."""
    return [row.diseases_said, row.treatments, row.allergies, row.occupation]


def _facts(row: DoctorInclusion) -> list[tuple[str, str]]:
    agreed = row.get_agreed_display()
    if row.agreed_on:
        agreed = _("{how}, le {day}").format(how=agreed, day=formats.date_short(row.agreed_on))
    facts = [
        (_("Qui répond"), str(row.get_teller_display())),
        (_("Métier ou activité"), row.occupation),
        (_("Langues parlées"), row.languages),
        (
            _("Un proche à prévenir"),
            " ".join(filter(None, (row.contact_name, written_phone(row.contact_phone)))),
        ),
        (_("Accord"), agreed if row.agreed else _("pas encore demandé")),
    ]
    return [(name, value) for name, value in facts if value]


def _health(row: DoctorInclusion) -> list[tuple[str, str]]:
    systems = {one.value: str(words) for one, words in SYSTEM_LABELS.items()}
    criteria = [str(CRITERION_LABELS[Criterion(one)]) for one in row.criteria]
    diseases = formats.listed(systems.get(code, code) for code in row.diseases)
    facts = [
        (_("Maladies connues"), _("aucune") if row.no_disease else diseases),
        (_("Précisions"), row.diseases_said),
        (_("Traitements pris"), row.treatments),
        (_("Allergies"), row.allergies),
        (_("Affection de longue durée (ALD)"), str(row.get_ald_display()) if row.ald else ""),
        (_("Ce qui rend la demande plus pressante"), formats.listed(criteria)),
        (_("Signes graves"), _("aucun") if row.no_sign else ""),
        (_("Examen et synthèse"), row.examination),
    ]
    return [(name, value) for name, value in facts if value]


def _signs(row: DoctorInclusion) -> list[str]:
    words = {one["code"]: formats.in_language(one["label"], one["label_en"]) for one in found.signs()}
    return [words.get(code, code) for code in row.signs]
