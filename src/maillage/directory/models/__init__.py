"""Tables of the directory, one aggregate a module."""

from maillage.directory.models.organisation import (
    STEP_LABELS,
    CareUnit,
    CareUnitCommune,
    Welcome,
    WelcomeStep,
)
from maillage.directory.models.professionals import (
    FUNCTION_LABELS,
    HAND_SOURCE,
    PROFESSION_LABELS,
    SEX_LABELS,
    STATUS_OF_PRACTICE_LABELS,
    Membership,
    MembershipQuerySet,
    PracticePlace,
    Professional,
    ProfessionalQuerySet,
)
from maillage.directory.models.services import SECTOR_LABELS, OpeningHours, ServiceOffer
from maillage.directory.models.shapes import NamesOne, names_one
from maillage.directory.models.structures import (
    COUNTED,
    KIND_LABELS,
    PRECISION_LABELS,
    STATUS_LABELS,
    Structure,
    StructureQuerySet,
)
from maillage.directory.models.upkeep import (
    ANSWER_LABELS,
    FACT_LABELS,
    ConfirmationRequest,
    DirectoryImport,
    FactDate,
    ImportChange,
    Merge,
)

__all__ = [
    "ANSWER_LABELS",
    "COUNTED",
    "FACT_LABELS",
    "FUNCTION_LABELS",
    "HAND_SOURCE",
    "KIND_LABELS",
    "PRECISION_LABELS",
    "PROFESSION_LABELS",
    "SECTOR_LABELS",
    "SEX_LABELS",
    "STATUS_LABELS",
    "STATUS_OF_PRACTICE_LABELS",
    "STEP_LABELS",
    "CareUnit",
    "CareUnitCommune",
    "ConfirmationRequest",
    "DirectoryImport",
    "FactDate",
    "ImportChange",
    "Membership",
    "MembershipQuerySet",
    "Merge",
    "NamesOne",
    "OpeningHours",
    "PracticePlace",
    "Professional",
    "ProfessionalQuerySet",
    "ServiceOffer",
    "Structure",
    "StructureQuerySet",
    "Welcome",
    "WelcomeStep",
    "names_one",
]
