"""Open requests to be replaced, with their offers; who the visitor is in a sector."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from maillage.kernel.models import Person
from maillage.roster.models import Exchange, Roster, Sector, Volunteer
from maillage.roster.rules.vocabulary import ExchangeState


def open_exchanges(roster: Roster) -> QuerySet[Exchange]:
    """Return the open requests of a roster, the nearest duty first, with names and offers."""
    rows = Exchange.objects.filter(post__roster=roster, state=ExchangeState.OPEN.value)
    rows = rows.select_related("post__roster__sector__territory__scope", "asked_by__professional")
    return rows.prefetch_related("offers__volunteer__professional", "offers__in_return__assignment").order_by(
        "post__starts_at", "pk"
    )


def volunteer_of(person: Person, sector: Sector) -> Volunteer | None:
    """Return the volunteer that `person` is in a sector, None where they are not."""
    rows = Volunteer.objects.filter(sector=sector, professional__account=person)
    return rows.select_related("professional", "sector__territory__scope").first()


def volunteerings_of(person: Person) -> list[Volunteer]:
    """Return the sectors in which `person` takes, or took, duties."""
    rows = Volunteer.objects.filter(professional__account=person)
    rows = rows.select_related("professional", "sector__territory__scope")
    return list(rows.order_by("-is_active", "sector__name", "pk"))


def open_among(posts: Collection[int]) -> set[int]:
    """Return which of these posts somebody asks to be replaced on."""
    rows = Exchange.objects.filter(post__in=posts, state=ExchangeState.OPEN.value)
    return set(rows.values_list("post", flat=True))
