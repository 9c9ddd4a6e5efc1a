"""Who may do what in a cell: by their role in its territory, and by the posts that they hold in it."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from maillage.crisis.models import Cell, Duty
from maillage.crisis.rules.vocabulary import Post
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission


def posts_of(person: Person, cell: Cell) -> set[Post]:
    """Return the posts that somebody holds now in a cell, as deputy or not; none without a role there."""
    if not access.may(person, Permission.VIEW_CRISIS, cell.scope):
        return set()
    held = Duty.objects.of(cell).filter(person=person, until=None).values_list("post", flat=True)
    return {Post(one) for one in held}


def may_hold(person: Person, cell: Cell, posts: Collection[Post] = ()) -> bool:
    """Return whether somebody manages the crises of the territory, or holds one of `posts` (any if none)."""
    if access.may(person, Permission.MANAGE_CRISIS, cell.scope):
        return True
    held = posts_of(person, cell)
    return bool(held & {Post.DIRECTOR, *posts}) if posts else bool(held)


def directs(person: Person, cell: Cell) -> bool:
    """Return whether somebody directs the cell, by their role or their post."""
    return may_hold(person, cell, [Post.DIRECTOR])


def require(person: Person, cell: Cell, *posts: Post) -> None:
    """Raise PermissionDenied, with a sentence to show, unless `may_hold` answers yes."""
    if not may_hold(person, cell, posts):
        raise PermissionDenied(_("Ce geste est à qui tient ce poste dans la cellule, ou la dirige."))
