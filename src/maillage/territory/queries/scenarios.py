"""The named scenarios of a territory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Count, Q, QuerySet

from maillage.territory.models import Scenario, Territory


class _Counts(TypedDict):
    change_count: int


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    CountedScenario = WithAnnotations[Scenario, _Counts]


def scenarios(of: Territory) -> QuerySet[CountedScenario]:
    """Return the named scenarios with their author and `change_count`, the changes in force."""
    live = Count("changes", filter=Q(changes__is_undone=False))
    named = Scenario.objects.named().filter(territory=of)
    found: QuerySet[Any] = named.select_related("created_by").annotate(change_count=live)
    return found.order_by("name", "pk")
