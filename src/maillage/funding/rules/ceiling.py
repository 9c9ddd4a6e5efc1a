"""The yearly ceiling of one professional: what remains, whether an amount fits, to the cent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """What a ceiling leaves before an amount is entered, in cents."""

    ceiling: int
    entered: int

    @property
    def remaining(self) -> int:
        """What may still be entered."""
        return max(0, self.ceiling - self.entered)

    def excess(self, cents: int) -> int:
        """Return by how much `cents` more would cross the ceiling; 0 where it fits, equality included."""
        return max(0, self.entered + cents - self.ceiling)

    def split(self, cents: int) -> tuple[int, int]:
        """Return what of `cents` may be entered, and what is left out."""
        kept = min(cents, self.remaining)
        return kept, cents - kept
