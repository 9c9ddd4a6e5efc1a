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
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import outbox
from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.feeds import FeedQuerySet
from maillage.kernel.models import Person
from maillage.roster.actions.recording import record
from maillage.roster.models import Assignment, DutyFeed, Exchange, Volunteer
from maillage.roster.queries.departures import HOLDER_GONE, duties_to_reassign, unavailable_among
from maillage.roster.rules.vocabulary import ExchangeState

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


def _feeds(person: Person) -> FeedQuerySet:
    return DutyFeed.objects.active().filter(Q(created_by=person) | Q(professional__account=person))


def count_feeds(person: Person) -> int:
    """Return how many calendar addresses of duties somebody made, or show theirs."""
    return _feeds(person).count()


def end_feeds(leaving: Leaving) -> int:
    """Make every address answer nothing from now on."""
    for feed in _feeds(leaving.person).select_related("sector__territory", "professional"):
        if feed.revoke():
            about = feed.sector or feed.professional
            record(about, feed, by=leaving.by, verb="roster.feed_revoked", reason=leaving.reason)
    return 0


def count_duties(person: Person) -> int:
    """Return how many duties, not over, somebody holds whom nobody was told to replace."""
    rows = Assignment.objects.filter(volunteer__professional__account=person, volunteer__is_active=True)
    return rows.filter(post__ends_at__gt=timezone.now()).count()


def give_back_duties(leaving: Leaving) -> int:
    """Tell the coordinators which duties are to reassign: who holds one is theirs to say, with its rules."""
    for volunteer in _volunteering(leaving.person).select_for_update(of=("self",)):
        volunteer.is_active = False
        volunteer.save(update_fields=["is_active"])
        tell_departure(volunteer)
        changes = {"is_active": [True, False]}
        record(
            volunteer.sector,
            volunteer,
            by=leaving.by,
            verb="roster.volunteer_set",
            changes=changes,
            reason=leaving.reason,
        )
    return 0


def _volunteering(person: Person) -> QuerySet[Volunteer]:
    rows = Volunteer.objects.filter(professional__account=person, is_active=True)
    return rows.select_related("sector__territory").order_by("pk")


def _exchanges(person: Person) -> QuerySet[Exchange]:
    return Exchange.objects.filter(
        asked_by__professional__account=person, state=ExchangeState.OPEN.value
    ).order_by("pk")


def count_exchanges(person: Person) -> int:
    """Return how many times somebody asks to be replaced, and nobody has yet."""
    return _exchanges(person).count()


def end_exchanges(leaving: Leaving) -> int:
    """Withdraw what they asked: their duties are reassigned otherwise."""
    _exchanges(leaving.person).update(state=ExchangeState.WITHDRAWN.value, closed_at=timezone.now())
    return 0


WITHDRAWALS = (
    Withdrawal(
        "roster.feeds",
        lazy("Adresses de calendrier de gardes"),
        Fate.ENDS,
        count_feeds,
        ("roster.dutyfeed.professional",),
        end_feeds,
        order=11,
    ),
    Withdrawal(
        "roster.exchanges",
        lazy("Remplacements demandés"),
        Fate.ENDS,
        count_exchanges,
        (),
        end_exchanges,
        order=13,
    ),
    Withdrawal(
        "roster.duties",
        lazy("Gardes à venir"),
        Fate.PASSES,
        count_duties,
        ("roster.volunteer.professional",),
        give_back_duties,
        otherwise=lazy("à réattribuer par qui tient le tableau, prévenu"),
        order=34,
    ),
)
