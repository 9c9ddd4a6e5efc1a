"""What messages keep about patients: for their own copy, their demands and the register."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from maillage.exchange.models.calls import CallAttempt
from maillage.exchange.models.conversations import (
    Attachment,
    Conversation,
    ConversationMessage,
    Mention,
    Participant,
)
from maillage.exchange.models.mail import MailCopy, MailReceived
from maillage.exchange.models.notifications import ContactPreference, Notification
from maillage.kernel.contributions import Processing, Record

FILE, TRACE = "people.retention.file", "people.retention.trace"


def said_by_relatives(row: ConversationMessage) -> tuple[str, ...]:
    """Return what a carer wrote of the person, which is the carer's; nobody reads the searched form."""
    patient = row.conversation.patient
    is_patient = patient is not None and row.by_id is not None and row.by_id == patient.account_id
    outside = row.participant.is_outside_care and not is_patient
    return ("text", "search") if outside else ("search",)


def sent_by_relatives(row: Attachment) -> tuple[str, ...]:
    """Return the file that a carer sent, which is the carer's."""
    return ("name", "content") if "text" in said_by_relatives(row.message) else ()


RECORDS = (
    Record(Conversation, "patient", FILE),
    Record(Participant, "conversation__patient", FILE),
    Record(ConversationMessage, "conversation__patient", FILE, cared=("at",), withholds=said_by_relatives),
    Record(Attachment, "message__conversation__patient", FILE, withholds=sent_by_relatives),
    Record(MailCopy, "message__conversation__patient", FILE),
    Record(MailReceived, "message__conversation__patient", FILE),
    Record(Mention, "message__conversation__patient", FILE),
    Record(Notification, "patient", TRACE),
    Record(Notification, "person__patient_file", TRACE),
    Record(CallAttempt, "notification__patient", TRACE),
    Record(ContactPreference, "person__patient_file", FILE),
)
PROCESSING = Processing(
    _("Messages et appels"),
    _("Prévenir les personnes par le moyen qu’elles ont choisi, sans rien dire de leur santé."),
    _("Patients, aidants, professionnels"),
    _("La personne elle-même ; le service d’envoi de SMS et de courriels"),
)
