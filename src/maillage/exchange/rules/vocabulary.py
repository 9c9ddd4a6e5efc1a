"""The words of a notification: channels, states, failures, templates, and the closed list of what it says."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How a notification reaches its recipient; `inbox` is the page of this program, tasks included."""

    SMS = "sms"
    EMAIL = "email"
    INBOX = "inbox"


class State(StrEnum):
    """Where a notification stands: queued → sent, or failed (tried again) → sent or abandoned."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    ABANDONED = "abandoned"


class Failure(StrEnum):
    """Why a notification did not leave; empty where nothing went wrong."""

    NONE = ""
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    NO_ADDRESS = "no_address"
    TOO_LATE = "too_late"


class Template(StrEnum):
    """What a notification is about; its text is the sourced rule `exchange.template.<value>`."""

    APPOINTMENT_BOOKED = "appointment_booked"
    APPOINTMENT_MOVED = "appointment_moved"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    SLOT_OFFERED = "slot_offered"
    # The same where no telephone of the practice is known, or where a link answers.
    APPOINTMENT_BOOKED_BRIEF = "appointment_booked_brief"
    APPOINTMENT_MOVED_BRIEF = "appointment_moved_brief"
    APPOINTMENT_CANCELLED_BRIEF = "appointment_cancelled_brief"
    SLOT_OFFERED_BRIEF = "slot_offered_brief"
    SLOT_OFFERED_LINK = "slot_offered_link"
    # To the professional whose agenda it is.
    AGENDA_BOOKED = "agenda_booked"
    AGENDA_MOVED = "agenda_moved"
    AGENDA_CANCELLED = "agenda_cancelled"
    REPLACEMENT_ASKED = "replacement_asked"
    REPLACEMENT_OFFERED = "replacement_offered"
    REPLACEMENT_ACCEPTED = "replacement_accepted"
    REPLACEMENT_WITHDRAWN = "replacement_withdrawn"
    REPLACEMENT_OVERTAKEN = "replacement_overtaken"
    DUTY_GIVEN = "duty_given"
    DUTY_TAKEN_BACK = "duty_taken_back"
    DUTIES_TO_REASSIGN = "duties_to_reassign"
    ROSTER_SENT = "roster_sent"
    ROSTER_VALIDATED = "roster_validated"
    ROSTER_INCOMPLETE = "roster_incomplete"
    ROSTER_TRANSMITTED = "roster_transmitted"
    ROSTER_CLOSED = "roster_closed"
    ROSTER_CHANGED = "roster_changed"
    REQUEST_ANSWERED = "request_answered"


class Parameter(StrEnum):
    """All that a text may say. None of them is about health, and none is a sentence somebody typed."""

    WHEN = "when"
    PREVIOUS = "previous"
    UNTIL = "until"
    DAY = "day"
    PROFESSIONAL = "professional"
    COMMUNE = "commune"
    SECTOR = "sector"
    PHONE = "phone"
    LINK = "link"


#: What is said aloud where a text with a link becomes a call: a secret address is nobody else's to read.
SPOKEN = {Template.SLOT_OFFERED_LINK: Template.SLOT_OFFERED_BRIEF}


class CallOutcome(StrEnum):
    """What came of a call; the first two end it, the others leave it to make again."""

    REACHED = "reached"
    WRONG_NUMBER = "wrong_number"
    NO_ANSWER = "no_answer"
    MESSAGE_LEFT = "message_left"


#: Outcomes after which nobody calls again.
ENDING = frozenset({CallOutcome.REACHED, CallOutcome.WRONG_NUMBER})
