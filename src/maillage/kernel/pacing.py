"""How often something may be done where nobody is known: counted in memory alone, and kept nowhere.

A row for each time would tell when somebody came; here there is a number for an hour, in each process that
serves, which forgets it when the hour is over. It slows a machine down, and is no proof: with two processes,
twice as much passes.
"""

from __future__ import annotations

from django.core.cache import cache
from django.utils import timezone

_HOUR = 3600


def is_too_often(what: str, most: int) -> bool:
    """Count one time more of `what` in this hour; return whether that is over `most`."""
    key = f"pacing:{what}:{int(timezone.now().timestamp()) // _HOUR}"
    cache.add(key, 0, _HOUR)
    try:
        return cache.incr(key) > most
    except ValueError:  # forgotten between the two: the hour is over, or the memory is full
        return False
