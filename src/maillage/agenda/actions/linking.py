"""An appointment links its professional to the patient, for what it needs, until some days after its hour."""

from __future__ import annotations

from datetime import timedelta

from maillage.agenda.models import Appointment
from maillage.agenda.rules.vocabulary import LIVE, State
from maillage.kernel import journal, outbox
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people

_STANDS = frozenset(state.value for state in LIVE - {State.HELD})


@outbox.handles("agenda.booked", by_worker=True)
@outbox.handles("agenda.moved", by_worker=True)
@outbox.handles("agenda.cancelled", by_worker=True)
@outbox.handles("agenda.undone", by_worker=True)
def link_professional(event: outbox.Event) -> None:
    """Follow the appointment of an event; whoever booked does not wait for it."""
    names = ("patient__scope", "slot__agenda__professional", "booked_by")
    follow(Appointment.objects.keyed(event.payload["appointment"]).select_related(*names).get())


def follow(row: Appointment) -> None:
    """Open, prolong or end the link of an appointment, read with those it names, by where it stands now."""
    days = rule("people.circle.booking_days").value
    people.follow_act(
        by=row.booked_by,
        act=journal.target_of(row),
        origin=people.Origin.BOOKING,
        patient=row.patient if row.state in _STANDS else None,
        who=[(row.slot.agenda.professional, None)],
        until=row.slot.ends_at + timedelta(days=days),
    )
