"""The front door of the directory: health and care structures of communes, territories and searches."""

from maillage.directory.actions import StructureLoader, structure_loader
from maillage.directory.models import (
    Membership,
    OpeningHours,
    PracticePlace,
    Professional,
    ServiceOffer,
    Structure,
)
from maillage.directory.queries import counts_by_kind, search_structures, structure, structures_in
from maillage.directory.rules import Precision, StructureKind

__all__ = [
    "Membership",
    "OpeningHours",
    "PracticePlace",
    "Precision",
    "Professional",
    "ServiceOffer",
    "Structure",
    "StructureKind",
    "StructureLoader",
    "counts_by_kind",
    "search_structures",
    "structure",
    "structure_loader",
    "structures_in",
]
