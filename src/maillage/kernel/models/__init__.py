"""The kernel's tables, one aggregate a module."""

from maillage.kernel.models.departure import Departure
from maillage.kernel.models.holding import InboxDeed, InboxHolding
from maillage.kernel.models.journal import AppendOnlyError, ChainHead, Entry
from maillage.kernel.models.lease import Lease
from maillage.kernel.models.outbox import Delivery, Message
from maillage.kernel.models.person import Person, PersonManager
from maillage.kernel.models.queued import JOB_LABELS, Queued
from maillage.kernel.models.role import RoleAssignment, RoleAssignmentQuerySet, Scope
from maillage.kernel.models.shapes import Authored, Keyed, made_once
from maillage.kernel.models.snooze import Snooze

__all__ = [
    "JOB_LABELS",
    "AppendOnlyError",
    "Authored",
    "ChainHead",
    "Delivery",
    "Departure",
    "Entry",
    "InboxDeed",
    "InboxHolding",
    "Keyed",
    "Lease",
    "Message",
    "Person",
    "PersonManager",
    "Queued",
    "RoleAssignment",
    "RoleAssignmentQuerySet",
    "Scope",
    "Snooze",
    "made_once",
]
