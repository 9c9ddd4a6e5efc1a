"""Reads of secure mail: what was set aside, and for whom to look at."""

from __future__ import annotations

from collections.abc import Sequence

from maillage.exchange.models import Conversation, MailCopy, MailReceived
from maillage.exchange.queries.conversations import Seen, log_reading, seen_by
from maillage.exchange.rules.mail import MailFate
from maillage.kernel import access
from maillage.kernel.contributions import Pending
from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.kernel.rules import Permission

_WAITING = {"fate": MailFate.ASIDE.value, "handled_at": None}


def asides_of(seen: Seen) -> list[MailReceived]:
    """Return the mails set aside that answer a conversation, for who keeps it; none for others."""
    if not seen.may_keep:
        return []
    rows = MailReceived.objects.filter(copy__message__conversation=seen.conversation, **_WAITING)
    return list(rows.select_related("copy__participant__professional").order_by("received_at", "pk"))


@once
def pending_asides(person: Person) -> list[Pending]:
    """Return the mails set aside that answer a conversation where `person` has a seat; names nobody."""
    rows = MailReceived.objects.filter(
        copy__message__conversation__participants__person=person,
        copy__message__conversation__participants__left_at=None,
        **_WAITING,
    )
    return [Pending(pk, at) for pk, at in rows.order_by("pk").values_list("pk", "received_at")]


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
