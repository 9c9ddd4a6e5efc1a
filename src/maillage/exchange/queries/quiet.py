"""The hours in which nobody's telephone rings for what does not press, on a territory's wall clock."""

from __future__ import annotations

from datetime import datetime, time, tzinfo
from typing import TypedDict

from maillage.exchange.rules.quiet import first_moment
from maillage.kernel import clock
from maillage.kernel.models import Scope
from maillage.kernel.sourced_rules import rule


class QuietHours(TypedDict):
    """From `begins`, included, to `ends`, excluded, by the clock of `zone`."""

    begins: time
    ends: time
    zone: tzinfo


def quiet_hours(scope: Scope | None) -> QuietHours:
    """Return the quiet hours of the rule `exchange.quiet_hours` in a scope."""
    quiet = rule("exchange.quiet_hours").value
    begins, ends = time.fromisoformat(quiet["begins"]), time.fromisoformat(quiet["ends"])
    return {"begins": begins, "ends": ends, "zone": clock.zone_of(scope)}


def wakes_at(at: datetime, *, scope: Scope | None) -> datetime:
    """Return when somebody may be told what is known at `at`: then, or at the end of the quiet hours."""
    return first_moment(at, **quiet_hours(scope))
