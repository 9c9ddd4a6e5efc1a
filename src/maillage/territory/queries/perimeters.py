"""Territories, their communes, what surrounds them and what they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

import numpy as np
from django.db.models import Count, QuerySet, Sum
from django.shortcuts import get_object_or_404
from numpy.typing import NDArray

from maillage.kernel.name_search import place_like
from maillage.kernel.sourced_rules import rule
from maillage.territory import atlas
from maillage.territory.models import Commune, Territory, TerritoryCommune
from maillage.territory.rules.kinds import Group

EARTH_RADIUS_KM = 6371.0088
HALO_RULE = "territory.perimeter.halo"


class _Counts(TypedDict):
    commune_count: int
    population: int | None


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    CountedTerritory = WithAnnotations[Territory, _Counts]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Communes that another territory has too: how many, which, and their inhabitants."""

    territory: Territory
    codes: tuple[str, ...]
    population: int


_ADDRESSED = Territory.objects.select_related("parent", "scope")


def territory(slug: str) -> Territory:
    """Return the territory of that address. Raises Territory.DoesNotExist."""
    return _ADDRESSED.get(slug=slug)


def territory_or_404(slug: str) -> Territory:
    """Return the territory of the address of a page. Raises Http404."""
    return get_object_or_404(_ADDRESSED, slug=slug)


def territories() -> QuerySet[CountedTerritory]:
    """Return every territory with `commune_count` and `population` (None where it has no commune)."""
    return (
        Territory.objects.select_related("parent")
        .annotate(commune_count=Count("members"), population=Sum("members__commune__population"))
        .order_by("search_name", "id")
    )


def search_territories(text: str, limit: int = 20) -> list[Territory]:
    """Return the territories with a word of their name beginning with `text`, accents and case aside."""
    return list(territories().filter(place_like(text))[:limit])


def member_codes(of: Territory) -> list[str]:
    """Return the codes of the territory's communes that are in the current pack, ascending."""
    members = TerritoryCommune.objects.filter(territory=of, commune__is_active=True)
    return list(members.order_by("commune_id").values_list("commune_id", flat=True))


def missing_codes(of: Territory) -> list[str]:
    """Return the codes of the territory's communes that the current pack no longer has."""
    members = TerritoryCommune.objects.filter(territory=of, commune__is_active=False)
    return list(members.order_by("commune_id").values_list("commune_id", flat=True))


def member_positions(of: Territory) -> NDArray[np.int64]:
    """Return where the territory's communes stand in the current atlas, ascending."""
    return atlas.current().positions(member_codes(of))


def halo_positions(of: Territory, km: float | None = None) -> NDArray[np.int64]:
    """Return the communes outside the territory whose centre is within `km` of the centre of one inside.

    `km` is the sourced rule `territory.perimeter.halo` where it is not given.
    """
    france = atlas.current()
    members = member_positions(of)
    if not len(members):
        return members
    lon, lat = np.radians(france.lon), np.radians(france.lat)
    reach = (rule(HALO_RULE).value if km is None else km) / EARTH_RADIUS_KM
    south, north = lat[members].min() - reach, lat[members].max() + reach
    widest = reach / max(np.cos(np.abs(lat[members]).max() + reach), 0.01)
    west, east = lon[members].min() - widest, lon[members].max() + widest
    near = np.flatnonzero((lat >= south) & (lat <= north) & (lon >= west) & (lon <= east))
    near = np.setdiff1d(near, members, assume_unique=True)
    cosine = np.cos(lat[near])[:, None] * np.cos(lat[members]) * np.cos(lon[near][:, None] - lon[members])
    cosine += np.sin(lat[near])[:, None] * np.sin(lat[members])
    closest = np.arccos(np.clip(cosine.max(axis=1, initial=-1), -1, 1))
    halo: NDArray[np.int64] = near[closest <= reach]
    return halo


def codes_of_group(group: Group, code: str) -> list[str]:
    """Return the communes of an EPCI, a département, a région or a bassin de vie; empty where unknown."""
    rows = Commune.objects.active().filter(**{group.value: code})
    return list(rows.order_by("code").values_list("code", flat=True))


def territories_of(commune: Commune) -> list[Territory]:
    """Return the territories that hold a commune."""
    return list(Territory.objects.filter(members__commune=commune).order_by("search_name", "id"))


def overlaps(of: Territory) -> list[Overlap]:
    """Return what other territories share with this one, the largest first."""
    shared = TerritoryCommune.objects.filter(commune__memberships__territory=of).exclude(territory=of)
    found: dict[int, list[tuple[str, int]]] = {}
    rows = shared.order_by("commune_id").values_list("territory_id", "commune_id", "commune__population")
    for other, code, population in rows:
        found.setdefault(other, []).append((code, population))
    others = Territory.objects.in_bulk(list(found))
    every = [
        Overlap(others[pk], tuple(code for code, _ in communes), sum(count for _, count in communes))
        for pk, communes in found.items()
    ]
    return sorted(every, key=lambda overlap: (-overlap.population, overlap.territory.slug))
