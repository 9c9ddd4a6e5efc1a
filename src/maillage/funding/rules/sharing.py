"""Sharing a sum among members, to the cent: what is shared is the pool less charges and the manager's bonus.

Each part is cut down to the cent; the cents that remain go one by one to those who lost most by the cut
(largest remainder), the first in the list where they are equal. The parts always make the sum exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from maillage.funding.rules.vocabulary import SharingKey


class SharingError(ValueError):
    """A key that cannot share; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Share:
    """What one member has: their weight over all weights, their part, the bonus, in cents."""

    weight: Fraction
    part: int
    bonus: int

    @property
    def cents(self) -> int:
        """All that they have."""
        return self.part + self.bonus


def shares(
    pool: int, charges: int, bonus: int, manager: int | None, key: SharingKey, weights: Sequence[Decimal]
) -> list[Share]:
    """Share `pool` less `charges` and `bonus` (for the member at place `manager`) by `key`.

    The weights count for nothing in an equal sharing, but for their number. Raises SharingError.
    """
    if not weights:
        raise SharingError("nobody")
    if min(pool, charges, bonus) < 0 or any(one < 0 for one in weights):
        raise SharingError("negative")
    if bonus and (manager is None or not 0 <= manager < len(weights)):
        raise SharingError("no_manager")
    net = pool - charges - bonus
    if net < 0:
        raise SharingError("too_much")
    exact = [Fraction(1 if key is SharingKey.EQUAL else one) for one in weights]
    whole = sum(exact, Fraction(0))
    if not whole:
        raise SharingError("no_weight")
    if key is SharingKey.PERCENT and whole != 100:
        raise SharingError("not_hundred")
    wanted = [net * one / whole for one in exact]
    parts = [int(one) for one in wanted]
    left = net - sum(parts)
    by_loss = sorted(range(len(parts)), key=lambda place: (parts[place] - wanted[place], place))
    for place in by_loss[:left]:
        parts[place] += 1
    return [
        Share(one / whole, part, bonus if place == manager else 0)
        for place, (one, part) in enumerate(zip(exact, parts, strict=True))
    ]
