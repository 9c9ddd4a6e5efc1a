"""Beyond the free slots: somebody sent over a professional's capacity, or outside any slot."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.directory.api import Professional, Structure, memberships_of
from maillage.exchange import api as exchange
from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.writes import made_before
from maillage.orientation.actions.announce import announce, meeting_at, tell_own_doctor, told_sentence
from maillage.orientation.actions.deciding import decided
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.open_proposals import check_key_is_of, open_proposals
from maillage.orientation.actions.proposals import Next
from maillage.orientation.actions.rights import locked_for, require_cleared, tell
from maillage.orientation.computations.criteria import Criteria
from maillage.orientation.computations.over_capacity import extra_seats
from maillage.orientation.computations.services import protocols_for
from maillage.orientation.models import Decision, Proposal, Request, Search
from maillage.orientation.rules.vocabulary import DecisionKind, ProposalKind, ProposalState, State
from maillage.orientation.rules.workflow import SENT_OUTSIDE


@transaction.atomic
def book_over_capacity(
    *, by: Person, request: Request, schedule: agenda.Schedule, starts_at: datetime, key: str
) -> Next:
    """Book the patient of a request at a full slot, within what the professional allows that day there.

    Only a slot that the last search of the request offers so: full, shown to `by`, within its horizon and its
    travel. The same `key` again gives the same appointment. Where nobody more is accepted there, `Next` has
    no appointment, the sentence says why, and what still stands is `next_best`. Raises PermissionDenied,
    OrientationError.
    """
    row = locked_for(by, request)
    known = _same(by, row, key)
    if known is not None:
        slot = known.appointment.slot if known.appointment else None
        if slot is None or (slot.schedule_id, slot.starts_at) != (schedule.pk, starts_at):
            raise OrientationError(Refusal.KEY_USED)
        return Next(row, known.appointment, None, _("Ce rendez-vous est déjà pris."), told=True)
    require_cleared(row)
    if row.patient is None:
        raise OrientationError(Refusal.NO_PATIENT)
    slot = _slot_at(schedule, starts_at)
    if not _is_offered(by, row, slot):
        text = _(
            "Ce créneau ne se prend pas, ou plus, en surnuméraire pour cette demande : le professionnel n’en "
            "accepte plus ce jour-là, une place s’y est libérée, ou il est hors de la recherche. Cherchez de "
            "nouveau."
        )
        return Next(row, None, open_proposals(row).order_by("rank").first(), text)
    try:
        made = agenda.book_over_capacity(
            by=by, slot=slot, patient=row.patient, key=key, despite_same_hour=True
        )
    except agenda.BookingRefusedError as error:
        if error.refusal is agenda.Refusal.KEY_USED:
            raise OrientationError(Refusal.KEY_USED) from error
        return Next(row, None, open_proposals(row).order_by("rank").first(), str(error))
    check_key_is_of(row, made)
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
    agreed, where there is one: the decision keeps it, a known person and the professional are told. The same
    `key` again gives the same decision; with another hour or somebody else, it is refused. Raises
    PermissionDenied, OrientationError.
    """
    row = locked_for(by, request)
    known = _same(by, row, key)
    if known is not None:
        if not _says_the_same(known, professional, structure, proposal, at):
            raise OrientationError(Refusal.KEY_USED)
        return known
    require_cleared(row)
    if proposal is not None:
        proposal = _still_open(row, proposal)
        if proposal.protocol and proposal.protocol not in protocols_for(row):
            raise OrientationError(Refusal.NO_PROTOCOL)  # the age or an answer changed since the search
        professional, structure = proposal.professional, proposal.structure
    if not _practises(professional, structure):
        raise OrientationError(Refusal.NO_EFFECTOR)
    if at is not None and at <= timezone.now():
        raise OrientationError(Refusal.PAST)
    protocol = proposal is not None and proposal.kind == ProposalKind.PROTOCOL.value
    kind = DecisionKind.PROTOCOL if protocol else DecisionKind.OUTSIDE
    if proposal is not None:
        proposal.state = ProposalState.ACCEPTED.value
        proposal.save(update_fields=["state"])
    made = decided(
        by, row, kind, key=key, note=note.strip(), agreed_at=at,
        sent_to=professional, structure=structure, proposal=proposal,
        hour_writes=[[key, at.isoformat(), by.pk]] if at else [],
    )  # fmt: skip
    key = f"orientation-outside-{made.pk}"
    tell_own_doctor(by=by, row=row, seen_by=professional, key=key)
    _tell_hour(by, row, made, key)
    tell(by, row, "orientation.sent_outside", {"decision": made.pk})
    return made


@transaction.atomic
def agree_on_hour(*, by: Person, request: Request, at: datetime, key: str) -> Decision:
    """Change, or say, the hour agreed with whoever the person was sent to; each change is told once.

    The same `key` with the same hour again, and the hour that stands already, change nothing: the decision
    returned says which hour stands. The same `key` with another hour is a change like another, told. Raises
    PermissionDenied, OrientationError (the request was not sent outside a slot, or that hour has passed).
    """
    row = locked_for(by, request)
    made = Decision.objects.of_request(row).select_related("sent_to", "structure").last()
    if made is None or not (made.sent_to or made.structure) or State(row.state) not in SENT_OUTSIDE:
        raise OrientationError(Refusal.STATE)
    write = [key, at.isoformat(), by.pk]
    if made.agreed_at == at or write in made.hour_writes:
        return made
    if at <= timezone.now():
        raise OrientationError(Refusal.PAST)
    before, made.agreed_at = made.agreed_at, at
    made.hour_writes = [*made.hour_writes, write]
    made.save(update_fields=["agreed_at", "hour_writes"])
    row.save()
    exchange.withdraw(subjects=[journal.target_of(made)])
    _tell_hour(by, row, made, f"orientation-agreed-{made.pk}-{len(made.hour_writes)}-{at:%Y%m%dT%H%M}")
    hours = [before.isoformat() if before else None, at.isoformat()]
    tell(by, row, "orientation.hour_agreed", {"agreed_at": hours})
    return made


