"""Reads of the territory context that join several models."""

from maillage.territory.queries.communes import (
    Hit,
    commune,
    distinct_name,
    former_codes,
    groups,
    known_codes,
    names_of,
    search_communes,
)
from maillage.territory.queries.contours import contours, feature_collection
from maillage.territory.queries.drawing import ReadCodes, drawing, read_codes, with_group
from maillage.territory.queries.packs import check_pack, current_pack, earlier_pack, last_report, list_packs
from maillage.territory.queries.perimeters import (
    Overlap,
    codes_of_group,
    halo_positions,
    member_codes,
    member_positions,
    missing_codes,
    overlaps,
    search_territories,
    territories,
    territories_of,
    territory,
    territory_or_404,
)
from maillage.territory.queries.scenarios import scenarios

__all__ = [
    "Hit",
    "Overlap",
    "ReadCodes",
    "check_pack",
    "codes_of_group",
    "commune",
    "contours",
    "current_pack",
    "distinct_name",
    "drawing",
    "earlier_pack",
    "feature_collection",
    "former_codes",
    "groups",
    "halo_positions",
    "known_codes",
    "last_report",
    "list_packs",
    "member_codes",
    "member_positions",
    "missing_codes",
    "names_of",
    "overlaps",
    "read_codes",
    "scenarios",
    "search_communes",
    "search_territories",
    "territories",
    "territories_of",
    "territory",
    "territory_or_404",
    "with_group",
]
