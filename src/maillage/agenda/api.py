"""The front door of the agenda: availability, holding and booking, outcomes, waiting list, schedules."""

from maillage.agenda.actions.booking import BookingRefusedError, Refusal, book, book_over_capacity, hold
from maillage.agenda.actions.demonstration import create_demonstration_agenda
from maillage.agenda.actions.outcomes import change_state, may_be_said, move, undo
from maillage.agenda.actions.rights import acts_for, manages
from maillage.agenda.actions.rights import sees as may_see
from maillage.agenda.actions.schedules import (
    ScheduleError,
    add_advanced_day,
    add_opening,
    add_schedule,
    allow_over_capacity,
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
    WaitingError,
    accept_offer,
    decline_offer,
    leave_waiting,
    offer_freed_slot,
    wait_for,
)
from maillage.agenda.models import KIND_LABELS, Agenda, Appointment, Offer, Schedule, Slot, WaitingEntry
from maillage.agenda.queries.agendas import managed_agendas
from maillage.agenda.queries.appointments import (
    appointments_for,
    appointments_of,
    elsewhere_at,
    elsewhere_sentence,
    hour_warnings,
    of_patient,
    to_move,
)
from maillage.agenda.queries.commitments import Commitment, commitments_during
from maillage.agenda.queries.counted import absences_counted, seats_counted, slots_counted
from maillage.agenda.queries.kept_out import KeptOut, keep_out_with
from maillage.agenda.queries.message_values import announced_as, message_values, patient_message, subject_of
from maillage.agenda.queries.over_capacity import Extra, extra_slots
from maillage.agenda.queries.slots import free_slots, keep_slots, slot_with_names
from maillage.agenda.rules.vocabulary import Kind, State, Visibility, audiences

__all__ = [
    "KIND_LABELS",
    "Agenda",
    "Appointment",
    "BookingRefusedError",
    "Commitment",
    "Extra",
    "KeptOut",
    "Kind",
    "Offer",
    "OfferClosedError",
    "Refusal",
    "Schedule",
    "ScheduleError",
    "Slot",
    "State",
    "Visibility",
    "WaitingEntry",
    "WaitingError",
    "absences_counted",
    "accept_offer",
    "acts_for",
    "add_advanced_day",
    "add_opening",
    "add_schedule",
    "allow_over_capacity",
    "announced_as",
    "appointments_for",
    "appointments_of",
    "audiences",
    "book",
    "book_over_capacity",
    "change_state",
    "close",
    "commitments_during",
    "create_agenda",
    "create_demonstration_agenda",
    "decline_offer",
    "elsewhere_at",
    "elsewhere_sentence",
    "end_opening",
    "extend_every_agenda",
    "extend_slots",
    "extra_slots",
    "free_slots",
    "hold",
    "hour_warnings",
    "keep_out_with",
    "keep_slots",
    "leave_waiting",
    "managed_agendas",
    "manages",
    "may_be_said",
    "may_see",
    "message_values",
    "move",
    "of_patient",
    "offer_freed_slot",
    "patient_message",
    "reopen",
    "seats_counted",
    "set_visibility",
    "slot_with_names",
    "slots_counted",
    "subject_of",
    "to_move",
    "undo",
    "wait_for",
]
