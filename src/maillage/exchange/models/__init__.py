"""Tables of the exchange context, one aggregate a module."""

from maillage.exchange.models.calls import OUTCOME_LABELS, CallAttempt
from maillage.exchange.models.conversations import (
    AT_WORK,
    PART,
    SEAT_LABELS,
    Attachment,
    Conversation,
    ConversationMessage,
    ConversationQuerySet,
    Mention,
    Participant,
)
from maillage.exchange.models.files import StoredFile
from maillage.exchange.models.links import Link, can_link, opened
from maillage.exchange.models.mail import DOUBT_LABELS, MailCopy, MailReceived
from maillage.exchange.models.notifications import (
    CHANNEL_LABELS,
    FAILURE_LABELS,
    STATE_LABELS,
    ContactPreference,
    Notification,
    NotificationQuerySet,
)
from maillage.exchange.models.parameters import Parameters, number_to_call, short_sector

__all__ = [
    "AT_WORK",
    "CHANNEL_LABELS",
    "DOUBT_LABELS",
    "FAILURE_LABELS",
    "OUTCOME_LABELS",
    "PART",
    "SEAT_LABELS",
    "STATE_LABELS",
    "Attachment",
    "CallAttempt",
    "ContactPreference",
    "Conversation",
    "ConversationMessage",
    "ConversationQuerySet",
    "Link",
    "MailCopy",
    "MailReceived",
    "Mention",
    "Notification",
    "NotificationQuerySet",
    "Parameters",
    "Participant",
    "StoredFile",
    "can_link",
    "number_to_call",
    "opened",
    "short_sector",
]
