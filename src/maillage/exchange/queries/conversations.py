"""Reads of conversations: one's own list, one of them, what waits, what is found in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from maillage.exchange.models import (
    Attachment,
    Conversation,
    ConversationMessage,
    MailCopy,
    Mention,
    Participant,
)
from maillage.exchange.queries.presence import Present, presence
from maillage.exchange.rules.conversations import read_by, searched
from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.kernel.statements import given
from maillage.people import api as people

PER_PAGE = 30
LISTING, READING = "liste de ses conversations", "lecture d’une conversation"
OPENING = "photo ou document d’une conversation"


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation as somebody sees it: where they sit, who else does, what each may do now."""

    conversation: Conversation
    own: Present
    present: list[Present]

    @property
    def may_write(self) -> bool:
        """Whether the reader writes there now."""
        return self.own.writes and not self.conversation.is_closed

    @property
    def may_keep(self) -> bool:
        """Whether the reader asks somebody in, closes it: who cares, or a colleague."""
        return self.own.writes and not self.own.participant.is_outside_care

    @property
    def recipients(self) -> list[Participant]:
        """Who reads it now, beside the reader."""
        return [one.participant for one in self.present if one.reads and one != self.own]


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it is shown: who wrote it, whom it cites, who has read it."""

    message: ConversationMessage
    author: str
    is_own: bool
    is_new: bool
    refused_files: int = 0
    cited: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in a list: how many messages its reader has not read, whether one cites them."""

    conversation: Conversation
    unread: int
    last: ConversationMessage | None = None
    others: tuple[str, ...] = field(default=())
    is_cited: bool = False


def seen_by(person: Person, pk: int) -> Seen | None:
    """Return the conversation of that key where `person` reads it, None elsewhere; no line is left."""
    rows = Conversation.objects.for_person(person).filter(pk=pk)
    found = rows.select_related("patient__scope", "patient__account", "scope", "by", "closed_by").first()
    if found is None:
        return None
    present = presence(found)
    own = next((one for one in present if one.participant.person_id == person.pk), None)
    return Seen(found, own, present) if own is not None and own.reads else None


def log_reading(person: Person, conversation: Conversation, purpose: str = READING) -> None:
    """Leave a line in the access log of the patient whom a conversation is about."""
    if conversation.patient is not None:
        people.log_access(by=person, patients=[conversation.patient], what="part", purpose=purpose)


def attachment(seen: Seen, pk: int) -> Attachment | None:
    """Return a file of a conversation that its reader reads, None where there is none of that key."""
    return Attachment.objects.filter(message__conversation=seen.conversation, pk=pk).first()


def thread(seen: Seen, read: int) -> list[Said]:
    """Return the messages of a conversation in order; `read`: the last one its reader had read before."""
    cited = Prefetch("mentions", Mention.objects.select_related("participant__person"))
    copies = Prefetch("copies", MailCopy.objects.select_related("participant__professional"))
    files = Prefetch("attachments", Attachment.objects.defer("content"))
    rows = seen.conversation.messages.select_related(
        "participant__person", "participant__professional", "mail"
    )
    last = {one.participant.pk: one.participant.read for one in seen.present}
    names = {one.participant.pk: one.participant.name for one in seen.present}
    own = seen.own.participant.pk
    return [
        Said(
            row,
            row.participant.name,
            row.participant_id == own,
            row.number > read and row.participant_id != own,
            row.mail.refused_files if hasattr(row, "mail") else 0,
            tuple(one.participant.name for one in row.mentions.all()),
            tuple(names[one] for one in read_by(row.number, last, row.participant_id) if one != own),
        )
        for row in rows.prefetch_related(cited, files, copies)
    ]


def _unread(person: Person) -> Q:
    seats = Participant._base_manager.filter(
        person=person, left_at=None, conversation=OuterRef("pk"), read__lt=OuterRef("count")
    )
    return Q(Exists(seats))


