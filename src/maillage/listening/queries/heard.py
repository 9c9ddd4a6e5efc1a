"""What was said and what was done: the lines of one's territories, and those that everybody reads."""

from __future__ import annotations

from maillage.kernel.models import Person, Scope
from maillage.listening.models import HeardLine
from maillage.territory import api as territory

#: Lines on one page.
SHOWN = 100


def lines_of(person: Person) -> list[HeardLine]:
    """Return the lines of the scopes of a person, published or not, the last done first."""
    rows = HeardLine.objects.for_person(person).select_related("scope", "survey__scope", "by")
    return list(rows[:SHOWN])


def line_seen_by(person: Person, pk: int) -> HeardLine | None:
    """Return a line of the scopes of a person, None where there is none."""
    return HeardLine.objects.for_person(person).select_related("scope", "survey").filter(pk=pk).first()


def published_in(scope: Scope) -> list[HeardLine]:
    """Return the lines of a territory that everybody may read, the last done first."""
    rows = HeardLine.objects.in_scope(scope).published().select_related("scope", "survey__scope")
    return list(rows[:SHOWN])


def last_published(person: Person) -> HeardLine | None:
    """Return the last line published in the scopes of a person; one statement."""
    return HeardLine.objects.for_person(person).published().order_by("-done_on", "-pk").first()


def territory_of(scope: Scope) -> territory.Territory | None:
    """Return the territory of a scope, None for a scope that is none."""
    return territory.Territory.objects.filter(scope=scope).first()


def territory_named(slug: str) -> territory.Territory | None:
    """Return the territory of an address, None where there is none."""
    return territory.Territory.objects.select_related("scope").filter(slug=slug).first()
