"""Reads of the directory that join several models."""

from maillage.directory.queries.organisation import (
    Arrival,
    Levels,
    SharedPerimeter,
    arrival,
    arrivals,
    levels,
)
from maillage.directory.queries.professionals import (
    Criteria,
    DatedFact,
    Sheet,
    duplicate_pairs,
    memberships_of,
    practices_of,
    professionals_alike,
    professionals_in,
    search_professionals,
    sheet,
    structure_facts,
    team_of,
)
from maillage.directory.queries.structures import counts_by_kind, search_structures, structure, structures_in

__all__ = [
    "Arrival",
    "Criteria",
    "DatedFact",
    "Levels",
    "SharedPerimeter",
    "Sheet",
    "arrival",
    "arrivals",
    "counts_by_kind",
    "duplicate_pairs",
    "levels",
    "memberships_of",
    "practices_of",
    "professionals_alike",
    "professionals_in",
    "search_professionals",
    "search_structures",
    "sheet",
    "structure",
    "structure_facts",
    "structures_in",
    "team_of",
]
