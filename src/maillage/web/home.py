"""The home page: the territories one works on, and the way into their diagnosis."""

from __future__ import annotations

from dataclasses import dataclass

from maillage.kernel.access import roles_of
from maillage.kernel.models import Person
from maillage.territory import api as territory
from maillage.web.navigation import address

SHOWN = 7


@dataclass(frozen=True, slots=True)
class Card:
    """A territory ready to show; an address is empty where its page does not exist."""

    name: str
    kind: str
    communes: int
    population: int | None
    is_constructed: bool
    url: str
    access_url: str
    contours_url: str


def territories(person: Person) -> list[Card]:
    """Return the territories where `person` holds a role, else the first ones there are. Two queries."""
    scopes = {role.scope_id for role in roles_of(person) if role.scope_id}
    known = territory.territories()
    mine = list(known.filter(scope__in=scopes)[:SHOWN]) if scopes else []
    return [_card(one) for one in mine or known[:SHOWN]]


def _card(one: territory.Territory) -> Card:
    return Card(
        name=one.name,
        kind=one.get_kind_display(),
        communes=one.commune_count,
        population=one.population,
        is_constructed=one.is_constructed,
        url=address("territory:show", one.slug),
        access_url=address("territory:access", one.slug),
        contours_url=address("territory:contours", one.slug),
    )
