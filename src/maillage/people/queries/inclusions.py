"""The forms of people without a médecin traitant: the current one, who reads what of it."""

from __future__ import annotations

from django.db import transaction

from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.people.models import DoctorInclusion, DoctorProposal, Mandate, Patient, ReferringDoctorRequest
from maillage.people.queries.circle import decision, is_frozen
from maillage.people.queries.patients import PART, log_access
from maillage.people.rules.circle import Part
from maillage.people.rules.referring_doctor import OPEN, State


def current_of(patient: Patient) -> DoctorInclusion | None:
    """Return the form of a patient read in scope whose search is not over; None for none."""
    rows = DoctorInclusion.objects.of_patient(patient).select_related("patient__scope", "request")
    return next((one for one in rows if one.request is None or State(one.request.state) in OPEN), None)


@transaction.atomic
def inclusion(*, by: Person, pk: int, purpose: str) -> DoctorInclusion:
    """Return a form that `by` may see; logged. Raises DoctorInclusion.DoesNotExist."""
    rows = DoctorInclusion.objects.for_person(by)
    related = ("patient__scope", "request__doctor", "by", "completed_by", "called_by", "written_by")
    row = rows.select_related(*related).get(pk=pk)
    if row.patient.account_id != by.pk:
        log_access(by=by, patients=[row.patient], what=PART, purpose=purpose)
    return row


def reads_health(person: Person, row: DoctorInclusion) -> bool:
    """Return whether `person` reads the answers about health: who wrote them, whose they are, the circle,
    and the doctor asked; not the coordination."""
    if row.patient.account_id == person.pk:
        return True
    if person.pk in {row.by_id, row.completed_by_id, row.written_by_id}:
        # A carer reads what they wrote as long as their mandate lets them.
        helped = Mandate._base_manager.filter(carer=person, patient=row.patient_id)
        if not is_frozen(row.patient, Part.HEALTH) and not helped.exists():
            return True
    if row.request is not None and row.request.state != State.CLOSED.value:  # closed: no more
        asked = DoctorProposal.objects.for_person(person).filter(
            request=row.request, doctor__account=person, answer__in=["", "accepted"]
        )
        if asked.exists():
            return True
    return decision(person, row.patient, Part.HEALTH).is_allowed


def sees_search(person: Person, request: int) -> bool:
    """Return whether `person` opens a search: the coordination, the doctor asked, whose it is."""
    return ReferringDoctorRequest.objects.for_person(person).filter(pk=request).exists()


def inclusion_of_request(request: ReferringDoctorRequest) -> DoctorInclusion | None:
    """Return the form that became a search read in scope; None for none."""
    return DoctorInclusion.objects.of_requests([request.pk]).first()


def ended(request: int) -> ReferringDoctorRequest:
    """Return a search, for the program that tells of its end. Raises ReferringDoctorRequest.DoesNotExist."""
    row: ReferringDoctorRequest = ReferringDoctorRequest._base_manager.select_related(
        "patient__scope", "scope", "inclusion__by"
    ).get(pk=request)
    return row


def signs() -> list[dict[str, str]]:
    """Return the vital signs, then the warning signs, as the rules word them."""
    found: list[dict[str, str]] = [
        *rule("people.signals.vital_signs").value,
        *rule("people.inclusions.warning_signs").value,
    ]
    return found