def message_of_hour(decision: Decision, request: Request) -> exchange.MessageStatus | None:
    """Return what is known of the message to the person about the hour agreed, None where none was agreed."""
    if decision.agreed_at is None:
        return None
    if request.patient is None:
        text = _("Personne n’est connue à prévenir : dites l’heure au téléphone.")
        return exchange.MessageStatus(exchange.MessageState.NONE, text)
    known = exchange.message_status(subject=journal.target_of(decision), to=request.patient)
    if known.said and datetime.fromisoformat(known.said) != decision.agreed_at:
        text = _("Le dernier message dit une autre heure : dites celle-ci au téléphone.")
        return exchange.MessageStatus(exchange.MessageState.NONE, text)
    return known


def said_of_hour(decision: Decision, request: Request) -> str:
    """Say the same in a sentence, empty where no hour was agreed."""
    known = message_of_hour(decision, request)
    return known.sentence if known else ""


def _same(by: Person, row: Request, key: str) -> Decision | None:
    """Return what the same write of `by` decided before. Raises OrientationError where it was another."""
    known = made_before(Decision, by=by, key=key, related=("appointment__slot",))
    if known is not None and known.request_id != row.pk:
        raise OrientationError(Refusal.KEY_USED)
    return known


def _says_the_same(
    known: Decision,
    professional: Professional | None,
    structure: Structure | None,
    proposal: Proposal | None,
    at: datetime | None,
) -> bool:
    """Return whether a write that decided `known` names the same person and the same hour again."""
    first = known.hour_writes[0][1] if known.hour_writes and known.hour_writes[0][0] == known.key else None
    if first != (at.isoformat() if at else None) and known.agreed_at != at:
        return False
    if proposal is not None:
        return known.proposal_id == proposal.pk
    return (known.sent_to, known.structure) == (professional, structure)


def _still_open(row: Request, proposal: Proposal) -> Proposal:
    """Read again the proposal of a service. Raises OrientationError where it stands no more."""
    rows = open_proposals(row).filter(pk=proposal.pk, slot=None).select_related("professional", "structure")
    found = rows.first()
    if found is None:
        raise OrientationError(Refusal.PROPOSAL_GONE)
    return found


def _is_offered(by: Person, row: Request, slot: agenda.Slot) -> bool:
    """Return whether a slot is among those over capacity that answer what the request asks now.

    Raises OrientationError (NO_COMMUNE).
    """
    if row.commune is None:
        raise OrientationError(Refusal.NO_COMMUNE)
    last = Search.objects.of_request(row).order_by("at", "pk").last()
    criteria = Criteria(**last.criteria) if last else Criteria()
    seats = extra_seats(row, criteria, by=by, now=timezone.now(), limit=None, one_a_place=False)
    return any(one.slot == slot for one in seats)


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


def _tell_hour(by: Person, row: Request, made: Decision, key: str) -> None:
    """Tell the person and the professional of the hour agreed by phone; `key` names the change told.

    The former hour is the last that left to each of them, if any: nobody hears of one never told.
    A text names a professional: where a structure alone accepted, the hour is for the desk to say.
    """
    professional, at = made.sent_to, made.agreed_at
    if professional is None or at is None:
        return
    places = [one.place for one in memberships_of([professional])[professional.pk] if one.place]
    phone = next((one.phone for one in places if one.phone), professional.phone)
    commune = next((one.commune for one in places if one.commune), None)
    is_brief = not phone or commune is None
    said = exchange.Parameters(
        when=at, professional=professional,
        commune=None if is_brief else commune, phone="" if is_brief else phone,
    )  # fmt: skip
    outcome = f"{reverse('orientation:received')}#demande-{row.pk}"
    expected = exchange.Parameters(when=at, commune=commune, reference=row.pk)
    recipients: list[tuple[exchange.Recipient, str, exchange.Parameters, str]] = [
        (professional, "professional", expected, outcome)
    ]
    if row.patient is not None:
        recipients.insert(0, (row.patient, "patient", said, ""))
    for to, name, values, path in recipients:
        previous = exchange.hour_to_correct(subject=journal.target_of(made), to=to, when=at)
        moved = previous is not None
        template = (
            exchange.PROFESSIONAL_TOLD_OF_AN_HOUR[moved, commune is None]
            if to is professional
            else exchange.PATIENT_TOLD_OF_AN_HOUR[moved, is_brief]
        )
        exchange.notify(
            by=by, to=to, template=template, parameters=replace(values, previous=previous), path=path,
            key=f"{key}-{name}", subject=journal.target_of(made), scope=row.scope, urgent=True, not_after=at,
        )  # fmt: skip


def warnings_of_hour(decision: Decision, request: Request) -> str:
    """Say what stands against the hour agreed, as agendas know it; empty where nothing does."""
    if decision.agreed_at is None:
        return ""
    return " ".join(agenda.hour_warnings(request.patient, decision.sent_to, decision.agreed_at))
