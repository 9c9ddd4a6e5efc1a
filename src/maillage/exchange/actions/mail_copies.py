"""Hands a message of a conversation to the worker, for one professional whom a secure mail reaches."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from maillage.exchange.models import ConversationMessage, MailCopy, Participant
from maillage.kernel import outbox

MAIL_QUEUED = "exchange.mail_queued"
#: The worker sends, not the request of whoever wrote.
_HAND_OVER = timedelta(seconds=1)


def queue_copy(message: ConversationMessage, participant: Participant) -> None:
    """Hand a message to the worker, for one professional, in the transaction that writes it."""
    domain = settings.MSSANTE_ADDRESS.rpartition("@")[2] or "maillage"
    copy = MailCopy.objects.create(
        message=message, participant=participant, mail_id=f"<{uuid4().hex}@{domain}>"[:120]
    )
    outbox.publish(
        MAIL_QUEUED, {"copy": copy.pk}, key=f"copy-{copy.pk}", not_before=timezone.now() + _HAND_OVER
    )
