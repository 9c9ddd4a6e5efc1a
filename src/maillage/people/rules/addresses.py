"""Where somebody lives: their addresses by period, which of them is that of a day, and what may not overlap.

No framework. A base is where one lives until one moves; a stay is some weeks elsewhere, and wins over it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar


class Use(StrEnum):
    """What an address is to the person."""

    HOME = "home"
    CARE_HOME = "care_home"
    FAMILY = "family"
    SECOND = "second"


class State(StrEnum):
    """Whether an address was checked by a professional: what the person proposes waits for one."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"
    REFUSED = "refused"


#: Some weeks elsewhere, each with a first and a last day.
STAYS = frozenset({Use.FAMILY, Use.SECOND})


class Lived(Protocol):
    """An address as the rule knows it: `since` None is always, `until` is its last day."""

    @property
    def use(self) -> str: ...
    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...


Address = TypeVar("Address", bound=Lived)


@dataclass(frozen=True, slots=True)
class Period:
    """An address without its words."""

    use: str
    since: date | None = None
    until: date | None = None


def is_stay(one: Lived) -> bool:
    """Return whether it is some weeks elsewhere."""
    return Use(one.use) in STAYS


def is_on(one: Lived, day: date) -> bool:
    """Return whether it is lived at on a day, its first and last ones included."""
    return (one.since is None or one.since <= day) and (one.until is None or day <= one.until)


def current(addresses: Iterable[Address], day: date) -> Address | None:
    """Return where somebody is on a day: the stay of that day, else where they live; None where neither is.

    Of several (files of before had no periods), the one begun last, then the first of the list.

    >>> home = Period("home")
    >>> summer = Period("family", date(2026, 7, 1), date(2026, 8, 31))
    >>> current([home, summer], date(2026, 7, 14)) == summer
    True
    >>> current([home, summer], date(2026, 9, 1)) == home
    True
    """
    here = [one for one in addresses if is_on(one, day)]
    return max(here, key=lambda one: (is_stay(one), one.since or date.min), default=None)


def base(addresses: Iterable[Address], day: date) -> Address | None:
    """Return where somebody lives, wherever they stay that day; None where nobody said it."""
    return current([one for one in addresses if not is_stay(one)], day)


def overlaps(one: Lived, other: Lived) -> bool:
    """Return whether two addresses of one kind, bases or stays, share a day."""
    if is_stay(one) != is_stay(other):
        return False
    starts_before = one.since is None or other.until is None or one.since <= other.until
    ends_after = one.until is None or other.since is None or other.since <= one.until
    return starts_before and ends_after


def fhir_use(one: Lived, day: date) -> str:
    """Return the code of `Address.use` in FHIR: home, temp for a stay, old for what is over."""
    if one.until is not None and one.until < day:
        return "old"
    return "temp" if is_stay(one) else "home"
