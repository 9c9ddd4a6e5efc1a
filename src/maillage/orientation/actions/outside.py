"""Beyond the free slots: somebody sent over a professional's capacity, or outside any slot."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.directory.api import Professional, Structure, memberships_of
from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.orientation.actions.announce import (
    Meeting,
    announce,
    meeting_at,
    tell_own_doctor,
    told_sentence,
)
from maillage.orientation.actions.deciding import decided
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.proposals import Next
from maillage.orientation.actions.rights import in_hand, require_cleared, tell
from maillage.orientation.actions.standing import standing
from maillage.orientation.computations.services import protocols_for
from maillage.orientation.models import Decision, Proposal, Request
from maillage.orientation.rules.vocabulary import DecisionKind, ProposalKind, ProposalState


@transaction.atomic
def book_over_capacity(
    *, by: Person, request: Request, schedule: agenda.Schedule, starts_at: datetime, key: str
) -> Next:
    """Book the patient of a request at a full slot, within what the professional allows that day there.

    The same `key` again gives the same appointment. Where the professional accepts nobody more, `Next` has no
    appointment, the sentence says why, and what still stands is `next_best`. Raises PermissionDenied,
    OrientationError.
    """
    row = in_hand(by, request)
    known = _same(by, row, key)
    if known is not None:
        return Next(row, known.appointment, None, _("Ce rendez-vous est déjà pris."), told=True)
    require_cleared(row)
    if row.patient is None:
        raise OrientationError(Refusal.NO_PATIENT)
    slot = _slot_at(schedule, starts_at)
    try:
        made = agenda.book_over_capacity(
            by=by, slot=slot, patient=row.patient, key=key, despite_same_hour=True
        )
    except agenda.BookingRefusedError as error:
        if error.refusal is agenda.Refusal.KEY_USED:
            raise OrientationError(Refusal.KEY_USED) from error
        return Next(row, None, standing(row).order_by("rank").first(), str(error))
    decided(by, row, DecisionKind.SLOT, key=key, appointment=made, is_over_capacity=True)
    told = announce(
        by=by,
        row=row,
        meeting=meeting_at(slot),
        key=agenda.announced_as(made),
        subject=agenda.subject_of(made),
    )
    tell(by, row, "orientation.booked_over_capacity", {"appointment": made.pk})
    sentence, told = told_sentence(row, slot, subject=agenda.subject_of(made), announced=told)
    return Next(row, made, None, sentence, told)


@transaction.atomic
def send_outside_slot(
    *,
    by: Person,
    request: Request,
    key: str,
    professional: Professional | None = None,
    structure: Structure | None = None,
    proposal: Proposal | None = None,
    at: datetime | None = None,
    note: str = "",
) -> Decision:
    """Send the person to somebody who accepted by phone, outside any slot; the outcome closes the request.

    A `proposal` of a service names both; else one of `professional` and `structure` at least. `at`: the hour
    agreed, where there is one: a known person and the professional are then told as for an appointment. The
    same `key` again gives the same decision. Raises PermissionDenied, OrientationError.
    """
    row = in_hand(by, request)
    known = _same(by, row, key)
    if known is not None:
        return known
    require_cleared(row)
    if proposal is not None:
        proposal = _standing(row, proposal)
        if proposal.protocol and proposal.protocol not in protocols_for(row):
            raise OrientationError(Refusal.NO_PROTOCOL)  # the age or an answer changed since the search
        professional, structure = proposal.professional, proposal.structure
    if not _practises(professional, structure):
        raise OrientationError(Refusal.NO_EFFECTOR)
    if at is not None and at <= timezone.now():
        raise OrientationError(Refusal.PAST)
    protocol = proposal is not None and proposal.kind == ProposalKind.PROTOCOL.value
    kind = DecisionKind.PROTOCOL if protocol else DecisionKind.OUTSIDE
    who = {"sent_to": professional, "structure": structure, "proposal": proposal}
    if proposal is not None:
        proposal.state = ProposalState.ACCEPTED.value
        proposal.save(update_fields=["state"])
    made = decided(by, row, kind, key=key, note=note.strip(), **who)
    _tell_outside(by, row, professional, at, made)
    tell(by, row, "orientation.sent_outside", {"decision": made.pk})
    return made


def _same(by: Person, row: Request, key: str) -> Decision | None:
    """Return what the same write decided before. Raises OrientationError where the key served elsewhere."""
    known = Decision.objects.with_key(key).select_related("appointment").first()
    if known is not None and (known.request_id, known.by_id) != (row.pk, by.pk):
        raise OrientationError(Refusal.KEY_USED)
    return known


def _standing(row: Request, proposal: Proposal) -> Proposal:
    """Read again the proposal of a service. Raises OrientationError where it stands no more."""
    rows = standing(row).filter(pk=proposal.pk, slot=None).select_related("professional", "structure")
    found = rows.first()
    if found is None:
        raise OrientationError(Refusal.PROPOSAL_GONE)
    return found


def _slot_at(schedule: agenda.Schedule, starts_at: datetime) -> agenda.Slot:
    rows = agenda.Slot.objects.filter(schedule=schedule, starts_at=starts_at)
    found = rows.select_related("agenda__professional", "schedule__place", "schedule__commune").first()
    if found is None:
        raise OrientationError(Refusal.NO_SLOT)
    return found


def _practises(professional: Professional | None, structure: Structure | None) -> bool:
    """Return whether somebody is named, and whoever is named is still at work."""
    if professional is None and structure is None:
        return False
    gone = professional is not None and not (professional.is_active and professional.merged_into_id is None)
    return not gone and (structure is None or structure.is_active)


def _tell_outside(
    by: Person, row: Request, professional: Professional | None, at: datetime | None, made: Decision
) -> None:
    """Tell of an hour agreed by phone as of an appointment; without one, only the own doctor."""
    key = f"orientation-outside-{made.pk}"
    if row.patient is None or professional is None or at is None:
        tell_own_doctor(by=by, row=row, seen_by=professional, key=key)
        return
    places = [one.place for one in memberships_of([professional])[professional.pk] if one.place]
    phone = next((one.phone for one in places if one.phone), professional.phone)
    commune = next((one.commune for one in places if one.commune), None)
    meeting = Meeting(at, professional, commune, phone)
    announce(by=by, row=row, meeting=meeting, key=key, subject=journal.target_of(made))
