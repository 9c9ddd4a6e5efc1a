"""The proposals that still stand for a request, and the seats held for them."""

from __future__ import annotations

from maillage.agenda import api as agenda
from maillage.kernel.models import Person
from maillage.orientation.models import Proposal, Request
from maillage.orientation.models.proposals import ProposalQuerySet
from maillage.orientation.rules.vocabulary import ProposalState

STANDING = [ProposalState.OFFERED.value, ProposalState.HELD.value]


def standing(row: Request) -> ProposalQuerySet:
    """Return the proposals that may still be held, booked or refused."""
    return Proposal.objects.of_request(row).filter(state__in=STANDING)


def replace_standing(by: Person, row: Request) -> None:
    """Let no proposal of a request stand any more; the seats held for it are free again."""
    give_back_others(by, row)
    standing(row).update(state=ProposalState.REPLACED.value)


def give_back_others(by: Person, row: Request, but: Proposal | None = None) -> None:
    """Give back the seats held for the proposals of a request, one aside; each is on offer again."""
    rows = standing(row).filter(state=ProposalState.HELD.value).select_related("appointment")
    for one in rows.exclude(pk=but.pk if but else None):
        give_back_seat(by, one)
        one.appointment, one.state = None, ProposalState.OFFERED.value
        one.save(update_fields=["appointment", "state"])


def give_back_seat(by: Person, proposal: Proposal) -> None:
    """Free the seat held for a proposal; one that a colleague held frees itself within minutes."""
    held = proposal.appointment
    if held is None or held.state != agenda.State.HELD.value or held.booked_by_id != by.pk:
        return
    try:
        agenda.change_state(
            by=by, appointment=held, state=agenda.State.CANCELLED, key=f"orientation-given-back-{held.pk}"
        )
    except agenda.BookingRefusedError:
        return  # it expired meanwhile: the seat is free already
