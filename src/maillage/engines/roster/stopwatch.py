"""How much of a time limit is left: the only clock of the engine, which does no more than stop searches."""

from __future__ import annotations

import time


class OutOfTimeError(Exception):
    """A step that brings nothing until it ends was stopped by the limit."""


class Stopwatch:
    """Runs from its making; `limit`: seconds."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.began = time.monotonic()

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds until the limit, never negative."""
        return max(self.limit - self.spent, 0.0)

    @property
    def over(self) -> bool:
        """Whether the limit is reached."""
        return self.spent >= self.limit

    def check(self) -> None:
        """Raise OutOfTimeError where the limit is reached."""
        if self.over:
            raise OutOfTimeError

    def part(self, seconds: float) -> Stopwatch:
        """Another, from now, that ends with this one at the latest."""
        return Stopwatch(min(seconds, self.left))
