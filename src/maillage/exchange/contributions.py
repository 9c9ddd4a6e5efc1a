"""What `exchange` brings to the shared pages: the messages one click away, and what did not leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.exchange.actions.demonstration import create_demonstration_conversations
from maillage.exchange.actions.leaving import WITHDRAWALS
from maillage.exchange.models import OUTCOME_LABELS, PART, Conversation, MailReceived, Notification
from maillage.exchange.models.records import PROCESSING, RECORDS
from maillage.exchange.pages import conversation_blocks as talks
from maillage.exchange.queries.conversations import unread_conversations
from maillage.exchange.queries.inbox import (
    Line,
    calls_to_make,
    messages_to_read,
    read_lines,
    trouble_count,
    waiting_lines,
)
from maillage.exchange.queries.mail import mail_set_aside
from maillage.exchange.rules.vocabulary import CLOSING_MISSED, MESSAGES
from maillage.kernel import formats
from maillage.kernel.access import may
from maillage.kernel.contributions import (
    Block,
    Confided,
    Contribution,
    Deed,
    Entry,
    InboxLine,
    InboxSource,
    Panel,
    Verb,
    Waiting,
    Waits,
)
from maillage.kernel.inboxes import waiting_of
from maillage.kernel.models import Person
from maillage.kernel.rules import InboxGroup, Permission, Role, allows
from maillage.people.api import reached, veils

CALLS = "exchange.call"
#: Roles of those who care for patients, and so talk about them.
AT_CARE = (
    Role.PHYSICIAN,
    Role.NURSE,
    Role.PHARMACIST,
    Role.MIDWIFE,
    Role.PHYSIOTHERAPIST,
    Role.EHPAD,
    Role.CASE_MANAGER,
    Role.COORDINATOR,
)


def demonstrate(place: Any, now: datetime) -> None:
    """Write the conversations of the demonstration."""
    create_demonstration_conversations(place=place, now=now)


def unread(person: Person) -> Waiting | None:
    """Say how many messages and calls wait."""
    kinds = (waiting_of(person, CALLS), waiting_of(person, MESSAGES))
    count = sum(len(rows) for rows in kinds if rows)
    if not count:
        return None
    said = ngettext("{count} message ou appel en attente", "{count} messages ou appels en attente", count)
    said = said.format(count=formats.number(count))
    return Waiting(_("À lire, à appeler"), (), said, reverse("web:inbox"), _("Ouvrir « À traiter »"))


def undelivered(person: Person) -> Waiting | None:
    """Say how many messages did not reach their recipient."""
    if not may(person, Permission.VIEW_DELIVERIES):
        return None
    count = trouble_count(by=person)
    if not count:
        return None
    said = ngettext("{count} envoi n’a pas abouti", "{count} envois n’ont pas abouti", count)
    said = said.format(count=formats.number(count))
    url = f"{reverse('exchange:deliveries')}?voir=trouble"
    return Waiting(_("Envois"), (), said, url, _("Voir les envois"))


def inbox_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the messages and calls of some keys: whom to call at which numbers, and what came of it."""
    return [_inbox_line(one) for one in waiting_lines(person, keys)]


def _inbox_line(one: Line) -> InboxLine:
    row = one.notification
    page = f"{reverse('exchange:inbox')}#message-{row.pk}"
    if not row.is_call:
        read = Deed(_("Marquer comme lu"), reverse("exchange:close", args=[row.pk]))
        return InboxLine(row.pk, one.text.subject, row.path or page, detail=one.text.body, deeds=(read,))
    details = [one.text.body]
    if one.is_missed:
        details.append(_("Jamais prévenu : appelez, ou dites pourquoi l’appel est clos."))
    if one.carer_phones:
        details.append(_("Aidant : {carer}").format(carer=one.carer))
    if not (one.phones or one.carer_phones):
        details.append(_("numéro inconnu"))
    if one.needs_interpreter:
        details.append(_("Interprète nécessaire (langue : {language})").format(language=one.spoken))
    details += [f"{call.get_outcome_display()} · {call.by.get_full_name()}" for call in one.calls]
    return InboxLine(
        row.pk,
        one.text.subject,
        page,
        one.name,
        " · ".join(details),
        tuple(phone.digits for phone in (*one.phones, *one.carer_phones)),
        tuple(
            Deed(str(label), reverse("exchange:note_call", args=[row.pk]), fields=(("outcome", which.value),))
            for which, label in OUTCOME_LABELS.items()
            if one.is_missed or which not in CLOSING_MISSED
        ),
    )


