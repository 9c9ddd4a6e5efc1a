"""The figures of a territory that its project opens with, as the diagnosis gives them."""

from __future__ import annotations

from maillage.kernel.figures import Figure
from maillage.territory import api as territory

_PORTRAIT = ("population", "change_2012", "share_65p", "ald", "no_referring_doctor", "c2s")
_SUPPLY = ("gp", "gp_density", "gp_60_share", "pharmacy_density")
_ACCESS = ("mean", "below")


def key_figures(place: territory.Territory) -> list[Figure]:
    """Return the figures that a project opens with; none where there is no data for the communes."""
    try:
        atlas = territory.current_atlas()
    except territory.NoPackError:
        return []
    positions = territory.member_positions(place)
    if not len(positions):
        return []
    portrait = territory.portrait(atlas, positions, place.name)
    supply = territory.territory_supply(atlas, positions, place.name)
    access = territory.national_access(atlas)
    reach = territory.diagnose_access(place, atlas, access, portrait.areas, positions)
    every = {
        one.key: one
        for one in (
            *portrait.headline, *portrait.vulnerability, *supply.headline,
            *territory.access_figures(atlas, access, reach, positions),
        )
    }  # fmt: skip
    return [every[key] for key in (*_PORTRAIT, *_SUPPLY, *_ACCESS) if key in every]


def inhabitants(place: territory.Territory) -> float | None:
    """Return how many people live in a territory, None where there is no data for its communes."""
    found = next((one for one in key_figures(place) if one.key == "population"), None)
    return None if found is None else found.value
