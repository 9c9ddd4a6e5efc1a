"""What those convened to a meeting are told, and the reminder that leaves by itself before it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone

from maillage.exchange import api as exchange
from maillage.governance.actions.writing import record
from maillage.governance.models import Sitting, Summons
from maillage.governance.queries.sittings import summons_of
from maillage.governance.rules.vocabulary import Reply
from maillage.kernel import clock, journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule

REMINDED = "governance.sitting_reminded"
DAYS_RULE = "governance.sittings.remind_days"
#: The hour of the day at which a reminder leaves, in the territory.
_HOUR = time(9)


def plan_reminder(sitting: Sitting) -> None:
    """Leave, for some days before a meeting, a reminder to whoever will not have answered by then.

    Convened after that moment, nobody is reminded: they have just been told. Moved, the reminder is of the
    new hour: that of the one before says nothing.
    """
    zone = sitting.body.scope.zone
    day = sitting.starts_at.astimezone(zone).date() - timedelta(days=int(rule(DAYS_RULE).value))
    leaves = datetime.combine(day, _HOUR, zone)
    if leaves <= timezone.now():
        return
    starts = sitting.starts_at.isoformat()
    outbox.publish(
        REMINDED, {"sitting": sitting.pk, "starts_at": starts}, key=f"sitting-{sitting.pk}-{starts}",
        not_before=leaves,
    )  # fmt: skip


@outbox.handles(REMINDED)
def remind_of_sitting(event: outbox.Event) -> None:
    """Remind whoever has not answered, once a day; nobody of a meeting moved, cancelled, closed or begun."""
    rows = Sitting._base_manager.select_related("body__scope", "second_of").select_for_update(of=("self",))
    row = rows.get(pk=event.payload["sitting"])
    if row.starts_at != datetime.fromisoformat(event.payload["starts_at"]):
        return
    if not row.stands or row.has_begun or was_reminded(row):
        return
    remind_waiting(row, None)


def was_reminded(sitting: Sitting) -> bool:
    """Return whether those who have not answered were reminded today already."""
    scope = sitting.body.scope
    reminded = sitting.reminded_at
    return reminded is not None and clock.day_of(reminded, scope) == clock.today(scope)


def remind_waiting(sitting: Sitting, by: Person | None) -> int:
    """Remind who is convened to a locked meeting and has not answered; return how many. `by` None: nobody."""
    waiting = [
        one for one in summons_of(sitting) if one.reply == Reply.NONE.value and one.seat.person is not None
    ]
    today = clock.today(sitting.body.scope)
    for one in waiting:
        tell(sitting, one, exchange.Template.MEETING_CALLED, by, f"reminded-{today:%Y%m%d}")
    sitting.reminded_at = timezone.now()
    sitting.save(update_fields=["reminded_at"])
    record(by, "sitting_reminded", sitting, {"members": len(waiting)}, sitting.body.scope)
    return len(waiting)


def tell(
    sitting: Sitting,
    one: Summons,
    template: exchange.Template,
    by: Person | None,
    change: str,
    previous: datetime | None = None,
) -> None:
    """Tell somebody convened who has an account; whoever has none is told otherwise, and the page says so."""
    if one.seat.person is None:
        return
    exchange.notify(
        by=by,
        to=one.seat.person,
        template=template,
        parameters=exchange.Parameters(
            when=sitting.starts_at.astimezone(sitting.body.scope.zone), previous=previous
        ),
        key=f"sitting-{one.pk}-{change}",
        scope=sitting.body.scope,
        path=reverse("governance:sitting", args=[sitting.pk]),
        subject=journal.target_of(one),
        not_after=None if template is exchange.Template.MEETING_CANCELLED else sitting.starts_at,
    )