def unread_conversations() -> QuerySet[Conversation]:
    """Return the conversations with a message that the reader has not read, for a statement.

    The base manager, for keys alone: whether the circle lets it is asked next.
    """
    return Conversation._base_manager.filter(_unread(given("person")))


@once
def waiting_conversations(person: Person) -> list[Conversation]:
    """Return the conversations with a message that `person` has not read, the oldest first; names nobody."""
    return list(Conversation.objects.for_person(person).filter(_unread(person)).order_by("last_at", "pk"))


@transaction.atomic
def waiting_rows(person: Person, keys: Sequence[int]) -> list[Row]:
    """Return those of some conversations that still wait for `person`; each patient named is logged."""
    rows = Conversation.objects.for_person(person).filter(_unread(person), pk__in=list(keys))
    return _rows(person, list(rows.select_related("patient__scope", "scope").order_by("last_at", "pk")))


@transaction.atomic
def own_conversations(
    person: Person, *, text: str = "", archived: bool = False, page: str | None = None
) -> tuple[Page[Conversation], list[Row]]:
    """Return a page of the conversations of `person`, the latest first; each patient named is logged.

    `text`: those whose subject or a message holds it; `archived`: those that they have put away.
    """
    rows = Conversation.objects.for_person(person)
    words = searched(text).strip()
    if words:
        said = ConversationMessage.objects.filter(conversation=OuterRef("pk"), search__contains=words)
        rows = rows.filter(Q(search__contains=words) | Exists(said))
    else:
        own = Participant._base_manager.filter(person=person, conversation=OuterRef("pk"))
        rows = rows.filter(Exists(own.filter(archived_at__isnull=not archived)))
    ordered = rows.select_related("patient__scope", "scope").order_by("-last_at", "-pk")
    shown = Paginator(ordered, PER_PAGE).get_page(page)
    return shown, _rows(person, list(shown.object_list))


def conversations_about(person: Person, patient: people.Patient, limit: int) -> list[Row]:
    """Return the conversations of `person` about a patient, the latest first; the panel logs the reading."""
    rows = Conversation.objects.for_person(person).filter(patient=patient)
    found = rows.select_related("scope").order_by("-last_at", "-pk")[:limit]
    return _rows(person, list(found), logs=False)


def _rows(person: Person, found: list[Conversation], *, logs: bool = True) -> list[Row]:
    patients = {one.patient_id: one.patient for one in found if one.patient is not None}
    if patients and logs:
        people.log_access(by=person, patients=patients.values(), what="list", purpose=LISTING)
    keys = [one.pk for one in found]
    seats = Participant.objects.filter(conversation__in=keys, left_at=None)
    others: dict[int, list[str]] = {key: [] for key in keys}
    read: dict[int, int] = {}
    for seat in seats.select_related("person", "professional").order_by("added_at", "pk"):
        if seat.person_id == person.pk:
            read[seat.conversation_id] = seat.read
        else:
            others[seat.conversation_id].append(seat.name)
    latest = ConversationMessage.objects.filter(
        conversation__in=keys, number=F("conversation__count")
    ).select_related("participant__person", "participant__professional")
    last = {one.conversation_id: one for one in latest}
    cited = Mention.objects.filter(
        message__conversation__in=keys, participant__person=person, message__number__gt=F("participant__read")
    )
    citing = set(cited.values_list("message__conversation", flat=True))
    return [
        Row(
            one,
            max(0, one.count - read.get(one.pk, one.count)),
            last.get(one.pk),
            tuple(others[one.pk]),
            one.pk in citing,
        )
        for one in found
    ]


def own_alarms(seen: Seen) -> list[str]:
    """Return the words that call for the 15 in what a patient or a carer wrote last, and nobody answered."""
    if not seen.own.participant.is_outside_care:
        return []
    last = ConversationMessage.objects.filter(conversation=seen.conversation).order_by("-number").first()
    if last is None or last.participant_id != seen.own.participant.pk:
        return []
    return people.words_of_danger(last.text)
