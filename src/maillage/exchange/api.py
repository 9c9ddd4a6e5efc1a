"""The front door of the exchange context: tell somebody something, count what waits, read a secret address.

`notify` is called in the transaction of the write it follows; see its docstring for who is told how.
"""

from maillage.exchange.actions.notify import Recipient, notify, withdraw
from maillage.exchange.models import (
    Link,
    Notification,
    Parameters,
    can_link,
    number_to_call,
    opened,
    short_sector,
)
from maillage.exchange.queries.inbox import unread_count
from maillage.exchange.queries.texts import asked_by
from maillage.exchange.rules.vocabulary import Channel, Failure, Parameter, State, Template

__all__ = [
    "Channel",
    "Failure",
    "Link",
    "Notification",
    "Parameter",
    "Parameters",
    "Recipient",
    "State",
    "Template",
    "asked_by",
    "can_link",
    "notify",
    "number_to_call",
    "opened",
    "short_sector",
    "unread_count",
    "withdraw",
]
