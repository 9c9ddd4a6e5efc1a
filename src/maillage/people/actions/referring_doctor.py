"""The search of a médecin traitant, from the request to the declaration; each step is journalled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel import access, journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.people.actions.patients import write_referring_doctor
from maillage.people.models import STATE_LABELS, DoctorProposal, DoctorQuota, Patient, ReferringDoctorRequest
from maillage.people.queries.referring_doctor import remaining_of
from maillage.people.rules.referring_doctor import (
    Closing,
    Criterion,
    Event,
    Refusal,
    State,
    TransitionError,
    after,
    age_on,
    priority,
)

#: Published when a patient is proposed, when the doctor is reminded, once they answered: `{proposal}`.
DOCTOR_PROPOSED, DOCTOR_REMINDED = "people.doctor_proposed", "people.doctor_reminded"
PROPOSAL_ANSWERED = "people.proposal_answered"
#: Published when a search is over, with a doctor or without: `{request}`.
SEARCH_ENDED = "people.doctor_search_ended"


@transaction.atomic
def request_doctor(
    *, by: Person, patient: Patient, criteria: Collection[Criterion] = (), consented: bool = False
) -> ReferringDoctorRequest:
    """Open the search of a patient, by the patient, the coordination or whoever registers patients there.

    Age is added to the criteria by the rule `people.referring_doctor.aged`. Raises PermissionDenied,
    ValidationError where one is open already.
    """
    if patient.account_id != by.pk:
        access.require(by, Permission.REGISTER_PATIENTS, patient.scope)
    opened = _open(by, patient, criteria)
    if consented:
        record_consent(by=by, request=opened)
    return opened


def join_request(
    *, by: Person, patient: Patient, criteria: Collection[Criterion], consented: bool
) -> ReferringDoctorRequest:
    """Open the search of a patient, or bring to the open one what was learnt, inside an action that has
    checked who may."""
    rows = ReferringDoctorRequest.objects.in_scope(patient.scope).filter(patient=patient)
    request = rows.still_open().select_related("patient", "scope").first()
    if request is None:
        request = _open(by, patient, criteria)
    else:
        _learn(by, request, criteria_of(patient, criteria))
    if consented and request.state == State.REQUESTED.value:
        request = _move(by, request, Event.CONSENT, consented_at=timezone.now())
    return request


def _learn(by: Person, request: ReferringDoctorRequest, met: set[Criterion]) -> None:
    known = {Criterion(one) for one in request.criteria}
    if met <= known:
        return
    before, weights = request.priority, rule("people.referring_doctor.weights").value
    request.criteria = sorted(one.value for one in known | met)
    request.priority = priority(known | met, weights)
    request.save(update_fields=["criteria", "priority"])
    journal.record(
        by=by,
        verb="people.doctor_request_moved",
        target=journal.target_of(request),
        changes={"priority": [before, request.priority]},
        scope=request.scope_id,
    )


def _open(by: Person, patient: Patient, criteria: Collection[Criterion]) -> ReferringDoctorRequest:
    met = criteria_of(patient, criteria)
    weights = rule("people.referring_doctor.weights").value
    try:
        with transaction.atomic():
            opened = ReferringDoctorRequest.objects.create(
                patient=patient,
                scope=patient.scope,
                criteria=sorted(one.value for one in met),
                priority=priority(met, weights),
            )
    except IntegrityError:
        raise ValidationError(_("Une recherche est déjà ouverte pour ce patient.")) from None
    changes = {"state": [None, opened.state], "priority": opened.priority}
    journal.record(
        by=by,
        verb="people.doctor_requested",
        target=journal.target_of(opened),
        changes=changes,
        scope=opened.scope_id,
    )
    return opened


@transaction.atomic
def record_consent(*, by: Person, request: ReferringDoctorRequest) -> ReferringDoctorRequest:
    """Write that the patient agrees to be proposed to doctors. Raises PermissionDenied, ValidationError."""
    if request.patient.account_id != by.pk:
        access.require(by, Permission.REGISTER_PATIENTS, request.scope)
    return _move(by, request, Event.CONSENT, consented_at=timezone.now())


@transaction.atomic
def propose(*, by: Person, request: ReferringDoctorRequest, doctor: directory.Professional) -> DoctorProposal:
    """Propose a patient to one doctor, within the quota this doctor set.

    The quota's row is locked, so that two coordinators cannot both use its last place. Raises
    PermissionDenied, ValidationError.
    """
    access.require(by, Permission.MANAGE_REFERRING_DOCTOR, request.scope)
    quota = DoctorQuota.objects.select_for_update().filter(doctor=doctor).first()
    if quota is None:
        raise ValidationError(_("Ce médecin n’a pas fixé de quota : il ne reçoit aucune proposition."))
    if remaining_of(quota, timezone.localdate()) == 0:
        raise ValidationError(_("Le quota que ce médecin a fixé pour le mois est atteint."))
    refused = DoctorProposal.objects.in_scope(request.scope).filter(
        request=request, doctor=doctor, answer="refused"
    )
    if refused.exists():
        raise ValidationError(_("Ce médecin a déjà refusé cette personne."))
    _move(by, request, Event.PROPOSE)
    made = DoctorProposal.objects.create(request=request, doctor=doctor)
    days = timedelta(days=rule("people.referring_doctor.reminder_days").value)
    told, key = {"proposal": made.pk}, f"proposal-{made.pk}"
    outbox.publish(DOCTOR_PROPOSED, told, key=key)
    outbox.publish(DOCTOR_REMINDED, told, key=key, not_before=made.proposed_at + days)
    return made


@transaction.atomic
def accept(*, by: Person, proposal: DoctorProposal) -> ReferringDoctorRequest:
    """Accept a proposal, as its doctor. Raises PermissionDenied, ValidationError."""
    _require_doctor(by, proposal)
    _require_waiting(proposal)
    moved = _move(by, proposal.request, Event.ACCEPT, doctor=proposal.doctor)
    _answer(proposal, "accepted")
    return moved


@transaction.atomic
def refuse(*, by: Person, proposal: DoctorProposal, reason: Refusal) -> ReferringDoctorRequest:
    """Refuse a proposal, as its doctor, for a coded reason. Raises PermissionDenied, ValidationError."""
    _require_doctor(by, proposal)
    _require_waiting(proposal)
    moved = _move(by, proposal.request, Event.REFUSE)
    _answer(proposal, "refused", reason)
    return moved


@transaction.atomic
def withdraw_proposal(*, by: Person, proposal: DoctorProposal) -> ReferringDoctorRequest:
    """Take back a proposal not answered, to make another. Raises PermissionDenied, ValidationError."""
    access.require(by, Permission.MANAGE_REFERRING_DOCTOR, proposal.request.scope)
    return take_back_proposal(by=by, proposal=proposal)


def take_back_proposal(*, by: Person, proposal: DoctorProposal) -> ReferringDoctorRequest:
    """Take back a proposal not answered, inside an action that has checked who may: its doctor leaves."""
    _require_waiting(proposal)
    moved = _move(by, proposal.request, Event.WITHDRAW_PROPOSAL)
    _answer(proposal, "withdrawn")
    return moved


@transaction.atomic
def declare(*, by: Person, request: ReferringDoctorRequest) -> ReferringDoctorRequest:
    """Write that the declaration was made (téléservice): the doctor becomes the médecin traitant.

    The doctor who accepted or the coordination may. Raises PermissionDenied, ValidationError.
    """
    doctor = request.doctor
    if doctor is None or doctor.account_id != by.pk:
        access.require(by, Permission.MANAGE_REFERRING_DOCTOR, request.scope)
    moved = _move(by, request, Event.DECLARE, declared_at=timezone.now(), closed_at=timezone.now())
    write_referring_doctor(by=by, patient=request.patient, doctor=moved.doctor, reason="déclaration")
    _publish_end(moved)
    return moved


@transaction.atomic
def close(*, by: Person, request: ReferringDoctorRequest, reason: Closing) -> ReferringDoctorRequest:
    """End a request without a declaration, for a coded reason; a waiting proposal is taken back.

    Raises PermissionDenied, ValidationError.
    """
    if request.patient.account_id != by.pk:
        access.require(by, Permission.MANAGE_REFERRING_DOCTOR, request.scope)
    moved = _move(by, request, Event.CLOSE, closed_at=timezone.now(), closing=reason.value)
    waiting = DoctorProposal.objects.in_scope(request.scope).filter(request=request, answer="")
    for row in waiting:
        _answer(row, "withdrawn")
    _publish_end(moved)
    return moved


@transaction.atomic
def set_quota(*, by: Person, doctor: directory.Professional, per_month: int) -> DoctorQuota:
    """Say how many new patients a doctor accepts each month. Raises PermissionDenied for anyone else."""
    if doctor.account_id != by.pk:
        raise PermissionDenied(_("Seul le médecin fixe le nombre de patients qu’il accepte."))
    quota, _created = DoctorQuota.objects.select_for_update().get_or_create(
        doctor=doctor, defaults={"per_month": 0}
    )
    before = quota.per_month
    quota.per_month, quota.set_at = per_month, timezone.now()
    quota.save(update_fields=["per_month", "set_at"])
    changes = {"per_month": [before, per_month]}
    journal.record(
        by=by, verb="people.quota_set", target=journal.target_of(doctor), changes=changes, scope=None
    )
    return quota


def criteria_of(patient: Patient, criteria: Collection[Criterion]) -> set[Criterion]:
    """Return the criteria met, with age added from the birth date by the rule of the day."""
    met = set(criteria)
    aged = rule("people.referring_doctor.aged").value
    if patient.birth_date and age_on(patient.birth_date, timezone.localdate()) >= aged:
        met.add(Criterion.AGED)
    return met


def _require_doctor(by: Person, proposal: DoctorProposal) -> None:
    if proposal.doctor.account_id != by.pk:
        raise PermissionDenied(_("Seul le médecin sollicité répond à cette proposition."))


def _require_waiting(proposal: DoctorProposal) -> None:
    """Take a proposal as it is now, its search locked. Raises ValidationError once it was answered."""
    request = proposal.request
    rows = ReferringDoctorRequest.objects.in_scope(request.scope).select_for_update(of=("self",))
    rows.get(pk=request.pk)
    proposal.refresh_from_db(fields=["answer"])
    if proposal.answer:
        raise ValidationError(_("Cette proposition n’attend plus de réponse : relisez la page."))


def _answer(proposal: DoctorProposal, answer: str, refusal: Refusal | None = None) -> None:
    proposal.answer, proposal.answered_at = answer, timezone.now()
    proposal.refusal = refusal.value if refusal else ""
    proposal.save(update_fields=["answer", "refusal", "answered_at"])
    outbox.publish(PROPOSAL_ANSWERED, {"proposal": proposal.pk}, key=f"proposal-{proposal.pk}")


def _publish_end(request: ReferringDoctorRequest) -> None:
    outbox.publish(SEARCH_ENDED, {"request": request.pk}, key=f"search-{request.pk}")


def _move(by: Person, request: ReferringDoctorRequest, event: Event, **values: Any) -> ReferringDoctorRequest:
    """Move a request, as it is now and not as it was read, by the table of transitions."""
    locked = (
        ReferringDoctorRequest.objects.in_scope(request.scope)
        .select_for_update(of=("self",))
        .get(pk=request.pk)
    )
    before = State(locked.state)
    try:
        state = after(before, event)
    except TransitionError:
        words = str(STATE_LABELS[before]).lower()
        text = _("Cette étape n’est plus possible : la recherche en est à « {state} ».").format(state=words)
        raise ValidationError(text) from None
    for name, value in {"state": state.value, **values}.items():
        setattr(request, name, value)
    request.save(update_fields=["state", *values])
    changes = {"state": [before.value, state.value]}
    target = journal.target_of(request)
    journal.record(
        by=by, verb="people.doctor_request_moved", target=target, changes=changes, scope=request.scope_id
    )
    return request
