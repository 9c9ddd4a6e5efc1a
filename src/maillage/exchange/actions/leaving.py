"""What becomes of the messages and the calls of somebody who leaves."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from maillage.exchange.models import Notification, NotificationQuerySet, Participant
from maillage.exchange.rules.vocabulary import Channel
from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.models import Person


def _coming(person: Person) -> Q:
    """Return the condition « has not left yet, to that person »."""
    return Q(person=person) | Q(professional__account=person)


def count_messages(person: Person) -> int:
    """Return how many lines wait in an inbox, and how many messages to somebody have not left."""
    lines = Q(channel=Channel.INBOX.value, person=person, closed_at=None)
    return _of(person).filter(lines | Q(pk__in=_unsent(person).values("pk"))).count()


def _of(person: Person) -> NotificationQuerySet:
    # The base manager, here and below: whoever withdraws reads none of it, only how many there are.
    rows: Any = Notification._base_manager.filter(_coming(person))
    return cast(NotificationQuerySet, rows)


def _unsent(person: Person) -> NotificationQuerySet:
    rows: NotificationQuerySet = Notification.objects.to_withdraw().filter(_coming(person))
    return rows.filter(withdrawn_at=None)


def withdraw_messages(leaving: Leaving) -> int:
    """Stop what has not left, and close what waits in the inbox: nobody reads it."""
    now = timezone.now()
    _unsent(leaving.person).update(not_after=now, withdrawn_at=now)
    lines = Notification._base_manager.filter(
        channel=Channel.INBOX.value, person=leaving.person, closed_at=None
    )
    lines.update(closed_at=now, closed_by=leaving.by)
    return 0


def _calls(person: Person) -> NotificationQuerySet:
    rows: Any = Notification._base_manager.filter(
        channel=Channel.INBOX.value, person=None, owner=person, closed_at=None, withdrawn_at=None
    )
    return cast(NotificationQuerySet, rows)


def count_calls(person: Person) -> int:
    """Return how many calls somebody has to make."""
    return _calls(person).count()


def hand_calls_on(leaving: Leaving) -> int:
    """Give the calls to who takes over, else to all those who call in their scope."""
    rows = _calls(leaving.person)
    count = rows.count()
    rows.update(owner=leaving.successor, owner_until=None)
    return count if leaving.successor is not None else 0


def count_seats(person: Person) -> int:
    """Return in how many conversations somebody takes part."""
    return _seats(person).count()


def _seats(person: Person) -> QuerySet[Participant]:
    named = Q(person=person) | Q(professional__account=person)
    return Participant.objects.filter(named, left_at=None)


def leave_conversations(leaving: Leaving) -> int:
    """Take the person out of their conversations, whose words stay; who goes on there sees that they left."""
    _seats(leaving.person).update(left_at=timezone.now())
    return 0


WITHDRAWALS = (
    Withdrawal(
        "exchange.seats",
        lazy("Conversations"),
        Fate.ENDS,
        count_seats,
        ("exchange.participant.person", "exchange.participant.professional"),
        leave_conversations,
        order=61,
    ),
    Withdrawal(
        "exchange.messages",
        lazy("Messages en attente"),
        Fate.ENDS,
        count_messages,
        ("exchange.notification.person", "exchange.notification.professional"),
        withdraw_messages,
        order=60,
    ),
    Withdrawal(
        "exchange.calls",
        lazy("Appels à passer"),
        Fate.PASSES,
        count_calls,
        ("exchange.notification.owner",),
        hand_calls_on,
        otherwise=lazy("laissés à tous ceux qui appellent dans le périmètre"),
        order=36,
    ),
)
