"""The tables of the health project."""

from maillage.project.models.actions import (
    ACTION_STATE_LABELS,
    MONEY_LABELS,
    Action,
    ActionEvidence,
    ActionFile,
    ActionMeeting,
    BudgetLine,
    Step,
)
from maillage.project.models.agreements import (
    AGREEMENT_LABELS,
    AGREEMENT_STATE_LABELS,
    Agreement,
    AgreementFile,
    AgreementParty,
)
from maillage.project.models.checks import PrivateCheck
from maillage.project.models.objectives import LINKED_LABELS, Axis, LinkedPlan, Objective
from maillage.project.models.projects import (
    KIND_LABELS,
    MISSION_LABELS,
    STATE_LABELS,
    Chapter,
    MissionMark,
    Passage,
    PassageFile,
    Project,
)

__all__ = [
    "ACTION_STATE_LABELS",
    "AGREEMENT_LABELS",
    "AGREEMENT_STATE_LABELS",
    "KIND_LABELS",
    "LINKED_LABELS",
    "MISSION_LABELS",
    "MONEY_LABELS",
    "STATE_LABELS",
    "Action",
    "ActionEvidence",
    "ActionFile",
    "ActionMeeting",
    "Agreement",
    "AgreementFile",
    "AgreementParty",
    "Axis",
    "BudgetLine",
    "Chapter",
    "LinkedPlan",
    "MissionMark",
    "Objective",
    "Passage",
    "PassageFile",
    "PrivateCheck",
    "Project",
    "Step",
]
