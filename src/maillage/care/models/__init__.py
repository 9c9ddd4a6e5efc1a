"""Tables of the care context, one aggregate a module."""

from maillage.care.models.acute_events import AcuteEvent, PeerReview, Transfer
from maillage.care.models.homes import AggirGrid, Booklet, CrisisCard, Stay
from maillage.care.models.measures import Alert, AlertRule, Measure
from maillage.care.models.meeting_minutes import (
    Attendance,
    MeetingDecision,
    MinutesSignature,
    MinutesText,
)
from maillage.care.models.meetings import (
    AGREED_BY_LABELS,
    ANSWER_LABELS,
    KIND_LABELS,
    WITHDRAWAL_LABELS,
    AgendaItem,
    Meeting,
    MeetingInvitation,
)
from maillage.care.models.networks import NETWORK_LABELS, STEP_LABELS, NetworkPathway, NetworkStep
from maillage.care.models.plans import (
    PROBLEM_LABELS,
    PlanConsent,
    PlanVersion,
    SharedPlan,
)
from maillage.care.models.questionnaires import Questionnaire
from maillage.care.models.recalls import CAME_LABELS, RECALL_LABELS, Recall, RecallStep
from maillage.care.models.tasks import (
    ORIGIN_LABELS,
    PRIORITY_LABELS,
    STATE_LABELS,
    Task,
    TaskQuerySet,
)

__all__ = [
    "AGREED_BY_LABELS",
    "ANSWER_LABELS",
    "CAME_LABELS",
    "KIND_LABELS",
    "NETWORK_LABELS",
    "ORIGIN_LABELS",
    "PRIORITY_LABELS",
    "PROBLEM_LABELS",
    "RECALL_LABELS",
    "STATE_LABELS",
    "STEP_LABELS",
    "WITHDRAWAL_LABELS",
    "AcuteEvent",
    "AgendaItem",
    "AggirGrid",
    "Alert",
    "AlertRule",
    "Attendance",
    "Booklet",
    "CrisisCard",
    "Measure",
    "Meeting",
    "MeetingDecision",
    "MeetingInvitation",
    "MinutesSignature",
    "MinutesText",
    "NetworkPathway",
    "NetworkStep",
    "PeerReview",
    "PlanConsent",
    "PlanVersion",
    "Questionnaire",
    "Recall",
    "RecallStep",
    "SharedPlan",
    "Stay",
    "Task",
    "TaskQuerySet",
    "Transfer",
]
