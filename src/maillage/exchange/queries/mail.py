"""Reads of secure mail: what was set aside, and for whom to look at."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from maillage.exchange.models import Conversation, MailCopy, MailReceived
from maillage.exchange.queries.conversations import Seen, log_reading, seen_by
from maillage.exchange.rules.mail import MailFate
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.statements import given

_WAITING = {"fate": MailFate.ASIDE.value, "handled_at": None}


def asides_of(seen: Seen) -> list[MailReceived]:
    """Return the mails set aside that answer a conversation, for who keeps it; none for others."""
    if not seen.may_keep:
        return []
    rows = MailReceived.objects.filter(copy__message__conversation=seen.conversation, **_WAITING)
    return list(rows.select_related("copy__participant__professional").order_by("received_at", "pk"))


def mail_set_aside() -> QuerySet[MailReceived]:
    """Return the mails set aside that answer a conversation where the reader has a seat, for a statement."""
    return MailReceived.objects.filter(
        copy__message__conversation__participants__person=given("person"),
        copy__message__conversation__participants__left_at=None,
        **_WAITING,
    )


def aside_lines(person: Person, keys: Sequence[int]) -> list[tuple[MailReceived, Conversation]]:
    """Return those of some mails set aside that `person` may settle; each patient named is logged."""
    rows = MailReceived.objects.filter(pk__in=list(keys), **_WAITING)
    found = []
    for row in rows.select_related("copy__message__conversation").order_by("pk"):
        assert row.copy is not None  # what answers nothing is pending for nobody here
        seen = seen_by(person, row.copy.message.conversation_id)
        if seen is not None and seen.may_keep:
            log_reading(person, seen.conversation)
            found.append((row, seen.conversation))
    return found


def strangers(person: Person) -> list[MailReceived]:
    """Return the mails that answer nothing from here and wait for who reads deliveries."""
    if not access.may(person, Permission.VIEW_DELIVERIES):
        return []
    return list(MailReceived.objects.filter(copy=None, **_WAITING).order_by("received_at", "pk")[:50])


def states_of(conversation: Conversation) -> list[tuple[int, str]]:
    """Return the state of each copy of a conversation that left, or is to leave, by mail."""
    rows = MailCopy.objects.filter(message__conversation=conversation)
    return list(rows.order_by("pk").values_list("pk", "state"))
