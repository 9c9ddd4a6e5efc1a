"""The proposals that still stand for a request, and the seats held for them."""

from __future__ import annotations

from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.kernel.models import Person
from maillage.kernel.statements import Change, Statement, given
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.models import Decision, Proposal, Request
from maillage.orientation.models.proposals import ProposalQuerySet
from maillage.orientation.rules.vocabulary import ProposalState

OPEN_STATES = [ProposalState.OFFERED.value, ProposalState.HELD.value]


_HELD: Statement[Proposal] = Statement(
    lambda: (
        Proposal.objects.of_request(given("request"))
        .filter(state=ProposalState.HELD.value)
        .select_related("appointment")
    )
)
_REPLACED = Change(
    lambda: Proposal.objects.of_request(given("request")).filter(state__in=OPEN_STATES),
    state=ProposalState.REPLACED.value,
)


def open_proposals(row: Request) -> ProposalQuerySet:
    """Return the proposals that may still be held, booked or refused."""
    return Proposal.objects.of_request(row).filter(state__in=OPEN_STATES)


def replace_open_proposals(by: Person, row: Request) -> None:
    """Let no proposal of a request stand any more; the seats held for it are free again."""
    release_other_seats(by, row)
    _REPLACED.make(request=row.pk)


def release_other_seats(by: Person, row: Request, but: Proposal | None = None) -> None:
    """Give back the seats held for the proposals of a request, one aside; each is on offer again."""
    for one in _HELD.rows(request=row.pk):
        if but is not None and one.pk == but.pk:
            continue
        release_seat_of(by, one)
        one.appointment, one.state = None, ProposalState.OFFERED.value
        one.save(update_fields=["appointment", "state"])


def release_seat_of(by: Person, proposal: Proposal) -> bool:
    """Free the seat held for a proposal; return whether it is free now.

    One that a colleague held is theirs to give back, and frees itself within minutes.
    """
    held = proposal.appointment
    if held is None or held.state != agenda.State.HELD.value:
        return True
    if held.booked_by_id != by.pk:
        expired: bool = held.is_expired(timezone.now())
        return expired
    try:
        agenda.change_state(
            by=by, appointment=held, state=agenda.State.CANCELLED, key=f"orientation-given-back-{held.pk}"
        )
    except agenda.BookingRefusedError:
        return True  # it expired meanwhile: the seat is free already
    return True


def check_key_is_of(row: Request, made: agenda.Appointment) -> None:
    """Refuse a seat that the same key took for another request. Raises OrientationError (KEY_USED)."""
    proposed = Proposal.objects.of_appointment(made.pk).exclude(request=row.pk)
    if proposed.exists() or Decision.objects.of_appointment(made.pk).exclude(request=row.pk).exists():
        raise OrientationError(Refusal.KEY_USED)
