"""Published values that a person may read."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max

from maillage.indicators.models import PublishedValue
from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.territory.api import Territory

SHOWN = 12
#: How many of the last published values are looked at to say which moved.
LOOKED_AT = 60


def published_of(scope: Scope, indicator: str, limit: int = SHOWN) -> list[PublishedValue]:
    """Return the last published values of an indicator, the newest first; one statement."""
    rows = PublishedValue.objects.in_scope(scope).filter(indicator=indicator)
    return list(rows.select_related("by").order_by("-at", "-pk")[:limit])


def last_of_each(scope: Scope, keys: Iterable[str]) -> dict[str, PublishedValue]:
    """Return the last published value of each of some indicators that has one; one statement."""
    rows = PublishedValue.objects.in_scope(scope).filter(indicator__in=set(keys))
    last = rows.order_by().values("indicator").annotate(last=Max("pk")).values("last")
    return {one.indicator: one for one in PublishedValue.objects.in_scope(scope).filter(pk__in=last)}


def last_published(person: Person, limit: int = LOOKED_AT) -> list[PublishedValue]:
    """Return the last published values of the scopes that a person reads, newest first; one statement."""
    rows = PublishedValue.objects.for_person(person).select_related("scope__territory")
    return list(rows.order_by("-at", "-pk")[:limit])


def moves(values: Iterable[PublishedValue]) -> list[tuple[PublishedValue, PublishedValue]]:
    """Return, by indicator and scope, its last published value and the one of the period before it.

    `values` are the newest first. Values of another version or source are not compared.
    """
    last: dict[tuple[int, str], PublishedValue] = {}
    found: dict[tuple[int, str], tuple[PublishedValue, PublishedValue]] = {}
    for one in values:
        key = (one.scope_id, one.indicator)
        newest = last.setdefault(key, one)
        is_before = one.first < newest.first and one.months == newest.months
        if key not in found and is_before and (one.version, one.source) == (newest.version, newest.source):
            found[key] = (newest, one)
    return list(found.values())


def territories_read(person: Person) -> list[Territory]:
    """Return the territories whose indicators a person may read, by name."""
    scopes = access.scopes_of(person, Permission.VIEW_INDICATORS)
    rows = Territory.objects.select_related("scope").order_by("search_name", "pk")
    return list(rows if scopes is None else rows.filter(scope__in=scopes))


def last_published_in(scope: Scope, limit: int = LOOKED_AT) -> list[PublishedValue]:
    """Return the last published values of a scope, the newest first; one statement."""
    return list(PublishedValue.objects.in_scope(scope).order_by("-at", "-pk")[:limit])
