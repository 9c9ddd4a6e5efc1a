"""The summary of an inbox: one e-mail a working day, at the hour that its owner chose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from maillage.exchange.actions.notify import notify
from maillage.exchange.models import ContactPreference, Notification, Parameters
from maillage.exchange.rules.vocabulary import Template
from maillage.kernel import clock
from maillage.kernel.models import Person

#: Past this, a summary that a stopped server did not send is no longer that of its hour.
LATEST = timedelta(hours=2)
SATURDAY = 5
#: What waits in an inbox now, and how much of it is late.
Counts = tuple[int, int]


def send_due_summaries(counts: Callable[[Person], Counts]) -> int:
    """Mail their summary to whom it is due, once a day; return how many leave.

    It says how many things wait and how many are late, and nothing of them. Nothing leaves where nothing
    waits, to who may no longer sign in, on a Saturday or a Sunday of their clock.
    """
    asked = ContactPreference.objects.filter(by_email=True, person__is_active=True).exclude(daily_at=None)
    sent = 0
    for chosen in asked.select_related("person"):
        local = timezone.now().astimezone(clock.zone_for(chosen.person))
        if _is_due(chosen, local):
            sent += _send(chosen.person, local, counts)
    return sent


def _is_due(chosen: ContactPreference, local: datetime) -> bool:
    """Return whether it is the hour of a summary on the clock of its reader."""
    assert chosen.daily_at is not None
    hour = datetime.combine(local.date(), chosen.daily_at, local.tzinfo)
    return local.weekday() < SATURDAY and hour <= local < hour + LATEST


@transaction.atomic
def _send(person: Person, local: datetime, counts: Callable[[Person], Counts]) -> int:
    key = f"exchange.summary-{person.pk}-{local.date()}"
    if Notification.objects.with_key(key).exists():
        return 0
    waiting, late = counts(person)
    if not waiting:
        return 0
    rows = notify(
        by=None,
        to=person,
        template=Template.INBOX_SUMMARY_LATE if late else Template.INBOX_SUMMARY,
        parameters=Parameters(count=waiting, late=late),
        key=key,
        path=reverse("web:inbox"),
        urgent=True,  # its hour was chosen: it waits for no other
        not_after=local + LATEST,
        mail_only=True,
    )
    return len(rows)
