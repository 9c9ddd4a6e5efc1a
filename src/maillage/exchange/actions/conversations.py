"""Opening a conversation, writing in it, reading it, closing it: each is safe to repeat."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.exchange.actions.attachments import Taken, attach
from maillage.exchange.actions.mail_copies import queue_copy
from maillage.exchange.actions.notify import notify
from maillage.exchange.models import (
    AT_WORK,
    Conversation,
    ConversationMessage,
    Mention,
    Parameters,
    Participant,
)
from maillage.exchange.queries.conversations import Seen, seen_by
from maillage.exchange.queries.presence import Candidate, circle_of, colleagues, may_open, presence
from maillage.exchange.rules.conversations import LONGEST, LONGEST_SUBJECT, Seat, cited, searched
from maillage.exchange.rules.vocabulary import Template
from maillage.kernel import access, databases, journal, outbox
from maillage.kernel.models import Person, Scope
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, made_meanwhile
from maillage.people import api as people


def topic_of(conversation: int) -> str:
    """Return the topic of the outbox by which the open pages of a conversation hear that it changed."""
    return f"exchange.conversation.{conversation}"


@transaction.atomic
def open_conversation(
    *,
    by: Person,
    subject: str,
    text: str,
    asked: Collection[str],
    key: str,
    patient: people.Patient | None = None,
    scope: Scope | None = None,
    is_open_to_patient: bool = False,
    files: Sequence[Taken] = (),
) -> Conversation:
    """Open a conversation about a patient, or between colleagues of a `scope`, with its first message.

    `asked`: keys of `circle_of` or `colleagues`. A patient who opens one, about themselves, opens it to
    themselves. The same `key` of `by` again returns the first. Raises PermissionDenied, ValidationError.
    """
    known = made_before(Conversation, by=by, key=key)
    if known is not None:
        return _same(known, patient)
    candidates, seat = _candidates(by, patient, scope, is_open_to_patient)
    chosen = [one for one in candidates if one.key in asked]
    said, words = " ".join(subject.split())[:LONGEST_SUBJECT], _words(text)
    if not said:
        raise ValidationError({"subject": _("Dites en quelques mots de quoi il s’agit.")})
    if not chosen or len(chosen) != len(set(asked)):
        raise ValidationError({"asked": _("Choisissez au moins une des personnes proposées.")})
    _check_number(len(chosen) + 1)
    now = timezone.now()
    made = Conversation(
        key=key,
        by=by,
        at=now,
        scope=patient.scope if patient is not None else scope,
        patient=patient,
        subject=said,
        search=searched(said)[: 2 * LONGEST_SUBJECT],
        is_open_to_patient=is_open_to_patient or seat is Seat.PATIENT,
        last_at=now,
    )
    if not databases.insert_new([made], unique=["by", "key"]):  # the same, at the same moment
        return _same(made_meanwhile(Conversation, by=by, key=key), patient)
    Participant.objects.create(conversation=made, person=by, seat=seat.value, added_by=by, added_at=now)
    for one in chosen:
        Participant.objects.create(
            conversation=made, seat=one.seat.value, added_by=by, added_at=now, **one.field
        )
    message = say(made, _seat(by, made), words, key, by=by)
    attach(message, files)
    _record(by, "exchange.conversation_opened", made, {"participants": [0, len(chosen) + 1]})
    return made


@transaction.atomic
def write(
    *,
    by: Person,
    conversation: Conversation,
    text: str,
    key: str,
    asked: Collection[int] = (),
    files: Sequence[Taken] = (),
) -> ConversationMessage:
    """Write a message; who takes part and reads it now hears of it, without a word of what it says.

    `asked`: participants to cite, beside those whom the text names by « @ »; `files`: taken already. The
    same `key` of `by` again returns the first message. Raises PermissionDenied; ValidationError for a closed
    conversation, a message without a word, a key used elsewhere.
    """
    row, seen = _locked(by, conversation)
    known = made_before(ConversationMessage, by=by, key=key)
    if known is not None:
        if known.conversation_id != row.pk:
            raise ValidationError(_used())
        return known
    if row.is_closed:
        raise ValidationError(_("Cette conversation est close : rouvrez-la pour y écrire."))
    if not seen.own.writes:
        raise PermissionDenied(_("Vous lisez cette conversation sans pouvoir y écrire."))
    message = say(row, seen.own.participant, _words(text), key, by=by, asked=asked)
    attach(message, files)
    _record(by, "exchange.message_written", row, {"count": [message.number - 1, message.number]})
    return message


@transaction.atomic
def mark_read(*, by: Person, conversation: Conversation) -> int:
    """Note that `by` has read all of it, for the others to know; return the last message read before.

    The reading itself is told by the access log of the patient.
    """
    seat = Participant.objects.select_for_update().filter(conversation=conversation, person=by).first()
    if seat is None or seat.left_at is not None:
        return conversation.count
    before = seat.read
    if before < conversation.count:
        seat.read, seat.read_at = conversation.count, timezone.now()
        seat.save(update_fields=["read", "read_at"])
        tell_pages(conversation, f"read-{seat.pk}-{seat.read}")
    return before


@transaction.atomic
def close_conversation(*, by: Person, conversation: Conversation) -> Conversation:
    """Close a conversation: it is read, nobody writes in it. Closed already, nothing changes.

    For who cares for the patient, or a colleague. Raises PermissionDenied.
    """
    row, _seen = _kept(by, conversation)
    if not row.is_closed:
        row.closed_at, row.closed_by = timezone.now(), by
        row.save(update_fields=["closed_at", "closed_by"])
        tell_pages(row, f"closed-{row.closed_at.isoformat()}")
        _record(by, "exchange.conversation_closed", row, {})
    return row


@transaction.atomic
def reopen_conversation(*, by: Person, conversation: Conversation) -> Conversation:
    """Open again what was closed. Raises PermissionDenied."""
    row, _seen = _kept(by, conversation)
    if row.is_closed:
        row.closed_at = row.closed_by = None
        row.save(update_fields=["closed_at", "closed_by"])
        tell_pages(row, f"reopened-{timezone.now().isoformat()}")
        _record(by, "exchange.conversation_reopened", row, {})
    return row


@transaction.atomic
def put_away(*, by: Person, conversation: Conversation, is_away: bool) -> None:
    """Put a conversation away from one's own list, or back; so does a new message. Raises as `leave`."""
    row, seen = _locked(by, conversation)
    seat = seen.own.participant
    if (seat.archived_at is not None) != is_away:
        seat.archived_at = timezone.now() if is_away else None
        seat.save(update_fields=["archived_at"])
        verb = "exchange.conversation_put_away" if is_away else "exchange.conversation_brought_back"
        _record(by, verb, row, {})


