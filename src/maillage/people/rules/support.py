"""What helping somebody asks of a carer, said by themself: an estimate, and no verdict (S47)."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum


class Often(IntEnum):
    """How often something is true."""

    NEVER = 0
    SOMETIMES = 1
    OFTEN = 2
    ALMOST_ALWAYS = 3


def estimate(answers: Collection[int]) -> int:
    """Return what the answers come to, from 0 (never anything) to 100 (almost always everything).

    >>> estimate([0, 0]), estimate([3, 3]), estimate([1, 2, 0])
    (0, 100, 33)
    """
    return round(100 * sum(answers) / (max(Often) * len(answers)))
