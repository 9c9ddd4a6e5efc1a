"""What conversations bring to shared pages: the inbox, the first screen, a patient's page."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.exchange.models import Conversation
from maillage.exchange.pages.conversation_presenters import about
from maillage.exchange.queries.conversations import (
    Row,
    conversations_about,
    waiting_conversations,
    waiting_rows,
)
from maillage.exchange.queries.mail import aside_lines
from maillage.exchange.queries.presence import may_open
from maillage.kernel import formats
from maillage.kernel.access import roles_of
from maillage.kernel.contributions import (
    SHOWN,
    Deed,
    InboxLine,
    Line,
    PanelContent,
    Waiting,
    rows_waiting,
)
from maillage.kernel.inboxes import nothing_waits
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people import api as people

OUTSIDE_CARE = frozenset({Role.PATIENT.value, Role.CARER.value})
#: Characters of the last message that a line of the inbox shows.
_EXCERPT = 400


def inbox_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the conversations of some keys with their last message, answered in place."""
    return [_inbox_line(one, person) for one in waiting_rows(person, keys)]


def _inbox_line(one: Row, person: Person) -> InboxLine:
    row, last = one.conversation, one.last
    said = f"{last.participant.name} : {Truncator(last.text).chars(_EXCERPT)}" if last is not None else ""
    if one.is_cited:
        said = " · ".join((_("On vous cite"), said))
    read = Deed(_("Marquer comme lue"), reverse("exchange:read_conversation", args=[row.pk]))
    answer = Deed(
        _("Répondre"),
        reverse("exchange:answer_conversation", args=[row.pk]),
        _("Votre réponse"),
        (("key", uuid4().hex),),
    )
    page = reverse("exchange:conversation", args=[row.pk])
    deeds = (read,) if row.is_closed else (answer, read)
    return InboxLine(row.pk, row.subject, page, about(row, person), said, deeds=deeds)


def mail_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the mails set aside of some keys: why, and what is done of them in place."""
    lines = []
    for row, conversation in aside_lines(person, keys):
        where = [conversation.pk, row.pk]
        take = Deed(_("Ajouter à la conversation"), reverse("exchange:take_mail", args=where))
        refuse = Deed(_("Écarter"), reverse("exchange:refuse_mail", args=where))
        deeds = (take, refuse) if row.text and not conversation.is_closed else (refuse,)
        detail = " · ".join(filter(None, (row.sender, row.get_doubt_display(), row.text[:_EXCERPT])))
        page = reverse("exchange:conversation", args=[conversation.pk])
        lines.append(
            InboxLine(row.pk, conversation.subject, page, about(conversation, person), detail, deeds=deeds)
        )
    return lines


def to_read(person: Person) -> Waiting | None:
    """Say which conversations have something to read, without a subject or a name."""
    rows = [] if nothing_waits(person, "exchange.conversation") else waiting_conversations(person)
    said = ngettext("{count} conversation à lire", "{count} conversations à lire", len(rows))
    return rows_waiting(
        _("Conversations"),
        rows,
        lambda row: _line(row, person),
        said,
        url=reverse("exchange:conversations"),
        gesture=_("Lire les messages"),
    )


def _line(row: Conversation, person: Person) -> Line:
    if row.patient_id is None:
        what = _("Entre collègues")
    else:
        is_outside = all(one.role in OUTSIDE_CARE for one in roles_of(person))
        with_them = _("Avec l’équipe de soins") if is_outside else _("Avec la personne")
        what = with_them if row.is_open_to_patient else _("À propos d’une personne suivie")
    page = reverse("exchange:conversation", args=[row.pk])
    return Line(what, page, formats.date_long(row.last_at))


def panel(person: Person, patient: people.Patient) -> PanelContent | None:
    """Say what one talks of a patient with their circle, and how to ask it something."""
    if not may_open(person, patient):
        return None
    rows = conversations_about(person, patient, SHOWN)
    begin = f"{reverse('exchange:new_conversation')}?patient={patient.pk}"
    lines = [
        Line(
            one.conversation.subject,
            reverse("exchange:conversation", args=[one.conversation.pk]),
            _unread(one),
        )
        for one in rows
    ]
    if patient.account_id == person.pk:
        finding = "" if rows else _("Écrivez à ceux qui vous soignent ; pour une urgence, appelez le 15.")
        return PanelContent(_("Messages"), finding, tuple(lines), begin, _("Écrire à mon équipe de soins"))
    lines.append(Line(_("Écrire avec la personne : elle lit tout"), f"{begin}&avec=patient"))
    finding = "" if rows else _("Aucune conversation à son propos.")
    return PanelContent(_("Messages"), finding, tuple(lines), begin, _("Demander au cercle"))


def _unread(one: Row) -> str:
    when = formats.date_long(one.conversation.last_at)
    if not one.unread:
        return when
    said = ngettext("{count} message à lire", "{count} messages à lire", one.unread)
    return " · ".join((said.format(count=formats.number(one.unread)), when))
