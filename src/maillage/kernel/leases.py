"""One process at a time, on both databases, whichever machine it runs on, and another when it dies.

A lease is not a proof: a process that stopped for longer than its length may believe it still has it. What
runs under one must bear being done twice; the outbox does.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from maillage.kernel import databases
from maillage.kernel.models import Lease

#: The lease of the process that sends messages, follows the calendar and calculates the rosters.
LEADER = "leader"


def take(name: str, holder: str, length: timedelta) -> bool:
    """Take or renew a lease for `length`; False where another holder has it."""
    now = timezone.now()
    free = Q(holder=holder) | Q(until__lte=now)
    if Lease.objects.filter(free, name=name).update(holder=holder, until=now + length):
        return True
    return bool(databases.insert_new([Lease(name=name, holder=holder, until=now + length)], unique=("name",)))


def release(name: str, holder: str) -> None:
    """Give a lease back before its end, so that another need not wait for it."""
    Lease.objects.filter(name=name, holder=holder).update(until=timezone.now())
