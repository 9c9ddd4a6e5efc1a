"""The working days of a scope: by its public holidays, in its own time zone."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from maillage.kernel.models import Scope
from maillage.territory import api as territory
from maillage.transitions.rules import working_days


def today_in(scope: Scope) -> date:
    """Return the day that the clock of a scope shows."""
    return timezone.localdate(timezone=scope.zone)


def working_day_after(scope: Scope, day: date, count: int) -> date:
    """Return the `count`-th working day of a scope after `day`; one statement."""
    return working_days.after(day, count, territory.holidays_kept(scope, day).on)
