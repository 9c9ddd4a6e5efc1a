"""A published value beside what the same period gives today. No framework."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """A value, what it was made of, and the digest of all its counted rows; `value` None where none."""

    value: float | None
    numerator: int
    denominator: int
    rows: int
    digest: str
    version: str


@dataclass(frozen=True, slots=True)
class Change:
    """What differs: `value` and `numerator`, `denominator`, `rows` as now less then.

    `is_silent`: rows changed and the value did not. `is_redefined`: another version of the definition.
    """

    value: float | None
    numerator: int
    denominator: int
    rows: int
    is_silent: bool
    is_redefined: bool


def change(then: Reading, now: Reading) -> Change | None:
    """Return what changed since a value was published, None where nothing did."""
    if then.digest == now.digest and then.version == now.version:
        return None
    known = then.value is not None and now.value is not None
    moved = now.value - then.value if then.value is not None and now.value is not None else None
    return Change(
        moved,
        now.numerator - then.numerator,
        now.denominator - then.denominator,
        now.rows - then.rows,
        is_silent=moved == 0 if known else then.value == now.value,
        is_redefined=then.version != now.version,
    )
