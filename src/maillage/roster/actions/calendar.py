"""A roster begins and ends by the calendar, without anybody: on its first day, after its last duty.

Each change is a message that the outbox keeps until its moment, so that neither a crash nor a stopped server
loses it; `follow_calendar` applies the changes of rosters that have no such message.
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
    """Apply every change whose moment has come; return how many there were."""
    waiting = Roster.objects.filter(state__in=[state.value for state in _NEXT])
    near = waiting.filter(first_day__lte=timezone.localdate() + timedelta(days=1))
    return sum(_apply_due_changes(pk) for pk in list(near.order_by("pk").values_list("pk", flat=True)))


def next_change_at(roster: Roster) -> datetime | None:
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
def schedule_next_change(event: outbox.Event) -> None:
    """Note the next change of a roster that just changed its state."""
    roster = Roster.objects.select_related("sector__territory__scope").get(pk=event.payload["roster"])
    moment = next_change_at(roster)
    if moment is not None:
        key = f"{roster.pk}-{roster.state}"
        outbox.publish(TOPIC, {"roster": roster.pk}, key=key, not_before=moment)


@outbox.handles(TOPIC)
def apply_change(event: outbox.Event) -> None:
    """Apply the change that was noted, unless it was applied already."""
    _apply_due_changes(event.payload["roster"])


@transaction.atomic
def _apply_due_changes(pk: int) -> int:
    """Apply the changes of one roster up to now, in order: the server may have been stopped for long."""
    row, count = locked(Roster(pk=pk)), 0
    while (moment := next_change_at(row)) is not None and moment <= timezone.now():
        take_step(row, _NEXT[row.step], by=None)
        count += 1
    return count
