"""Messages of a conversation by secure health mail, to a professional without an account; their answers."""

from __future__ import annotations

import email
import email.policy
import io
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from maillage.exchange.actions import attachments, mailbox
from maillage.exchange.actions.conversations import say, tell_pages
from maillage.exchange.actions.mail_copies import MAIL_QUEUED
from maillage.exchange.actions.transports import TransportError
from maillage.exchange.models import (
    Attachment,
    Conversation,
    ConversationMessage,
    MailCopy,
    MailReceived,
)
from maillage.exchange.queries.conversations import seen_by
from maillage.exchange.queries.presence import presence
from maillage.exchange.rules.attachments import MEDIA_TYPES, FileKind
from maillage.exchange.rules.conversations import LONGEST
from maillage.exchange.rules.mail import Doubt, MailFate, doubt, ids_in, own_words
from maillage.exchange.rules.masking import masked_email
from maillage.exchange.rules.vocabulary import State
from maillage.kernel import access, journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule


@outbox.handles(MAIL_QUEUED, outside=True)
def deliver_copy(event: outbox.Event) -> None:
    """Send one copy, if its reader is still in the circle. Raises TransportError for the outbox to try again.

    The same Message-ID at each attempt: a server, or a reader, recognises a repetition.
    """
    copy = MailCopy.objects.select_related(
        "message__conversation__patient", "message__participant__person", "participant__professional"
    ).get(pk=event.payload["copy"])
    if copy.state in {State.SENT.value, State.ABANDONED.value}:
        return
    address = copy.participant.professional.mssante if copy.participant.professional else ""
    if not address or not mailbox.sends() or not _reads(copy):
        _note(copy, State.ABANDONED, _("adresse retirée, ou plus dans le cercle de soins"))
        return
    copy.attempts += 1
    copy.sent_to = masked_email(address)
    try:
        mailbox.send(written(copy, address))
    except TransportError as error:
        is_over = error.is_final or copy.attempts >= rule("exchange.delivery.attempts").value
        _note(copy, State.ABANDONED if is_over else State.FAILED, str(error))
        if not is_over:
            raise
        return
    copy.sent_at = timezone.now()
    _note(copy, State.SENT, "")


def _reads(copy: MailCopy) -> bool:
    return any(
        one.participant == copy.participant and one.reads for one in presence(copy.message.conversation)
    )


def _note(copy: MailCopy, state: State, detail: str) -> None:
    copy.state, copy.detail = state.value, detail[:80]
    with transaction.atomic():
        copy.save(update_fields=["state", "detail", "attempts", "sent_to", "sent_at"])
        tell_pages(copy.message.conversation, f"copy-{copy.pk}-{copy.attempts}-{copy.state}")


def written(copy: MailCopy, address: str) -> EmailMessage:
    """Return the mail of a copy: who writes, of whom, the text, the files; nothing of that in its subject."""
    message, row = copy.message, copy.message.conversation
    mail = EmailMessage()
    with translation.override("fr"):
        mail["Subject"] = _("Un message du cercle de soins (nº {number})").format(number=row.pk)
        lines = [_("{name} vous écrit :").format(name=message.participant.name), "", message.text, ""]
        if row.patient is not None:
            lines.insert(
                0, _("À propos de {name}, {born}").format(name=row.patient.name, born=row.patient.born)
            )
        lines.append(_("Répondez à ce courriel : votre réponse rejoint la conversation."))
        lines.append(_("Une urgence ? Appelez le 15."))
    mail["From"], mail["To"], mail["Message-ID"] = settings.MSSANTE_ADDRESS, address, copy.mail_id
    before = MailCopy.objects.filter(participant=copy.participant, pk__lt=copy.pk).order_by("-pk").first()
    if before is not None:
        mail["In-Reply-To"] = mail["References"] = before.mail_id
    mail.set_content("\n".join(lines))
    for file in Attachment.objects.filter(message=message):
        kind, _slash, part = MEDIA_TYPES[FileKind(file.kind)].partition("/")
        mail.add_attachment(bytes(file.content), maintype=kind, subtype=part, filename=file.name)
    return mail


def receive_mail() -> int:
    """Take what came in the mailbox; return how many mails were. Raises TransportError."""
    return mailbox.collect(take_mail, set_aside) if mailbox.receives() else 0


