"""Actions of a project: their state, what is late, what their money comes to. Amounts are exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class ActionState(StrEnum):
    """Where an action stands; the two last are its ends."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    DROPPED = "dropped"


OPEN = frozenset({ActionState.PLANNED, ActionState.UNDER_WAY})


class MoneySource(StrEnum):
    """Who pays."""

    ACI = "aci"
    FIR = "fir"
    LOCAL = "local_authority"
    INSURANCE = "insurance"
    OTHER = "other"


def is_late(due: date | None, done: date | None, today: date) -> bool:
    """Return whether the day of a step has passed without it."""
    return due is not None and done is None and due < today


@dataclass(frozen=True, slots=True)
class Money:
    """What an action asked, was granted and spent; `unanswered` lines wait for an answer.

    `spent` is None for a reader to whom the accounts are closed.
    """

    asked: Decimal = Decimal(0)
    granted: Decimal = Decimal(0)
    spent: Decimal | None = Decimal(0)
    unanswered: int = 0

    def __add__(self, other: Money) -> Money:
        return Money(
            self.asked + other.asked,
            self.granted + other.granted,
            None if self.spent is None or other.spent is None else self.spent + other.spent,
            self.unanswered + other.unanswered,
        )

    @property
    def share_spent(self) -> Decimal | None:
        """The share of what was granted that is spent, None where nothing was, or where it is not known."""
        return self.spent / self.granted if self.granted and self.spent is not None else None

    @property
    def is_exceeded(self) -> bool:
        """Whether more is spent than was granted."""
        return self.spent is not None and self.spent > self.granted


def money(lines: Iterable[tuple[Decimal, Decimal | None, Decimal]]) -> Money:
    """Return what lines (asked, granted or None, spent) come to."""
    total = Money()
    for asked, granted, spent in lines:
        total += Money(asked, granted or Decimal(0), spent, int(granted is None))
    return total
