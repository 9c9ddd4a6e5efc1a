"""Tables of the exchange context, one aggregate a module."""

from maillage.exchange.models.calls import OUTCOME_LABELS, CallAttempt
from maillage.exchange.models.links import Link, can_link, opened
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
    "CHANNEL_LABELS",
    "FAILURE_LABELS",
    "OUTCOME_LABELS",
    "STATE_LABELS",
    "CallAttempt",
    "ContactPreference",
    "Link",
    "Notification",
    "NotificationQuerySet",
    "Parameters",
    "can_link",
    "number_to_call",
    "opened",
    "short_sector",
]
