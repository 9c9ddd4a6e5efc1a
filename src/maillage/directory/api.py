"""The front door of the directory: structures, professionals, what they offer and where."""

from maillage.directory.actions import (
    StructureLoader,
    create_demonstration_directory,
    set_new_patients,
    structure_loader,
)
from maillage.directory.models import (
    Membership,
    OpeningHours,
    PracticePlace,
    Professional,
    ServiceOffer,
    Structure,
)
from maillage.directory.queries import (
    Criteria,
    Sheet,
    counts_by_kind,
    memberships_of,
    professionals_in,
    search_professionals,
    search_structures,
    sheet,
    structure,
    structures_in,
    team_of,
)
from maillage.directory.rules.professionals import Function, PracticeStatus, Profession, Sector, Specialty
from maillage.directory.rules.structures import Precision, StructureKind

__all__ = [
    "Criteria",
    "Function",
    "Membership",
    "OpeningHours",
    "PracticePlace",
    "PracticeStatus",
    "Precision",
    "Profession",
    "Professional",
    "Sector",
    "ServiceOffer",
    "Sheet",
    "Specialty",
    "Structure",
    "StructureKind",
    "StructureLoader",
    "counts_by_kind",
    "create_demonstration_directory",
    "memberships_of",
    "professionals_in",
    "search_professionals",
    "search_structures",
    "set_new_patients",
    "sheet",
    "structure",
    "structure_loader",
    "structures_in",
    "team_of",
]
