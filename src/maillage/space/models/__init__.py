"""Tables of the space, one aggregate a file."""

from maillage.space.models.checks import REASON_LABELS, RESULT_LABELS, SafetyCheck

__all__ = ["REASON_LABELS", "RESULT_LABELS", "SafetyCheck"]
