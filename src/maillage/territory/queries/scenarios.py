"""The named scenarios of a territory."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from maillage.territory.models import Scenario, Territory


def scenarios(of: Territory) -> QuerySet[Scenario]:
    """Return the named scenarios with their author and `change_count`, the changes in force."""
    live = Count("changes", filter=Q(changes__is_undone=False))
    named = Scenario.objects.named().filter(territory=of)
    return named.select_related("created_by").annotate(change_count=live).order_by("name", "pk")
