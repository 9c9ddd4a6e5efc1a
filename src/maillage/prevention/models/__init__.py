"""The tables of prevention."""

from maillage.prevention.models.acts import GROUND_LABELS, PreventionAct, TargetReason, VaccineLot
from maillage.prevention.models.campaigns import (
    DID_LABELS,
    STANDING_LABELS,
    Campaign,
    Invitee,
    InviteeStep,
    LetterRun,
    RunLetter,
)
from maillage.prevention.models.community import THEME_LABELS, CommunityAction
from maillage.prevention.models.days import CAME_LABELS, DayEntry, DayStaff, PreventionDay

__all__ = [
    "CAME_LABELS",
    "DID_LABELS",
    "GROUND_LABELS",
    "STANDING_LABELS",
    "THEME_LABELS",
    "Campaign",
    "CommunityAction",
    "DayEntry",
    "DayStaff",
    "Invitee",
    "InviteeStep",
    "LetterRun",
    "PreventionAct",
    "PreventionDay",
    "RunLetter",
    "TargetReason",
    "VaccineLot",
]
