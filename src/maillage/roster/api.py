"""The front door of the roster: who is on call, sectors and volunteers, rosters and their steps."""

from maillage.roster.actions.calendar import follow_calendar
from maillage.roster.actions.demonstration import create_demonstration_roster
from maillage.roster.actions.exchanges import accept, ask, offer, withdraw
from maillage.roster.actions.feeds import create_feed, revoke_feed
from maillage.roster.actions.jobs import (
    SOLVE_CHANNEL,
    ask_solve,
    recover,
    run_waiting,
    solve_waits,
    stop_solve,
)
from maillage.roster.actions.leaving import report_departures
from maillage.roster.actions.rosters import assign, change_state, create_roster, set_lock
from maillage.roster.actions.sectors import (
    add_absence,
    change_sector,
    create_sector,
    remove_absence,
    set_preference,
    set_volunteer,
)
from maillage.roster.actions.solving import keep
from maillage.roster.computations import Proposal, propose
from maillage.roster.models import Absence, Assignment, Exchange, Job, Offer, Post, Roster, Sector, Volunteer
from maillage.roster.queries.calendars import ical
from maillage.roster.queries.commitments import conflicts, read_commitments_with
from maillage.roster.queries.duties import (
    Coverage,
    OnCall,
    missing_posts,
    on_call,
    on_call_by_sector,
    posts_of,
    shared_on_call,
)
from maillage.roster.queries.settings import next_deadline
from maillage.roster.queries.statements import Line, balance, shared_duties_done, statement
from maillage.roster.rules.blocks import BlockKind, Hours, Period
from maillage.roster.rules.errors import RosterError
from maillage.roster.rules.vocabulary import SectorKind
from maillage.roster.rules.workflow import Deadline, State
from maillage.territory.api import HolidayCalendar

__all__ = [
    "SOLVE_CHANNEL",
    "Absence",
    "Assignment",
    "BlockKind",
    "Coverage",
    "Deadline",
    "Exchange",
    "HolidayCalendar",
    "Hours",
    "Job",
    "Line",
    "Offer",
    "OnCall",
    "Period",
    "Post",
    "Proposal",
    "Roster",
    "RosterError",
    "Sector",
    "SectorKind",
    "State",
    "Volunteer",
    "accept",
    "add_absence",
    "ask",
    "ask_solve",
    "assign",
    "balance",
    "change_sector",
    "change_state",
    "conflicts",
    "create_demonstration_roster",
    "create_feed",
    "create_roster",
    "create_sector",
    "follow_calendar",
    "ical",
    "keep",
    "missing_posts",
    "next_deadline",
    "offer",
    "on_call",
    "on_call_by_sector",
    "posts_of",
    "propose",
    "read_commitments_with",
    "recover",
    "remove_absence",
    "report_departures",
    "revoke_feed",
    "run_waiting",
    "set_lock",
    "set_preference",
    "set_volunteer",
    "shared_duties_done",
    "shared_on_call",
    "solve_waits",
    "statement",
    "stop_solve",
    "withdraw",
]
