"""The front door of the roster: who is on call, sectors and volunteers, rosters and their steps."""

from maillage.roster.actions.errors import RosterError
from maillage.roster.actions.rosters import assign, change_state, create_roster
from maillage.roster.actions.sectors import (
    add_absence,
    create_sector,
    remove_absence,
    set_preference,
    set_volunteer,
)
from maillage.roster.models import Absence, Assignment, Post, Roster, Sector, Volunteer
from maillage.roster.queries.duties import Coverage, OnCall, missing_posts, on_call, posts_of
from maillage.roster.queries.settings import next_deadline
from maillage.roster.rules.blocks import BlockKind
from maillage.roster.rules.workflow import Deadline, State

__all__ = [
    "Absence",
    "Assignment",
    "BlockKind",
    "Coverage",
    "Deadline",
    "OnCall",
    "Post",
    "Roster",
    "RosterError",
    "Sector",
    "State",
    "Volunteer",
    "add_absence",
    "assign",
    "change_state",
    "create_roster",
    "create_sector",
    "missing_posts",
    "next_deadline",
    "on_call",
    "posts_of",
    "remove_absence",
    "set_preference",
    "set_volunteer",
]
