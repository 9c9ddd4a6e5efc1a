"""A request at the desk links to the patient the regulator who has it and whoever receives it."""

from __future__ import annotations

from datetime import timedelta

from maillage.kernel import access, journal, outbox
from maillage.kernel.rules import Permission, Role
from maillage.kernel.sourced_rules import rule
from maillage.orientation.actions.rights import CHANGED, OPENED
from maillage.orientation.models import Decision, Request
from maillage.people import api as people


@outbox.handles(OPENED, by_worker=True)
@outbox.handles(CHANGED, by_worker=True)
def link_those_who_answer(event: outbox.Event) -> None:
    """Follow the request of an event; the desk does not wait for it."""
    follow(Request.objects.keyed(event.payload["request"]).select_related("patient__scope", "owner").get())


def follow(row: Request) -> None:
    """Open, hand over or end the links of a request, read with its patient and owner, by where it stands now.

    A professional who receives it by an appointment has the link of that appointment.
    """
    who: list[tuple[people.Named, Role | None]] = []
    if row.patient is not None:
        if access.may(row.owner, Permission.REGULATE, row.patient.scope):
            who.append((row.owner, Role.REGULATOR))
        last = Decision.objects.of_request(row).select_related("on_call", "sent_to").order_by("-pk").first()
        if last is not None:
            who += [(one, None) for one in (last.on_call, last.sent_to) if one is not None]
    days = rule("people.circle.regulation_days").value
    people.follow_act(
        by=row.owner,
        act=journal.target_of(row),
        origin=people.Origin.REGULATION,
        patient=row.patient,
        who=who,
        until=None if row.ended_at is None else row.ended_at + timedelta(days=days),
    )
