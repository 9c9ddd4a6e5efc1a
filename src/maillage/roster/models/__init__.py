"""Tables of the roster, one aggregate a file."""

from maillage.roster.models.exchanges import Exchange, Offer
from maillage.roster.models.feeds import DutyFeed
from maillage.roster.models.jobs import Job
from maillage.roster.models.rosters import (
    KIND_LABELS,
    STATE_LABELS,
    Assignment,
    Post,
    Roster,
    Solve,
    StateChange,
)
from maillage.roster.models.sectors import Sector, SectorCommune
from maillage.roster.models.volunteers import Absence, Preference, Volunteer

__all__ = [
    "KIND_LABELS",
    "STATE_LABELS",
    "Absence",
    "Assignment",
    "DutyFeed",
    "Exchange",
    "Job",
    "Offer",
    "Post",
    "Preference",
    "Roster",
    "Sector",
    "SectorCommune",
    "Solve",
    "StateChange",
    "Volunteer",
]
