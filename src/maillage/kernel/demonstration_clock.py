"""The clock of a demonstration: whatever the day, it opens on a Saturday at 14:05, and then time passes.

Only `maillage demo` sets it, in a file of the installation; only settings with MAILLAGE_DEMO read that file.
Everywhere else Django's own clock is left as it is. It never goes back, so that what was done stays in order:
started again once the afternoon is over, a demonstration opens on the following Saturday.
"""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils import timezone

ZONE = ZoneInfo("Europe/Paris")
SATURDAY, OPENS, ENDS = 5, time(14, 5), time(16)
FILE = "demonstration-clock.json"
_real_now = timezone.now
_ahead: timedelta | None = None


def read(home: Path) -> None:
    """Follow the clock that `advance` wrote under `home`; where there is none, leave Django's own.

    Called by the settings, before any model takes `timezone.now` as a default.
    """
    global _ahead
    try:
        seconds = float(json.loads((home / FILE).read_text(encoding="utf-8"))["seconds_ahead"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return
    _ahead = timedelta(seconds=seconds)
    timezone.now = now


def advance(home: Path) -> datetime:
    """Open on the Saturday to come, unless that of the last start is not over; return the time it then is."""
    read(home)
    before = _real_now() + (_ahead or timedelta(0))
    opening = before if _ahead is not None and _is_open(before) else opening_after(before)
    seconds = (opening - _real_now()).total_seconds()
    part = home / f"{FILE}.part"
    part.write_text(json.dumps({"seconds_ahead": seconds}), encoding="utf-8")
    part.replace(home / FILE)
    read(home)
    return now()


def now() -> datetime:
    """Return the instant that the demonstration shows, aware."""
    return _real_now() + (_ahead or timedelta(0))


def is_followed() -> bool:
    """Return whether this process shows the time of a demonstration."""
    return timezone.now is now


def opening_after(instant: datetime) -> datetime:
    """Return the first Saturday at 14:05, in Paris, from `instant` on."""
    local = instant.astimezone(ZONE)
    day = local.date() + timedelta(days=(SATURDAY - local.weekday()) % 7)
    opening = datetime.combine(day, OPENS, ZONE)
    return opening if opening >= local else datetime.combine(day + timedelta(days=7), OPENS, ZONE)


def _is_open(instant: datetime) -> bool:
    local = instant.astimezone(ZONE)
    return local.weekday() == SATURDAY and OPENS <= local.time() < ENDS
