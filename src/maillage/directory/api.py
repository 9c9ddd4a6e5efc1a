"""The front door of the directory: structures, professionals, what they offer and where."""

from maillage.directory.actions import (
    Preview,
    StructureLoader,
    create_demonstration_directory,
    defects_table,
    preview,
    set_new_patients,
    structure_loader,
    take_in,
)
from maillage.directory.models import (
    PROFESSION_LABELS,
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
from maillage.directory.rules.extractions import Format
from maillage.directory.rules.professionals import Function, PracticeStatus, Profession, Sector, Specialty
from maillage.directory.rules.structures import Precision, StructureKind

__all__ = [
    "PROFESSION_LABELS",
    "Criteria",
    "Format",
    "Function",
    "Membership",
    "OpeningHours",
    "PracticePlace",
    "PracticeStatus",
    "Precision",
    "Preview",
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
    "defects_table",
    "memberships_of",
    "preview",
    "professionals_in",
    "search_professionals",
    "search_structures",
    "set_new_patients",
    "sheet",
    "structure",
    "structure_loader",
    "structures_in",
    "take_in",
    "team_of",
]
