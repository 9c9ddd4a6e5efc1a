"""Tables of the telehealth context, one aggregate a module."""

from maillage.telehealth.models.files import SIDE_LABELS, QuestionFile
from maillage.telehealth.models.questions import (
    APPOINTMENT_LABELS,
    HURRY_LABELS,
    SHARED_LABELS,
    STATE_LABELS,
    Question,
    QuestionQuerySet,
    QuestionStep,
)
from maillage.telehealth.models.sessions import (
    BESIDE_LABELS,
    OUTCOME_LABELS,
    STAGE_LABELS,
    Session,
    SessionQuerySet,
)

__all__ = [
    "APPOINTMENT_LABELS",
    "BESIDE_LABELS",
    "HURRY_LABELS",
    "OUTCOME_LABELS",
    "SHARED_LABELS",
    "SIDE_LABELS",
    "STAGE_LABELS",
    "STATE_LABELS",
    "Question",
    "QuestionFile",
    "QuestionQuerySet",
    "QuestionStep",
    "Session",
    "SessionQuerySet",
]