@transaction.atomic
def add_participant(*, by: Person, conversation: Conversation, asked: str) -> Participant:
    """Ask somebody of the circle, or a colleague, into a conversation: they read it from its first word.

    Again, or who had left, the seat they have is theirs. Raises PermissionDenied, ValidationError.
    """
    row, seen = _kept(by, conversation)
    candidates, _seat = _candidates(by, row.patient, row.scope, row.is_open_to_patient)
    chosen = next((one for one in candidates if one.key == asked), None)
    if chosen is None:
        raise ValidationError(_("Choisissez quelqu’un parmi les personnes proposées."))
    seat, is_new = Participant.objects.get_or_create(
        conversation=row, **chosen.field, defaults={"seat": chosen.seat.value, "added_by": by}
    )
    if is_new:
        _check_number(len(seen.present) + 1)
    elif seat.left_at is None:
        return seat
    seat.left_at, seat.seat = None, chosen.seat.value
    seat.save(update_fields=["left_at", "seat"])
    tell_pages(row, f"joined-{seat.pk}-{timezone.now().isoformat()}")
    _tell(by, row, seat, Template.MESSAGE_WAITING, f"joined-{seat.pk}-{row.count}")
    _record(by, "exchange.participant_added", row, {"person": [None, chosen.named.pk]})
    return seat


@transaction.atomic
def leave(*, by: Person, conversation: Conversation) -> None:
    """Leave a conversation: one reads it no more. Raises PermissionDenied."""
    row, seen = _locked(by, conversation)
    seat = seen.own.participant
    seat.left_at = timezone.now()
    seat.save(update_fields=["left_at"])
    tell_pages(row, f"left-{seat.pk}-{seat.left_at.isoformat()}")
    _record(by, "exchange.participant_left", row, {"person": [by.pk, None]})


def _candidates(
    by: Person, patient: people.Patient | None, scope: Scope | None, is_open_to_patient: bool
) -> tuple[Sequence[Candidate], Seat]:
    """Return who may be asked, and the seat of `by`. Raises PermissionDenied."""
    if patient is None:
        if scope is None:
            raise PermissionDenied(_("Votre rôle ne permet pas cette action dans ce périmètre."))
        access.require(by, AT_WORK, scope)
        return colleagues(by, scope), Seat.COLLEAGUE
    if not may_open(by, patient):
        raise PermissionDenied(_("Seul le cercle de soins de cette personne parle d’elle ici."))
    is_own = patient.account_id == by.pk
    found = circle_of(patient, by, with_patient=is_open_to_patient or is_own)
    return found, Seat.PATIENT if is_own else Seat.CARE


