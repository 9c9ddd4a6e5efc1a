"""Vocabulary, states and policies of the directory: no framework.

Each module is one subject; the ones that structures and professionals share are offered here.
"""

from maillage.directory.rules.professionals import (
    Function,
    PracticeStatus,
    Profession,
    Sector,
    Sex,
    Specialty,
)
from maillage.directory.rules.structures import (
    FINESS_LENGTH,
    PRECISIONS,
    Origin,
    Precision,
    StructureKind,
    finess_of,
    r66_code,
)

__all__ = [
    "FINESS_LENGTH",
    "PRECISIONS",
    "Function",
    "Origin",
    "PracticeStatus",
    "Precision",
    "Profession",
    "Sector",
    "Sex",
    "Specialty",
    "StructureKind",
    "finess_of",
    "r66_code",
]
