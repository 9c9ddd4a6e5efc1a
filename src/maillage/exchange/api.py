"""The front door of the exchange context: tell somebody something, say what became of it, count what waits.

`notify` is called in the transaction of the write it follows; see its docstring for who is told how.
`message_status` gives the sentence that a screen may say of it: what is known, and no more.
"""

from maillage.exchange.actions.attachments import Taken as TakenFile
from maillage.exchange.actions.attachments import are_kept as are_files_kept
from maillage.exchange.actions.attachments import take as take_files
from maillage.exchange.actions.conversations import open_conversation
from maillage.exchange.actions.inbox import note_told
from maillage.exchange.actions.mailbox import receives as receives_mail
from maillage.exchange.actions.notify import Recipient, notify, withdraw
from maillage.exchange.actions.secure_mail import receive_mail
from maillage.exchange.actions.summaries import send_due_summaries
from maillage.exchange.models import (
    Conversation,
    Link,
    Notification,
    Parameters,
    StoredFile,
    can_link,
    number_to_call,
    opened,
    short_sector,
)
from maillage.exchange.queries.inbox import unread_count
from maillage.exchange.queries.mail import said_of_opening
from maillage.exchange.queries.message_status import (
    MessageState,
    MessageStatus,
    expected_message,
    hour_to_correct,
    last_announced,
    message_status,
    message_statuses,
)
from maillage.exchange.queries.presence import asked_in_circle
from maillage.exchange.queries.quiet import wakes_at
from maillage.exchange.queries.texts import asked_by
from maillage.exchange.rules.vocabulary import (
    PATIENT_TOLD_OF_AN_HOUR,
    PROFESSIONAL_TOLD_OF_AN_HOUR,
    Channel,
    Failure,
    Parameter,
    State,
    Template,
)

__all__ = [
    "PATIENT_TOLD_OF_AN_HOUR",
    "PROFESSIONAL_TOLD_OF_AN_HOUR",
    "Channel",
    "Conversation",
    "Failure",
    "Link",
    "MessageState",
    "MessageStatus",
    "Notification",
    "Parameter",
    "Parameters",
    "Recipient",
    "State",
    "StoredFile",
    "TakenFile",
    "Template",
    "are_files_kept",
    "asked_by",
    "asked_in_circle",
    "can_link",
    "expected_message",
    "hour_to_correct",
    "last_announced",
    "message_status",
    "message_statuses",
    "note_told",
    "notify",
    "number_to_call",
    "open_conversation",
    "opened",
    "receive_mail",
    "receives_mail",
    "said_of_opening",
    "send_due_summaries",
    "short_sector",
    "take_files",
    "unread_count",
    "wakes_at",
    "withdraw",
]