def _words(text: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise ValidationError({"text": _("Écrivez un message.")})
    if len(words) > LONGEST:
        raise ValidationError({"text": _("Un message tient en 4 000 caractères.")})
    return words


def _check_number(count: int) -> None:
    most = rule("exchange.conversations.participants").value
    if count > most:
        raise ValidationError(
            {"asked": _("Une conversation réunit {most} personnes au plus.").format(most=most)}
        )


def _seat(by: Person, row: Conversation) -> Participant:
    return Participant.objects.get(conversation=row, person=by)


def say(
    row: Conversation,
    own: Participant,
    words: str,
    key: str,
    *,
    by: Person | None,
    asked: Collection[int] = (),
) -> ConversationMessage:
    """Add the words of a participant to a conversation whose row is held; tell those who read it now.

    Inside an action that has checked who writes; `by` is None for what came by mail.
    """
    others = [one.participant for one in presence(row) if one.reads and one.participant != own]
    number, now = row.count + 1, timezone.now()
    message = ConversationMessage.objects.create(
        key=key, conversation=row, number=number, by=by, participant=own, at=now, text=words,
        search=searched(words),
    )  # fmt: skip
    row.count, row.last_at = number, now
    row.save(update_fields=["count", "last_at"])
    own.read, own.read_at = number, now
    own.save(update_fields=["read", "read_at"])
    Participant.objects.filter(conversation=row).exclude(archived_at=None).update(archived_at=None)
    named = cited(words, {one.pk: one.name for one in others}) | set(asked)
    for one in others:
        if one.professional is not None:
            queue_copy(message, one)
        if one.pk in named:
            Mention.objects.create(message=message, participant=one)
            _tell(by, row, one, Template.MENTIONED, f"{number}-{one.pk}")
        elif one.read == number - 1:  # who has already something to read was told of it
            _tell(by, row, one, Template.MESSAGE_WAITING, f"{number}-{one.pk}")
    tell_pages(row, f"message-{number}")
    return message


def _tell(by: Person | None, row: Conversation, seat: Participant, template: Template, key: str) -> None:
    """Tell somebody that a message waits, without a word of it or of whom it is about.

    It waits in their inbox by itself: no line more.
    """
    person = seat.person
    if person is None:
        return
    patient = row.patient if seat.seat == Seat.PATIENT.value else None
    notify(
        by=by,
        to=patient or person,
        template=template,
        parameters=Parameters(when=row.last_at),
        key=f"conversation-{row.pk}-{key}",
        scope=row.scope,
        path="" if patient else reverse("exchange:conversation", args=[row.pk]),
        has_line=False,
        subject=journal.target_of(row),
    )


def tell_pages(row: Conversation, key: str) -> None:
    """Let the open pages of a conversation hear that it changed, in the transaction of the write."""
    outbox.publish(topic_of(row.pk), {"scope": row.scope_id}, key=key)


def _locked(by: Person, conversation: Conversation) -> tuple[Conversation, Seen]:
    """Return the row, held, and what `by` sees of it now. Raises PermissionDenied."""
    Conversation.objects.keyed(conversation.pk).select_for_update().get()
    seen = seen_by(by, conversation.pk)
    if seen is None:
        raise PermissionDenied(_("Vous ne lisez pas cette conversation."))
    return seen.conversation, seen


def _kept(by: Person, conversation: Conversation) -> tuple[Conversation, Seen]:
    row, seen = _locked(by, conversation)
    if not seen.may_keep:
        raise PermissionDenied(_("Ce geste est celui des professionnels de la conversation."))
    return row, seen


def _same(known: Conversation, patient: people.Patient | None) -> Conversation:
    """Return what the same write made before. Raises ValidationError where it was about somebody else."""
    if known.patient_id != (patient.pk if patient else None):
        raise ValidationError(_used())
    return known


def _used() -> str:
    return _("Ce formulaire a déjà servi ailleurs. Rechargez la page, puis recommencez.")


def _record(by: Person, verb: str, row: Conversation, changes: dict[str, Any]) -> None:
    target = journal.target_of(row)
    journal.record(by=by, verb=verb, target=target, changes=changes, scope=row.scope_id)
