"""Tables of the exchange context, one aggregate a module."""

from maillage.exchange.models.notifications import (
    CHANNEL_LABELS,
    FAILURE_LABELS,
    STATE_LABELS,
    ContactPreference,
    Notification,
    NotificationQuerySet,
)
from maillage.exchange.models.parameters import Parameters

__all__ = [
    "CHANNEL_LABELS",
    "FAILURE_LABELS",
    "STATE_LABELS",
    "ContactPreference",
    "Notification",
    "NotificationQuerySet",
    "Parameters",
]
