"""Those who can hold their duties no longer: the coordinators are told, by whichever door somebody left.

A volunteer stopped here is told at once. A sheet closed, an account suspended or a membership ended in
another context is found by a look each day, and told once a week while duties remain to be reassigned.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from maillage.kernel import outbox
from maillage.roster.models import Volunteer
from maillage.roster.queries.departures import HOLDER_GONE, duties_to_reassign, unavailable_among

LOOK = "roster.look_for_departures"


def tell_departure(volunteer: Volunteer, *, key: str = "") -> bool:
    """Publish, in the current transaction, that a volunteer has duties to reassign; return whether they have.

    `key` keeps it from being told twice; without one, each call tells.
    """
    left = duties_to_reassign(volunteer)
    if left:
        payload = {"volunteer": volunteer.pk, "post": left[0].post_id}
        outbox.publish(HOLDER_GONE, payload, key=f"volunteer-{volunteer.pk}-{key or uuid4().hex}")
    return bool(left)


@transaction.atomic
def report_departures() -> int:
    """Tell who is gone and has duties to come, and note the look of tomorrow; return how many there are."""
    now = timezone.localtime(timezone=ZoneInfo(settings.TIME_ZONE))
    year, week, _day = now.isocalendar()
    holders = Volunteer.objects.filter(assignments__post__ends_at__gt=now).distinct()
    gone = unavailable_among(holders)
    rows = Volunteer.objects.filter(pk__in=gone).order_by("pk")
    count = sum(tell_departure(one, key=f"{year}-{week}") for one in rows)
    tomorrow = now.date() + timedelta(days=1)
    moment = datetime.combine(tomorrow, time(6), now.tzinfo)
    outbox.publish(LOOK, {}, key=f"{tomorrow}", not_before=moment)
    return count


@outbox.handles(LOOK)
def report_departures_daily(_event: outbox.Event) -> None:
    """Look, each day."""
    report_departures()
