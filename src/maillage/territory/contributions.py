"""What `territory` brings to the shared pages: its entry and its searches."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.access import may, roles_of
from maillage.kernel.contributions import Block, Contribution, Entry, Found, Line, Search, Verb, Waiting
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.territory import queries
from maillage.territory.models import Territory

SHOWN = 4
READERS = (Role.ANALYST, Role.BOARD, Role.PREVENTION_LEAD)


def own_territories(person: Person) -> Waiting | None:
    """Say in one figure how one's territory is served, and name the others; any where one has none."""
    if not may(person, Permission.VIEW_DIAGNOSIS):
        return None
    scopes = {role.scope_id for role in roles_of(person) if role.scope_id}
    known = queries.territories()
    rows = list((known.filter(scope__in=scopes) if scopes else known)[: SHOWN + 1])
    if not rows:
        return None
    main, others = rows[0], rows[1:]
    return Waiting(
        main.name,
        tuple(Line(one.name, reverse("territory:show", args=[one.slug]), _size(one)) for one in others),
        "",
        reverse("territory:show", args=[main.slug]),
        _("Ouvrir le diagnostic"),
        reverse("territory:access", args=[main.slug]),
    )


def _size(one: Territory) -> str:
    count = one.commune_count  # type: ignore[attr-defined]
    communes = ngettext("{count} commune", "{count} communes", count).format(count=formats.number(count))
    return f"{one.get_kind_display()} · {communes}"


def find_territories(query: str, limit: int) -> Iterable[Found]:
    """Yield the territories of that name."""
    for one in queries.search_territories(query, limit):
        yield Found(one.name, one.get_kind_display(), reverse("territory:show", args=[one.slug]))


def find_communes(query: str, limit: int) -> Iterable[Found]:
    """Yield the communes of that name, code or postcode."""
    for one in queries.search_communes(query, limit):
        place = f"{one.departement_name} · {one.code}"
        yield Found(one.name, place, reverse("territory:commune", args=[one.code]))


CONTRIBUTION = Contribution(
    "territory",
    navigation=(
        Entry(
            Verb.KNOW,
            lazy("Territoires"),
            "territory:index",
            "map-2",
            lazy("Lire le diagnostic d’un territoire : population, offre, accès, zones blanches, flux."),
            Permission.VIEW_DIAGNOSIS,
            within=("web:report",),
            order=10,
        ),
    ),
    first_screen=(
        Block(
            "territory.access",
            dict.fromkeys(Role, 8) | dict.fromkeys(READERS, 1) | {Role.COORDINATOR: 3},
            own_territories,
        ),
    ),
    searches=(
        Search(lazy("Territoires"), find_territories, order=10),
        Search(lazy("Communes"), find_communes, order=20),
    ),
)
