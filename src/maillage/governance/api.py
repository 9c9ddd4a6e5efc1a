"""The front door of governance: the time that meetings and trainings took, what was decided."""

from maillage.governance.models import Body, Resolution, Sitting
from maillage.governance.queries.decisions import last_decisions
from maillage.governance.queries.trainings import GovernanceTime, paid_times

__all__ = ["Body", "GovernanceTime", "Resolution", "Sitting", "last_decisions", "paid_times"]
