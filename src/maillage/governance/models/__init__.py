"""The tables of governance."""

from maillage.governance.models.bodies import (
    BODY_LABELS,
    COLLEGE_LABELS,
    OFFICE_LABELS,
    Body,
    BodySeat,
    College,
)
from maillage.governance.models.sittings import (
    POINT_LABELS,
    REPLY_LABELS,
    AgendaPoint,
    MinutesApproval,
    Sitting,
    Summons,
)
from maillage.governance.models.trainings import (
    PLACE_LABELS,
    TRAINING_LABELS,
    TrainingPlace,
    TrainingSession,
)
from maillage.governance.models.votes import (
    CHOICE_LABELS,
    MAJORITY_LABELS,
    BallotPaper,
    Motion,
    MotionResult,
    Resolution,
    VoterSlip,
)

__all__ = [
    "BODY_LABELS",
    "CHOICE_LABELS",
    "COLLEGE_LABELS",
    "MAJORITY_LABELS",
    "OFFICE_LABELS",
    "PLACE_LABELS",
    "POINT_LABELS",
    "REPLY_LABELS",
    "TRAINING_LABELS",
    "AgendaPoint",
    "BallotPaper",
    "Body",
    "BodySeat",
    "College",
    "MinutesApproval",
    "Motion",
    "MotionResult",
    "Resolution",
    "Sitting",
    "Summons",
    "TrainingPlace",
    "TrainingSession",
    "VoterSlip",
]