@transaction.atomic
def take_mail(content: bytes) -> None:
    """Put a mail in the conversation that it answers, or set it aside for a human; the same mail, once."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    key, sender, copy = _headers(mail, content)
    if MailReceived.objects.filter(mail_id=key).exists():
        return
    text = own_words(_text(mail))[:LONGEST] if copy is not None else ""
    sheet = copy.participant.professional if copy is not None else None
    why = doubt(
        is_known=copy is not None,
        is_sender=sheet is not None and sender == sheet.mssante.lower(),
        reads=copy is not None and _reads(copy),
        is_closed=copy is not None and copy.message.conversation.is_closed,
        has_words=bool(text),
    )
    row = MailReceived(
        mail_id=key, sender=sender, copy=copy, text=text, fate=MailFate.ASIDE.value, doubt=why.value
    )
    if why is Doubt.NONE and copy is not None:
        files, row.refused_files = _files(mail)
        row.message = _join(copy, text, key, files)
        row.fate = MailFate.TAKEN.value
    elif copy is not None:
        row.refused_files = sum(1 for _part in mail.iter_attachments())
        _tell_aside(copy, key)
    row.save(force_insert=True)


@transaction.atomic
def set_aside(content: bytes, why: Doubt) -> None:
    """Note from its headers that a mail came and could not be taken; the same mail, once.

    Of what answers a conversation, whoever keeps it is told; of the rest, whoever reads deliveries.
    """
    mail = BytesHeaderParser(policy=email.policy.default).parsebytes(content)
    key, sender, copy = _headers(mail, content)
    if not MailReceived.objects.filter(mail_id=key).exists():
        MailReceived.objects.create(
            mail_id=key, sender=sender, copy=copy, fate=MailFate.ASIDE.value, doubt=why.value
        )
        if copy is not None:
            _tell_aside(copy, key)


def _headers(mail: EmailMessage, content: bytes) -> tuple[str, str, MailCopy | None]:
    """Return what names a mail, its sender, and the copy that it answers."""
    key = _header(mail, "Message-ID")[:255] or f"<{sha256(content).hexdigest()}@inconnu>"
    asked = ids_in([_header(mail, "In-Reply-To"), _header(mail, "References")])
    rows = MailCopy.objects.filter(mail_id__in=asked)
    copy = rows.select_related("message__conversation", "participant__professional").order_by("-pk").first()
    return key, parseaddr(_header(mail, "From"))[1].lower()[:254], copy


def _tell_aside(copy: MailCopy, key: str) -> None:
    tell_pages(copy.message.conversation, f"aside-{sha256(key.encode()).hexdigest()[:40]}")


def _join(copy: MailCopy, text: str, key: str, files: list[attachments.Taken]) -> ConversationMessage:
    """Add what came to its conversation, as its author's."""
    row = Conversation.objects.keyed(copy.message.conversation_id).select_for_update().get()
    message = say(row, copy.participant, text, sha256(key.encode()).hexdigest(), by=None)
    attachments.attach(message, files)
    target = journal.target_of(row)
    changes = {"count": [message.number - 1, message.number]}
    journal.record(by=None, verb="exchange.mail_received", target=target, changes=changes, scope=row.scope_id)
    return message


@transaction.atomic
def settle(*, by: Person, mail: MailReceived, is_taken: bool) -> MailReceived:
    """Let a mail set aside join the conversation that it answers, or leave it out; settled already, nothing.

    For who keeps that conversation; of one that answers none, for who reads deliveries, who can only note it
    as seen. Raises PermissionDenied; ValidationError where nothing may be taken.
    """
    row = MailReceived.objects.select_for_update().get(pk=mail.pk)
    copies = MailCopy.objects.select_related("message__conversation", "participant")
    copy = copies.filter(pk=row.copy_id).first() if row.copy_id is not None else None
    conversation = copy.message.conversation if copy is not None else None
    if conversation is None:
        access.require(by, Permission.VIEW_DELIVERIES)
    else:
        seen = seen_by(by, conversation.pk)
        if seen is None or not seen.may_keep:
            raise PermissionDenied(_("Vous ne lisez pas cette conversation."))
    if row.fate != MailFate.ASIDE.value or row.handled_at is not None:
        return row
    if is_taken:
        if copy is None or not row.text or copy.message.conversation.is_closed:
            raise ValidationError(_("Ce courriel ne peut pas rejoindre la conversation."))
        row.message, row.fate = _join(copy, row.text, row.mail_id, []), MailFate.TAKEN.value
    elif conversation is not None:
        row.fate = MailFate.REFUSED.value
    row.handled_by, row.handled_at = by, timezone.now()
    row.save(update_fields=["message", "fate", "handled_by", "handled_at"])
    target = journal.target_of(conversation) if conversation is not None else journal.target_of(row)
    changes = {"fate": [MailFate.ASIDE.value, row.fate]}
    scope = conversation.scope_id if conversation is not None else None
    journal.record(by=by, verb="exchange.mail_settled", target=target, changes=changes, scope=scope)
    return row


def _header(mail: EmailMessage, name: str) -> str:
    """Return a header as text, empty where there is none or it cannot be read."""
    try:
        return _storable(str(mail.get(name, ""))).strip()
    except Exception:  # a header broken on purpose raises of many kinds
        return ""


def _text(mail: EmailMessage) -> str:
    """Return the plain text of a mail; of one in HTML alone, nothing: a human opens it."""
    try:
        body = mail.get_body(preferencelist=("plain",))
        return _storable(str(body.get_content())) if body is not None else ""
    except Exception:  # an unknown encoding, a part broken on purpose
        return ""


def _storable(text: str) -> str:
    """Return a text that a database keeps: without NUL, nor half of a character."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _files(mail: EmailMessage) -> tuple[list[attachments.Taken], int]:
    """Return the files of a mail written anew, and how many were refused."""
    taken: list[attachments.Taken] = []
    refused = 0
    for part in mail.iter_attachments():
        try:
            content, name = part.get_payload(decode=True), _storable(part.get_filename() or "")
        except Exception:  # a name broken on purpose raises of many kinds
            refused += 1
            continue
        if not isinstance(content, bytes) or len(taken) >= rule("exchange.attachments.number").value:
            refused += 1
            continue
        try:
            taken += attachments.take([(name, len(content), io.BytesIO(content))])
        except ValidationError:
            refused += 1
    return taken, refused
