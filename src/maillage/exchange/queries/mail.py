"""Reads of secure mail: what was set aside, and for whom to look at."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.exchange.models import Conversation, MailCopy, MailReceived, Participant
from maillage.exchange.queries.conversations import Seen, log_reading, seen_by
from maillage.exchange.rules.mail import MailFate
from maillage.exchange.rules.vocabulary import State
from maillage.kernel import access, formats
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


def said_state(copy: MailCopy) -> str:
    """Say what truly left by secure mail: when and where, or what keeps it."""
    if copy.state == State.SENT.value and copy.sent_at is not None:
        when = formats.date_long(timezone.localtime(copy.sent_at))
        said = _("remis à sa messagerie sécurisée ({address}), {when}")
        return said.format(address=copy.sent_to, when=when)
    if copy.state == State.ABANDONED.value:
        return _("n’est pas parti : {why}").format(why=copy.detail or "–")
    if copy.state == State.FAILED.value:
        return _("pas encore parti, nouvel essai prévu ({why})").format(why=copy.detail)
    return _("va partir par messagerie sécurisée")


def said_of_opening(conversation: Conversation) -> list[tuple[str, str]]:
    """Return, for each one asked into a conversation, what is known of its first message."""
    seats = Participant.objects.filter(conversation=conversation).exclude(person=conversation.by)
    copies = {
        one.participant_id: one
        for one in MailCopy.objects.filter(message__conversation=conversation, message__number=1)
    }
    found = []
    for seat in seats.select_related("person", "professional"):
        if (copy := copies.get(seat.pk)) is not None:
            found.append((seat.name, said_state(copy)))
        elif seat.read and seat.read_at is not None:
            when = formats.date_long(timezone.localtime(seat.read_at))
            found.append((seat.name, _("lu dans Maillage, {when}").format(when=when)))
        else:
            found.append((seat.name, _("déposé dans ses conversations, pas encore lu")))
    return found


def states_of(conversation: Conversation) -> list[tuple[int, str]]:
    """Return the state of each copy of a conversation that left, or is to leave, by mail."""
    rows = MailCopy.objects.filter(message__conversation=conversation)
    return list(rows.order_by("pk").values_list("pk", "state"))
