"""Shapes conversations for their pages: sentences, names, what a reader must know before writing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.exchange.models import Conversation, ConversationMessage
from maillage.exchange.queries import conversations as queries
from maillage.exchange.queries.conversations import Row, Seen
from maillage.exchange.queries.mail import asides_of, said_state, states_of
from maillage.exchange.queries.presence import Candidate, Present
from maillage.exchange.rules.conversations import OUTSIDE_CARE, Seat
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.parameters import query_kept
from maillage.people import api as people

#: Characters of a message shown in a list.
SHOWN = 140


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A conversation in the list."""

    conversation: Conversation
    about: str
    others: str
    excerpt: str
    author: str
    unread: int
    is_cited: bool


def row(one: Row, person: Person) -> ShownRow:
    """Shape a conversation for the list of `person`."""
    return ShownRow(
        one.conversation,
        about(one.conversation, person),
        named(list(one.others)) if one.others else _("personne d’autre"),
        Truncator(one.last.text).chars(SHOWN) if one.last else "",
        one.last.participant.name if one.last else "",
        one.unread,
        one.is_cited,
    )


def named(names: Iterable[str]) -> str:
    """Return names as a sentence lists them."""
    return ", ".join(names)


def about(conversation: Conversation, person: Person) -> str:
    """Return whom a conversation is about, empty for a topic and for the patient themself."""
    patient = conversation.patient
    return "" if patient is None or patient.account_id == person.pk else patient.name


def finding(waiting: Sequence[Conversation]) -> str:
    """Say how many conversations have something to read."""
    if not waiting:
        return _("Tout est lu.")
    said = ngettext("{count} conversation à lire.", "{count} conversations à lire.", len(waiting))
    return said.format(count=formats.number(len(waiting)))


def query(text: str, *, archived: bool) -> str:
    """Return what the links to other pages of the list keep."""
    kept = [("q", [text])] if text else []
    return query_kept([*kept, *([("voir", ["rangees"])] if archived else [])])


def heading(patient: people.Patient | None, *, is_own: bool, opened: bool) -> str:
    """Return the title of the page that opens a conversation."""
    if patient is None:
        return _("Écrire à des collègues")
    if is_own:
        return _("Écrire à mon équipe de soins")
    if opened:
        return _("Écrire avec {name}").format(name=patient.name)
    return _("Demander au cercle de {name}").format(name=patient.name)


def outside_names(candidates: Iterable[Candidate]) -> str:
    """Return the names of the patient and carers among who may be asked."""
    return named([str(one.named) for one in candidates if one.seat in OUTSIDE_CARE])


def outside_readers(seen: Seen) -> str:
    """Return the names of the patient and carers who read a conversation now, the reader left out."""
    return named(
        [
            one.participant.name
            for one in seen.present
            if one.reads and one.participant.is_outside_care and one != seen.own
        ]
    )


def sentence(seen: Seen) -> str:
    """Say who reads a conversation now."""
    names = [one.name for one in seen.recipients]
    if not names:
        return _("Personne d’autre ne lit cette conversation pour l’instant.")
    return _("Avec {names}.").format(names=named(names))


def patient_link(seen: Seen) -> str:
    """Return the address of the file of the patient, empty for whom it does not open."""
    patient = seen.conversation.patient
    if patient is None or seen.own.participant.seat == Seat.CARER.value:
        return ""
    return reverse("people:patient", args=[patient.pk])


def seat(one: Present) -> dict[str, Any]:
    """Shape a participant: their name, as what, whether they read it now."""
    said = one.participant.get_seat_display()
    return {"name": one.participant.name, "as": said, "reads": one.reads, "writes": one.writes}


def mailed(message: ConversationMessage) -> list[tuple[str, str]]:
    """Return to whom a message goes by secure mail, and what is known of it."""
    return [(one.participant.name, said_state(one)) for one in message.copies.all()]


def thread_context(seen: Seen, read: int) -> dict[str, Any]:
    """Return what the part of the page that lives says: the messages, who reads, whether it is closed."""
    return {
        "conversation": seen.conversation,
        "thread": [(one, mailed(one.message)) for one in queries.thread(seen, read)],
        "asides": asides_of(seen),
        "people": [seat(one) for one in seen.present],
        "version": version(seen),
    }


def version(seen: Seen) -> str:
    """Return what changes whenever the part of the page that lives would."""
    row = seen.conversation
    told = [str(row.count), str(row.closed_at)]
    told += [f"{pk}:{state}" for pk, state in states_of(row)]
    told += [f"aside:{one.pk}" for one in asides_of(seen)]
    told += [f"{one.participant.pk}:{one.participant.read}:{one.reads}:{one.writes}" for one in seen.present]
    return hashlib.sha256("|".join(told).encode()).hexdigest()[:16]
