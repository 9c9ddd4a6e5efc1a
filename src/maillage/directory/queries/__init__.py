"""Reads of the directory that join several models."""

from maillage.directory.queries.homonyms import group_name, specialty, told_apart
from maillage.directory.queries.organisation import (
    Arrival,
    Levels,
    SharedPerimeter,
    arrival,
    arrivals,
    homes_of,
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
from maillage.directory.queries.vocabulary import language_names

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
    "group_name",
    "homes_of",
    "language_names",
    "levels",
    "memberships_of",
    "practices_of",
    "professionals_alike",
    "professionals_in",
    "search_professionals",
    "search_structures",
    "sheet",
    "specialty",
    "structure",
    "structure_facts",
    "structures_in",
    "team_of",
    "told_apart",
]
