"""The tables of crisis cells."""

from maillage.crisis.models.cells import (
    KIND_LABELS,
    NOTE_LABELS,
    POST_LABELS,
    Cell,
    Duty,
    GestureDone,
    LogEntry,
    SituationReport,
)
from maillage.crisis.models.people import (
    OUTCOME_LABELS,
    SEEN_LABELS,
    STATE_LABELS,
    WHY_LABELS,
    Call,
    FragilePerson,
    Visit,
)
from maillage.crisis.models.structures import (
    HELPER_LABELS,
    LEVEL_LABELS,
    SUPPLY_LABELS,
    AskedStructure,
    StructureState,
    SupplyRequest,
    Volunteer,
)

__all__ = [
    "HELPER_LABELS",
    "KIND_LABELS",
    "LEVEL_LABELS",
    "NOTE_LABELS",
    "OUTCOME_LABELS",
    "POST_LABELS",
    "SEEN_LABELS",
    "STATE_LABELS",
    "SUPPLY_LABELS",
    "WHY_LABELS",
    "AskedStructure",
    "Call",
    "Cell",
    "Duty",
    "FragilePerson",
    "GestureDone",
    "LogEntry",
    "SituationReport",
    "StructureState",
    "SupplyRequest",
    "Visit",
    "Volunteer",
]
