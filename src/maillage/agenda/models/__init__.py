"""Tables of the agenda, one aggregate a file."""

from maillage.agenda.models.appointments import Appointment, Occupation, StateChange
from maillage.agenda.models.feeds import Feed
from maillage.agenda.models.schedules import (
    KIND_LABELS,
    VISIBILITY_LABELS,
    Agenda,
    Closure,
    Opening,
    Schedule,
)
from maillage.agenda.models.slots import Slot
from maillage.agenda.models.waiting import Offer, WaitingEntry

__all__ = [
    "KIND_LABELS",
    "VISIBILITY_LABELS",
    "Agenda",
    "Appointment",
    "Closure",
    "Feed",
    "Occupation",
    "Offer",
    "Opening",
    "Schedule",
    "Slot",
    "StateChange",
    "WaitingEntry",
]
