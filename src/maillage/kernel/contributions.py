"""What a context brings to the pages that all contexts share: it declares, `web` and `config` gather.

A context writes `<context>/contributions.py`, and its AppConfig passes it to `contribute`. A new context so
changes no file of the shell. The recipe is in ARCHITECTURE.md, the reasons in docs/adr/0008.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role


class Verb(StrEnum):
    """What one comes to do: the groups of the masthead, in its order."""

    KNOW = "know"
    ACT = "act"
    STEER = "steer"
    FORESEE = "foresee"


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of the product: its address by name, and the permission it asks (none: everybody signed in).

    `purpose` says what one does there; the menus and the home page show it. `order` places it among those of
    its verb. `count` tells how many things wait there for a person, shown beside the label. `within` names
    the views of this part whose address does not begin with its own, by the beginning of their names. A
    `direct` entry stays outside the menus. `first_screen_of` are the roles who land there first.
    """

    verb: Verb
    label: str | Promise
    url_name: str
    icon: str
    purpose: str | Promise
    permission: Permission | None = None
    count: Callable[[Person], int] | None = None
    within: tuple[str, ...] = ()
    direct: bool = False
    order: int = 50
    first_screen_of: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a search found: its name, what tells it from its namesakes, its address."""

    label: str
    detail: str | Promise
    url: str


@dataclass(frozen=True, slots=True)
class Search:
    """A part of the search box: `find(query, limit)` yields at most `limit` things, the best first."""

    title: str | Promise
    find: Callable[[str, int], Iterable[Found]]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits: what it is, its page; `is_late` where its day has passed. No word of health."""

    text: str
    url: str = ""
    detail: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person in one part of their day.

    `said` is its piece of the day's sentence, without capital or full stop (« 2 réponses attendues »), empty
    where it needs no word there. `url` and `gesture` are the next thing to do. `finding_url` is a page whose
    finding is shown here too, read once the first screen is drawn: where it takes a computation.
    """

    title: str
    lines: tuple[Line, ...] = ()
    said: str = ""
    url: str = ""
    gesture: str = ""
    finding_url: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the first screen: its place for each role that has it, and what waits, None on an empty day.

    `read` answers in three statements of the database at most, and names no patient.
    """

    key: str
    places: Mapping[Role, int]
    read: Callable[[Person], Waiting | None]


@dataclass(frozen=True, slots=True)
class Contribution:
    """All that one context brings. `demonstrate(place, now)` gives a territory invented work, once."""

    context: str
    navigation: tuple[Entry, ...] = ()
    searches: tuple[Search, ...] = ()
    first_screen: tuple[Block, ...] = ()
    demonstrate: Callable[[Any, datetime], None] | None = None


_contributions: dict[str, Contribution] = {}


def contribute(contribution: Contribution) -> None:
    """Register what a context brings; called once by its AppConfig. The same context again replaces it."""
    _contributions[contribution.context] = contribution


def withdraw(context: str) -> None:
    """Forget what a context brought: for tests that bring one of their own."""
    _contributions.pop(context, None)


def contributions() -> list[Contribution]:
    """Return what every context brought, those below before those that stand on them."""
    # Django prepares the applications in the order of INSTALLED_APPS, which goes from the top down.
    return list(reversed(_contributions.values()))


def entries() -> list[Entry]:
    """Return the entries of the navigation, by verb then by their order."""
    found = [entry for one in contributions() for entry in one.navigation]
    return sorted(found, key=lambda entry: (list(Verb).index(entry.verb), entry.order))


def searches() -> list[Search]:
    """Return the parts of the search box, in their order."""
    return sorted((part for one in contributions() for part in one.searches), key=lambda part: part.order)


def blocks_of(roles: Iterable[Role]) -> list[Block]:
    """Return the blocks of the first screen of whoever holds `roles`, in their order."""
    held = set(roles)
    placed = [
        (min(block.places[role] for role in held & block.places.keys()), block)
        for one in contributions()
        for block in one.first_screen
        if held & block.places.keys()
    ]
    return [block for _place, block in sorted(placed, key=lambda pair: pair[0])]
