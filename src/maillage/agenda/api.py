"""The front door of the agenda: availability, holding and booking, outcomes, waiting list, schedules."""

from maillage.agenda.actions.booking import BookingRefusedError, Refusal, book, hold
from maillage.agenda.actions.demonstration import create_demonstration_agenda
from maillage.agenda.actions.outcomes import change_state
from maillage.agenda.actions.rights import manages
from maillage.agenda.actions.schedules import (
    ScheduleError,
    add_advanced_day,
    add_opening,
    add_schedule,
    close,
    create_agenda,
    end_opening,
    extend_every_agenda,
    extend_slots,
    reopen,
    set_visibility,
)
from maillage.agenda.actions.waiting import (
    OfferClosedError,
    accept_offer,
    decline_offer,
    leave_waiting,
    offer_freed_slot,
    wait_for,
)
from maillage.agenda.models import Agenda, Appointment, Offer, Slot, WaitingEntry
from maillage.agenda.queries.agendas import managed_agendas
from maillage.agenda.queries.appointments import appointments_for, appointments_of, to_move
from maillage.agenda.queries.slots import free_slots
from maillage.agenda.rules.vocabulary import Kind, State, Visibility, audiences

__all__ = [
    "Agenda",
    "Appointment",
    "BookingRefusedError",
    "Kind",
    "Offer",
    "OfferClosedError",
    "Refusal",
    "ScheduleError",
    "Slot",
    "State",
    "Visibility",
    "WaitingEntry",
    "accept_offer",
    "add_advanced_day",
    "add_opening",
    "add_schedule",
    "appointments_for",
    "appointments_of",
    "audiences",
    "book",
    "change_state",
    "close",
    "create_agenda",
    "create_demonstration_agenda",
    "decline_offer",
    "end_opening",
    "extend_every_agenda",
    "extend_slots",
    "free_slots",
    "hold",
    "leave_waiting",
    "managed_agendas",
    "manages",
    "offer_freed_slot",
    "reopen",
    "set_visibility",
    "to_move",
    "wait_for",
]