def held_messages(owner: Person, holder: Person, keys: Sequence[int]) -> list[InboxLine]:  # noqa: ARG001 (one shape for all kinds)
    """Return the messages of some keys for whoever holds the inbox: they name no patient, tell no health."""
    return [
        InboxLine(
            one.notification.pk,
            one.text.subject,
            detail=one.text.body,
            deeds=(Deed(_("Marquer comme lu"), reverse("exchange:close", args=[one.notification.pk])),),
        )
        for one in waiting_lines(owner, keys)
        if not one.notification.is_call
    ]


def done_messages(owner: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return what the messages of some keys said, that somebody read for `owner`."""
    page = reverse("exchange:inbox")
    return [
        InboxLine(one.notification.pk, one.text.subject, f"{page}#message-{one.notification.pk}")
        for one in read_lines(owner, keys)
    ]


CONTRIBUTION = Contribution(
    "exchange",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Conversations"),
            "exchange:conversations",
            "messages",
            lazy("Écrire au cercle d’une personne, à des collègues, lire les réponses."),
            within=("exchange:conversation", "exchange:new_conversation"),
            order=38,
        ),
    ),
    first_screen=(
        Block("exchange.undelivered", {Role.ADMINISTRATOR: 2, Role.COORDINATOR: 4}, undelivered),
        Block(
            "exchange.conversations",
            # Whom to call, and one’s own duties, come before anything that can wait.
            dict.fromkeys(AT_CARE, 5) | {Role.PATIENT: 3, Role.CARER: 6},
            talks.to_read,
        ),
        Block("exchange.unread", dict.fromkeys(Role, 9), unread),
    ),
    panels=(
        Panel(
            "exchange.conversations",
            PART.value,
            "conversations à propos de la personne",
            talks.panel,
            order=40,
        ),
    ),
    inbox=(
        InboxSource(
            "exchange.conversation",
            lazy("Conversations"),
            "messages",
            frozenset(Role),
            Waits(unread_conversations, "last_at", seen=Conversation.objects.for_person),
            talks.inbox_lines,
            order=20,
            confided=Confided(
                InboxGroup.MESSAGES, veils(Conversation, lazy("Conversation à lire"), of_patient=False)
            ),
        ),
        InboxSource(
            CALLS,
            lazy("Appels"),
            "phone",
            frozenset(role for role in Role if allows(role, Permission.VIEW_PATIENTS)),
            Waits(calls_to_make, "created_at", "not_after"),
            inbox_lines,
            order=10,
            confided=Confided(InboxGroup.CALLS, reached(Notification, lazy("Appel à passer"), "patient")),
        ),
        InboxSource(
            "exchange.mail",
            lazy("Courriels mis de côté"),
            "mail",
            frozenset(AT_CARE),
            Waits(mail_set_aside, "received_at"),
            talks.mail_lines,
            order=25,
            confided=Confided(
                InboxGroup.MESSAGES, veils(MailReceived, lazy("Courriel mis de côté"), of_patient=False)
            ),
        ),
        InboxSource(
            MESSAGES,
            lazy("Messages"),
            "bell",
            frozenset(Role),
            Waits(messages_to_read, "created_at", "useful_until"),
            inbox_lines,
            order=60,
            confided=Confided(InboxGroup.MESSAGES, held_messages, done_messages),
        ),
    ),
    withdrawals=WITHDRAWALS,
    told_of_leavers=("exchange.contactpreference.person",),
    demonstrate=demonstrate,
    records=RECORDS,
    processing=PROCESSING,
)
