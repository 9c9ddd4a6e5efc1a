"""Searching proposals, holding and booking one, refusing one: the next best is always given."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.engines import booking as engine
from maillage.kernel.models import Person
from maillage.orientation.actions.announce import announce, meeting_at, told_sentence
from maillage.orientation.actions.deciding import decided
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.rights import in_hand, move, require_cleared, tell
from maillage.orientation.actions.standing import (
    STANDING,
    give_back_others,
    give_back_seat,
    replace_standing,
    standing,
)
from maillage.orientation.computations.criteria import Criteria
from maillage.orientation.computations.proposals import Answer, find
from maillage.orientation.models import Decision, Proposal, Request, Search
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


@transaction.atomic
def propose(*, by: Person, request: Request, criteria: Criteria | None = None) -> Search:
    """Search proposals and keep them, ranked, with the reason of each and of each exclusion.

    Those of an earlier search stand no more; the places refused before are left out. Where no slot is found,
    `Search.widen` says what would. Raises PermissionDenied, OrientationError (a red flag, a question without
    an answer, P0 or P1, no commune).
    """
    row = in_hand(by, request)
    search = _search(by, row, criteria or Criteria())
    row.save()
    tell(by, row, "orientation.searched", {"search": search.pk})
    return search


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
        give_back_others(by, row, but=chosen)
        try:
            _check_place(chosen)
            held = agenda.hold(by=by, slot=chosen.slot, key=key)
        except agenda.BookingRefusedError as error:
            return _taken(by, row, chosen, error)
        if held.is_expired(now) or held.state != agenda.State.HELD.value:  # an old page sent its key again
            raise OrientationError(Refusal.HOLD_OVER)
        chosen.appointment, chosen.state = held, ProposalState.HELD.value
        chosen.save(update_fields=["appointment", "state"])
        row.save()
        tell(by, row, "orientation.held", {"proposal": chosen.pk})
    sentence = _("Créneau retenu : demandez l’accord de la personne, puis réservez.")
    return Next(row, held, None, " ".join([sentence, *_expected_elsewhere(row, chosen.slot)]))


@transaction.atomic
def give_back(*, by: Person, proposal: Proposal) -> Next:
    """Give back the seat held for a proposal, which still stands; given back already, nothing changes.

    Raises PermissionDenied, OrientationError.
    """
    row, chosen = _standing_proposal(by, proposal)
    if chosen.state == ProposalState.HELD.value:
        give_back_seat(by, chosen)
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
    chosen.appointment, chosen.state = made, ProposalState.ACCEPTED.value
    chosen.save(update_fields=["appointment", "state"])
    decided(by, row, DecisionKind.SLOT, proposal=chosen, appointment=made)
    told = announce(
        by=by, row=row, meeting=meeting_at(chosen.slot), key=agenda.announced_as(made),
        subject=agenda.subject_of(made),
    )  # fmt: skip
    tell(by, row, "orientation.booked", {"proposal": chosen.pk, "appointment": made.pk})
    said, told = told_sentence(row, chosen.slot, subject=agenda.subject_of(made), announced=told)
    sentence = " ".join([said, *_expected_elsewhere(row, chosen.slot)])
    return Next(row, made, None, sentence, told)


def _expected_elsewhere(row: Request, slot: agenda.Slot) -> list[str]:
    """Warn that the person is also expected elsewhere while the slot lasts: before they agree, and after."""
    if row.patient is None:
        return []
    text = _("Attention : cette personne a aussi rendez-vous à cette heure chez {name}.")
    return [text.format(name=name) for name in agenda.elsewhere_at(row.patient, slot)]


@transaction.atomic
def refuse_proposal(*, by: Person, proposal: Proposal, reason: RefusalReason) -> Next:
    """Note why a proposal is refused and give the next best; a seat held for it is given back.

    Raises PermissionDenied, OrientationError.
    """
    row, chosen = _standing_proposal(by, proposal)
    if chosen.appointment is not None:
        give_back_seat(by, chosen)
    chosen.state, chosen.refusal = ProposalState.REFUSED.value, reason.value
    chosen.save(update_fields=["state", "refusal"])
    following = standing(row).filter(search=chosen.search_id, rank__gt=chosen.rank).order_by("rank").first()
    if following is None or following.kind == ProposalKind.SAMU.value:
        following = _first(_search(by, row, Criteria(**chosen.search.criteria)))
    row.save()
    tell(by, row, "orientation.refused", {"proposal": chosen.pk})
    return Next(row, None, following, _("Refus noté. Voici la proposition suivante."))


def _search(by: Person, row: Request, criteria: Criteria) -> Search:
    """Search in the state of things now and keep the proposals; the request becomes « proposed », unsaved."""
    _check_may_search(row)
    now = timezone.now()
    if row.state != State.PROPOSED.value:
        move(row, State.PROPOSED, now)
    replace_standing(by, row)
    answer = find(row, criteria, by=by, now=now)
    search = Search.objects.create(
        request=row, by=by, at=now, criteria=criteria.stored(), engine_version=engine.VERSION,
        excluded=answer.excluded, widen=answer.widen, on_call_answer=answer.on_call,
    )  # fmt: skip
    _keep(search, answer)
    return search


def _check_may_search(row: Request) -> None:
    require_cleared(row)
    if State(row.state) not in {State.IN_HAND, State.PROPOSED}:
        raise OrientationError(Refusal.STATE)
    if row.commune is None:
        raise OrientationError(Refusal.NO_COMMUNE)


def _keep(search: Search, answer: Answer) -> None:
    Proposal.objects.bulk_create(
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
    )


def _first(search: Search) -> Proposal | None:
    return standing(search.request).filter(search=search).order_by("rank").first()


def _standing_proposal(by: Person, proposal: Proposal) -> tuple[Request, Proposal]:
    row = in_hand(by, proposal.request)
    chosen = Proposal.objects.keyed(proposal.pk).select_related("slot__agenda", "appointment", "search").get()
    if chosen.state not in STANDING:
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
    row, chosen = _standing_proposal(by, proposal)
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
    chosen.state = ProposalState.TAKEN.value
    chosen.save(update_fields=["state"])
    following = _first(_search(by, row, Criteria(**chosen.search.criteria)))
    row.save()
    tell(by, row, "orientation.searched", {"taken": chosen.pk})
    return Next(row, None, following, str(error))
