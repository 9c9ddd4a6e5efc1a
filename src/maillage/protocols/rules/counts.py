"""Counts that may be shown: the small ones are hidden, and no total gives them back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """Counts as they may be shown: by name, None where hidden.

    `total` is the sum of those shown, never the true one: `is_floor` says that some are left out of it.
    """

    counts: Mapping[str, int | None]
    total: int
    is_floor: bool


def shown(counts: Mapping[str, int], threshold: int) -> Shown:
    """Hide each count under the threshold, zero included, as everywhere in the house."""
    kept = {name: count if count >= threshold else None for name, count in counts.items()}
    told = [count for count in kept.values() if count is not None]
    return Shown(kept, sum(told), len(told) < len(kept))
