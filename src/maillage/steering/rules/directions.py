"""Which way a figure is better."""

from __future__ import annotations

from enum import StrEnum


class Better(StrEnum):
    """What a fall or a rise is."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


def is_better(effect: float, better: Better) -> bool | None:
    """Return whether an effect goes the right way; None where there is none."""
    if better is Better.NEITHER or effect == 0:
        return None
    return (effect < 0) is (better is Better.LOWER)
