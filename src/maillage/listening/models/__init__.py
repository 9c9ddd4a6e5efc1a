"""The tables of listening."""

from maillage.listening.models.heard import PROGRESS_LABELS, HeardLine
from maillage.listening.models.surveys import (
    AUDIENCE_LABELS,
    CHANNEL_LABELS,
    TOPIC_LABELS,
    InvitedCount,
    SpentForm,
    Survey,
    SurveyAnswer,
    SurveyRemark,
)

__all__ = [
    "AUDIENCE_LABELS",
    "CHANNEL_LABELS",
    "PROGRESS_LABELS",
    "TOPIC_LABELS",
    "HeardLine",
    "InvitedCount",
    "SpentForm",
    "Survey",
    "SurveyAnswer",
    "SurveyRemark",
]
