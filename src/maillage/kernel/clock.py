"""Which wall clock a page, a day or a message follows: that of the place it is about.

Instants are stored in UTC. What is read or typed as an hour or a day is so in the *current* zone of Django:
a page activates that of its scope, or of its reader; a job, which has no reader, asks for a scope's.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, time, timedelta, tzinfo

from django.utils import timezone

from maillage.kernel import access
from maillage.kernel.models import Person, Scope


def zone_of(scope: Scope | None) -> tzinfo:
    """Return the time zone of a scope; without one, the installation's own."""
    return timezone.get_default_timezone() if scope is None else scope.zone


def zone_for(person: Person) -> tzinfo:
    """Return the time zone in which a person reads what is about no scope in particular.

    It is that of the scopes where they hold a role today; the installation's own where these differ, and for
    who has a role everywhere or none.
    """
    scopes = [one.scope for one in access.roles_of(person)]
    zones = {one.time_zone for one in scopes if one is not None}
    alone = scopes and None not in scopes and len(zones) == 1
    return zone_of(scopes[0] if alone else None)


def today(scope: Scope | None) -> date:
    """Return which day it is in a scope."""
    return timezone.localdate(timezone=zone_of(scope))


def day_of(instant: datetime, scope: Scope | None) -> date:
    """Return the day of an aware instant in a scope."""
    return timezone.localdate(instant, zone_of(scope))


def bounds(day: date, scope: Scope | None) -> tuple[datetime, datetime]:
    """Return the aware instants at which `day` begins, and the next one, in a scope (23 to 25 h apart)."""
    zone = zone_of(scope)
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


class Days:
    """The days from `first` to `last`, both included, in one zone, found by bisection on their beginnings.

    For rows by tens of thousands: turning each instant into the hour of a zone takes longer than reading it.
    """

    def __init__(self, first: date, last: date, zone: tzinfo) -> None:
        self._days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
        self._starts = [datetime.combine(day, time(), zone).timestamp() for day in self._days]
        self._end = datetime.combine(last + timedelta(days=1), time(), zone).timestamp()

    def of(self, seconds: int) -> date:
        """Return the day of an instant (seconds since 1970). Raises ValueError where it is of none."""
        if not self._starts or not self._starts[0] <= seconds < self._end:
            raise ValueError(f"{seconds} s is of none of these {len(self._days)} days")
        return self._days[bisect_right(self._starts, seconds) - 1]
