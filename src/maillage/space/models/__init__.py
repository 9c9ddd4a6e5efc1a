"""Tables of the space, one aggregate a file."""

from maillage.space.models.checks import REASON_LABELS, RESULT_LABELS, SafetyCheck
from maillage.space.models.entries import WAY_LABELS, EntryCode
from maillage.space.models.letters import Letter

__all__ = ["REASON_LABELS", "RESULT_LABELS", "WAY_LABELS", "EntryCode", "Letter", "SafetyCheck"]
