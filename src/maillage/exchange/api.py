"""The front door of the exchange context: tell somebody something, say what became of it, count what waits.

`notify` is called in the transaction of the write it follows; see its docstring for who is told how. `told`
gives the sentence that a screen may say of it: what is known, and no more.
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
from maillage.exchange.queries.quiet import wakes_at
from maillage.exchange.queries.texts import asked_by
from maillage.exchange.queries.told import Standing, Told, last_said, told, told_of_many, will_be_told
from maillage.exchange.rules.vocabulary import Channel, Failure, Parameter, State, Template

__all__ = [
    "Channel",
    "Failure",
    "Link",
    "Notification",
    "Parameter",
    "Parameters",
    "Recipient",
    "Standing",
    "State",
    "Template",
    "Told",
    "asked_by",
    "can_link",
    "last_said",
    "notify",
    "number_to_call",
    "opened",
    "short_sector",
    "told",
    "told_of_many",
    "unread_count",
    "wakes_at",
    "will_be_told",
    "withdraw",
]
