"""A roster begins and ends by the calendar, without anybody: on its first day, after its last duty.

Each turn is a message that the outbox keeps until its moment, so that neither a crash nor a stopped server
loses it; `follow_calendar` takes the turns of rosters that have no such message.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from maillage.kernel import outbox
from maillage.roster.actions.rights import locked
from maillage.roster.actions.rosters import take_step
from maillage.roster.models import Roster
from maillage.roster.rules.workflow import State

TOPIC = "roster.turn"
_NEXT = {State.TRANSMITTED: State.RUNNING, State.RUNNING: State.CLOSED}


def follow_calendar() -> int:
    """Take every turn whose moment has come; return how many there were."""
    waiting = Roster.objects.filter(state__in=[state.value for state in _NEXT])
    near = waiting.filter(first_day__lte=timezone.localdate() + timedelta(days=1))
    return sum(_turned(pk) for pk in list(near.order_by("pk").values_list("pk", flat=True)))


def turn_of(roster: Roster) -> datetime | None:
    """Return the instant at which the calendar takes a roster to its next state; None where it does not."""
    if roster.step not in _NEXT:
        return None
    if roster.step is State.TRANSMITTED:
        return datetime.combine(roster.first_day, time(), roster.sector.zone)
    midnight = datetime.combine(roster.last_day + timedelta(days=1), time(), roster.sector.zone)
    last: datetime | None = roster.posts.aggregate(last=Max("ends_at"))["last"]
    return max(midnight, last or midnight)


@outbox.handles("roster.transmitted")
@outbox.handles("roster.running")
def foresee(event: outbox.Event) -> None:
    """Note the next turn of a roster that just changed its state."""
    roster = Roster.objects.select_related("sector__territory").get(pk=event.payload["roster"])
    moment = turn_of(roster)
    if moment is not None:
        key = f"{roster.pk}-{roster.state}"
        outbox.publish(TOPIC, {"roster": roster.pk}, key=key, not_before=moment)


@outbox.handles(TOPIC)
def turn(event: outbox.Event) -> None:
    """Take the turn that was noted, unless somebody took it already."""
    _turned(event.payload["roster"])


@transaction.atomic
def _turned(pk: int) -> int:
    """Take the turns of one roster up to now, one after the other where the server was stopped for long."""
    row, count = locked(Roster(pk=pk)), 0
    while (moment := turn_of(row)) is not None and moment <= timezone.now():
        take_step(row, _NEXT[row.step], by=None)
        count += 1
    return count
