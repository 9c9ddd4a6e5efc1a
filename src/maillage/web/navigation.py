"""What the masthead offers: one entry per part of the product, to those whose role may enter it.

Each context declares its own (`kernel.contributions`). They are grouped by the four verbs of the product,
so that the masthead keeps one row however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.kernel.access import roles_of
from maillage.kernel.contributions import Entry, Verb, entries
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Permission, Role, allows

VERB_NAMES = {
    Verb.KNOW: _("Connaître"),
    Verb.ACT: _("Agir"),
    Verb.STEER: _("Piloter"),
    Verb.FORESEE: _("Prévoir"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """An entry ready to show: address resolved, marked when the visitor is inside it."""

    verb: Verb
    label: str | Promise
    url: str
    icon: str
    purpose: str | Promise
    current: bool
    count: int = 0
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The parts of one verb that a visitor may enter."""

    label: str | Promise
    links: tuple[Link, ...]

    @property
    def menu(self) -> list[Link]:
        """The parts that the group's menu holds."""
        return [link for link in self.links if not link.direct]

    @property
    def current(self) -> Link | None:
        """The part of the menu where the visitor is."""
        return next((link for link in self.menu if link.current), None)

    @property
    def count(self) -> int:
        """How many things wait in the parts of the menu."""
        return sum(link.count for link in self.menu)


@dataclass(frozen=True, slots=True)
class Navigation:
    """All that the masthead offers a visitor."""

    groups: tuple[Group, ...]

    @property
    def direct(self) -> list[Link]:
        """The parts that are one click away on every page."""
        return [link for group in self.groups for link in group.links if link.direct]


def navigation(request: HttpRequest) -> Navigation:
    """Return what `request.user` may enter, by verb; a verb with nothing to enter is left out."""
    found = links(request)
    by_verb = [(verb, tuple(link for link in found if link.verb is verb)) for verb in Verb]
    return Navigation(tuple(Group(VERB_NAMES[verb], own) for verb, own in by_verb if own))


def links(request: HttpRequest) -> list[Link]:
    """Return the entries that `request.user` may enter; an address that does not exist is left out."""
    if not isinstance(request.user, Person):
        return []
    held = roles_of(request.user)
    return [
        Link(
            entry.verb,
            entry.label,
            url,
            entry.icon,
            entry.purpose,
            current=_is_inside(request, entry, url),
            count=entry.count(request.user) if entry.count else 0,
            direct=entry.direct,
        )
        for entry in entries()
        if (url := address(entry.url_name))
        and (
            entry.permission is None or _opens(entry.permission, held, everywhere=_is_of_all(entry.url_name))
        )
    ]


def _opens(permission: Permission, held: Iterable[RoleAssignment], *, everywhere: bool) -> bool:
    """Return whether a role held carries a permission, for the whole installation where that is asked."""
    return any(allows(Role(one.role), permission) for one in held if not everywhere or one.scope_id is None)


@cache
def _is_of_all(url_name: str) -> bool:
    """Return whether the page named `url_name` is only for who has a role in the whole installation."""
    view = resolve(reverse(url_name)).func
    return bool(getattr(getattr(view, "view_class", None), "everywhere", False))


def _is_inside(request: HttpRequest, entry: Entry, url: str) -> bool:
    view = request.resolver_match.view_name if request.resolver_match else ""
    claimed = next((one for one in entries() if one.within and view.startswith(one.within)), None)
    return claimed is entry if claimed else request.path.startswith(url)


def first_screen(person: Person) -> str:
    """Return where `person` lands instead of on the home page, empty where it is the home page."""
    held = {Role(one.role) for one in roles_of(person)}
    if not held:
        return ""
    return next((address(one.url_name) for one in entries() if held <= one.first_screen_of), "")


def address(url_name: str, *args: object) -> str:
    """Return the address named `url_name`, empty where no context has brought it."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""
