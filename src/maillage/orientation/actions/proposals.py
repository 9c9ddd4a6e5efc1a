"""Searching proposals, holding and booking one, refusing one: the next best is always given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.engines import booking as engine
from maillage.kernel import databases, formats
from maillage.kernel.models import Person
from maillage.orientation.actions.announce import announce, meeting_at, told_sentence
from maillage.orientation.actions.deciding import decided
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.open_proposals import (
    OPEN_STATES,
    check_key_is_of,
    open_proposals,
    release_other_seats,
    release_seat_of,
    replace_open_proposals,
)
from maillage.orientation.actions.rights import locked_for, move, require_cleared, tell
from maillage.orientation.computations.criteria import Criteria
from maillage.orientation.computations.proposals import Answer, find
from maillage.orientation.models import Decision, Proposal, Request, Search
from maillage.orientation.queries.desk import RequestFile, file_of
from maillage.orientation.queries.safety import Clearance
from maillage.orientation.rules.vocabulary import (
    DecisionKind,
    ProposalKind,
    ProposalState,
    RefusalReason,
    State,
)


@dataclass(frozen=True, slots=True)
class Next:
    """What came of a gesture on a proposal: the appointment, or why not and the next best.

    `told`: whether the person was sent the time and place; where not, tell them now.
    """

    request: Request
    appointment: agenda.Appointment | None
    next_best: Proposal | None
    sentence: str
    told: bool = False


@dataclass(frozen=True, slots=True)
class _Searched:
    """A search just made, its proposals by rank, and what was known of the safety of its request."""

    search: Search
    proposals: list[Proposal]
    known: Clearance


@transaction.atomic
def propose(*, by: Person, request: Request, criteria: Criteria | None = None) -> Search:
    """Search proposals and keep them, ranked, with the reason of each and of each exclusion.

    Those of an earlier search stand no more; the places refused before are left out. Where no slot is found,
    `Search.widen` says what would. Raises PermissionDenied, OrientationError (a red flag, a question without
    an answer, P0 or P1, no commune).
    """
    _row, made = _proposed(by, request, criteria or Criteria())
    return made.search


@transaction.atomic
def propose_and_read(*, by: Person, request: Request, criteria: Criteria) -> RequestFile:
    """Search as `propose` does; return the file of the request as it then is, little of it read again."""
    row, made = _proposed(by, request, criteria)
    return file_of(by=by, row=row, known=made.known, proposals=made.proposals)


@transaction.atomic
def hold(*, by: Person, proposal: Proposal, key: str) -> Next:
    """Keep the seat of a proposal while the person is asked; where it is taken, give the next best.

    A request keeps one seat at a time: another that it held is given back. Held already, nothing changes.
    """
    row, chosen, done = _chosen(by, proposal)
    if done is not None:
        raise OrientationError(Refusal.PROPOSAL_GONE)
    now = timezone.now()
    held = chosen.appointment
    if held is None or held.state != agenda.State.HELD.value or held.is_expired(now):
        release_other_seats(by, row, but=chosen)
        try:
            _check_place(chosen)
            held = agenda.hold(by=by, slot=chosen.slot, key=key)
        except agenda.BookingRefusedError as error:
            return _taken(by, row, chosen, error)
        check_key_is_of(row, held)
        if held.is_expired(now) or held.state != agenda.State.HELD.value:  # an old page sent its key again
            raise OrientationError(Refusal.HOLD_OVER)
        chosen.appointment, chosen.state = held, ProposalState.HELD.value
        chosen.save(update_fields=["appointment", "state"])
        row.save()
        tell(by, row, "orientation.held", {"proposal": chosen.pk})
    sentence = _("Créneau retenu : demandez l’accord de la personne, puis réservez.")
    if row.patient is not None:
        sentence = " ".join(filter(None, [sentence, agenda.elsewhere_sentence(row.patient, chosen.slot)]))
    return Next(row, held, None, sentence)


@transaction.atomic
def release_seat(*, by: Person, proposal: Proposal) -> Next:
    """Give back the seat held for a proposal, which still stands; given back already, nothing changes.

    A seat that a colleague holds for it stays held until its time is over, and the sentence says so. Raises
    PermissionDenied, OrientationError.
    """
    row, chosen = _locked_open_proposal(by, proposal)
    if chosen.state != ProposalState.HELD.value:
        return Next(row, None, chosen, _("Ce créneau n’est plus retenu pour cette demande : rien à rendre."))
    held = chosen.appointment
    if not release_seat_of(by, chosen) and held is not None:
        text = _("Ce créneau est retenu par {name} : la place se libère d’elle-même à {hour}.")
        name = held.booked_by.get_full_name() if held.booked_by else ""
        return Next(row, held, chosen, text.format(name=name, hour=formats.time_short(held.hold_expires_at)))
    chosen.appointment, chosen.state = None, ProposalState.OFFERED.value
    chosen.save(update_fields=["appointment", "state"])
    row.save()
    tell(by, row, "orientation.given_back", {"proposal": chosen.pk})
    return Next(row, None, chosen, _("Créneau rendu : il est de nouveau libre pour tous."))


@transaction.atomic
def hold_and_book(*, by: Person, proposal: Proposal, key: str) -> Next:
    """Book a proposal for the patient of its request; the same `key` again gives the same appointment.

    Where the slot was taken meanwhile, nothing is retyped: the search is made again and `next_best` is its
    first. A hold that expired, because the program or the line was cut, is taken again if it is free.
    Raises PermissionDenied, OrientationError.
    """
    row, chosen, done = _chosen(by, proposal)
    if done is not None:
        return Next(row, done, None, _("Ce rendez-vous est déjà pris."), told=True)
    if row.patient is None:
        raise OrientationError(Refusal.NO_PATIENT)
    try:
        _check_place(chosen)
        made = agenda.book(
            by=by, slot=chosen.slot, patient=row.patient, key=key, held=chosen.appointment,
            despite_same_hour=True,
        )  # fmt: skip
    except agenda.BookingRefusedError as error:
        return _taken(by, row, chosen, error)
    check_key_is_of(row, made)
    chosen.appointment, chosen.state = made, ProposalState.ACCEPTED.value
    chosen.save(update_fields=["appointment", "state"])
    decided(by, row, DecisionKind.SLOT, proposal=chosen, appointment=made)
    told = announce(
        by=by, row=row, meeting=meeting_at(chosen.slot), key=agenda.announced_as(made),
        subject=agenda.subject_of(made),
    )  # fmt: skip
    tell(by, row, "orientation.booked", {"proposal": chosen.pk, "appointment": made.pk})
    sentence, told = told_sentence(row, chosen.slot, subject=agenda.subject_of(made), announced=told)
    return Next(row, made, None, sentence, told)


@transaction.atomic
def refuse_proposal(*, by: Person, proposal: Proposal, reason: RefusalReason) -> Next:
    """Note why a proposal is refused and give the next best; a seat held for it is given back.

    Raises PermissionDenied, OrientationError.
    """
    row, chosen = _locked_open_proposal(by, proposal)
    if chosen.appointment is not None:
        release_seat_of(by, chosen)
    chosen.state, chosen.refusal = ProposalState.REFUSED.value, reason.value
    chosen.save(update_fields=["state", "refusal"])
    following = (
        open_proposals(row).filter(search=chosen.search_id, rank__gt=chosen.rank).order_by("rank").first()
    )
    if following is None or following.kind == ProposalKind.SAMU.value:
        following = _first(_search(by, row, Criteria(**chosen.search.criteria)).search)
    row.save()
    tell(by, row, "orientation.refused", {"proposal": chosen.pk})
    return Next(row, None, following, _("Refus noté. Voici la proposition suivante."))


def _proposed(by: Person, request: Request, criteria: Criteria) -> tuple[Request, _Searched]:
    """Search for a request, locked, and tell; return it as it then is."""
    row = locked_for(by, request)
    made = _search(by, row, criteria)
    row.save(update_fields=["state", "state_since", "owner", "locked_by", "locked_until"])
    tell(by, row, "orientation.searched", {"search": made.search.pk})
    return row, made


def _search(by: Person, row: Request, criteria: Criteria) -> _Searched:
    """Search in the state of things now and keep the proposals; the request becomes « proposed », unsaved."""
    known = _check_may_search(row)
    now = timezone.now()
    if row.state != State.PROPOSED.value:
        move(row, State.PROPOSED, now)
    replace_open_proposals(by, row)
    answer = _found(row, criteria, by, now, known)
    search = Search(
        request=row, by=by, at=now, criteria=criteria.stored(), engine_version=engine.VERSION,
        excluded=answer.excluded, widen=answer.widen, on_call_answer=answer.on_call,
    )  # fmt: skip
    databases.insert([search])
    return _Searched(search, _keep(search, answer), known)


def _found(row: Request, criteria: Criteria, by: Person, now: datetime, known: Clearance) -> Answer:
    """Find what to propose, without the slots that an agenda changed at this instant takes away."""
    for _again in range(2):  # the second time, a change that is committed is known
        answer = find(row, criteria, by=by, now=now, known=known)
        slots = {offer.slot.pk for offer in answer.offers if offer.slot is not None}
        kept = agenda.keep_slots(slots)
        if kept == slots:
            return answer
    return replace(answer, offers=[one for one in answer.offers if one.slot is None or one.slot.pk in kept])


def _check_may_search(row: Request) -> Clearance:
    known = require_cleared(row)
    if State(row.state) not in {State.IN_HAND, State.PROPOSED}:
        raise OrientationError(Refusal.STATE)
    if row.commune is None:
        raise OrientationError(Refusal.NO_COMMUNE)
    return known


def _keep(search: Search, answer: Answer) -> list[Proposal]:
    return databases.insert(
        [
            Proposal(
                request=search.request,
                search=search,
                rank=rank,
                kind=offer.kind.value,
                slot=offer.slot,
                schedule=offer.slot.schedule if offer.slot else None,
                professional=offer.professional,
                starts_at=offer.slot.starts_at if offer.slot else None,
                structure=offer.structure,
                phone=offer.phone,
                protocol=offer.protocol,
                travel=offer.travel,
                travel_is_estimate=not offer.travel_source,
                travel_source=offer.travel_source,
                reasons=[why.value for why in offer.why],
            )
            for rank, offer in enumerate(answer.offers, start=1)
        ]
    )


def _first(search: Search) -> Proposal | None:
    return open_proposals(search.request).filter(search=search).order_by("rank").first()


def _locked_open_proposal(by: Person, proposal: Proposal) -> tuple[Request, Proposal]:
    row = locked_for(by, proposal.request)
    rows = Proposal.objects.keyed(proposal.pk)
    chosen = rows.select_related("slot__agenda", "appointment__booked_by", "search").get()
    if chosen.state not in OPEN_STATES:
        raise OrientationError(Refusal.PROPOSAL_GONE)
    return row, chosen


def _chosen(by: Person, proposal: Proposal) -> tuple[Request, Proposal, agenda.Appointment | None]:
    """Return the locked request, the proposal of a slot, and the appointment where it was made already."""
    made = Decision.objects.of_request(proposal.request).filter(proposal=proposal, by=by).first()
    if (
        made is not None
        and made.appointment is not None
        and made.proposal.state == ProposalState.ACCEPTED.value
    ):
        return made.request, made.proposal, made.appointment
    row, chosen = _locked_open_proposal(by, proposal)
    _check_may_search(row)
    if row.state != State.PROPOSED.value or chosen.slot is None:
        raise OrientationError(Refusal.PROPOSAL_GONE)
    return row, chosen, None


def _check_place(chosen: Proposal) -> None:
    """Refuse a slot that its professional has since moved to another place: neither place nor travel hold."""
    if chosen.slot is not None and chosen.slot.schedule_id != chosen.schedule_id:
        raise agenda.BookingRefusedError(agenda.Refusal.CLOSED)


def _taken(by: Person, row: Request, chosen: Proposal, error: agenda.BookingRefusedError) -> Next:
    if error.refusal is agenda.Refusal.KEY_USED:
        raise OrientationError(Refusal.KEY_USED) from error
    if error.refusal is agenda.Refusal.KEPT_OUT:
        raise OrientationError(Refusal.AGENDA, sentence=error) from error
    chosen.state = ProposalState.TAKEN.value
    chosen.save(update_fields=["state"])
    following = _first(_search(by, row, Criteria(**chosen.search.criteria)).search)
    row.save()
    tell(by, row, "orientation.searched", {"taken": chosen.pk})
    return Next(row, None, following, str(error))
