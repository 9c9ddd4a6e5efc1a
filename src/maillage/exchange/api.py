"""The front door of the exchange context: tell somebody something, count what waits in an inbox.

`notify` is called in the transaction of the write it follows; see its docstring for who is told how.
"""

from maillage.exchange.actions.notify import Recipient, notify
from maillage.exchange.models import Notification, Parameters
from maillage.exchange.queries.inbox import unread_count
from maillage.exchange.rules.vocabulary import Channel, Failure, Parameter, State, Template

__all__ = [
    "Channel",
    "Failure",
    "Notification",
    "Parameter",
    "Parameters",
    "Recipient",
    "State",
    "Template",
    "notify",
    "unread_count",
]
