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


#: How the inbox names messages to read.
MESSAGES = "exchange.message"


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
    # To the professional who expects somebody outside their agenda, or through the desk.
    EXPECTED_BOOKED = "expected_booked"
    EXPECTED_MOVED = "expected_moved"
    EXPECTED_BOOKED_BRIEF = "expected_booked_brief"
    EXPECTED_MOVED_BRIEF = "expected_moved_brief"
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
    FILE_OPENED = "file_opened"
    EMERGENCY_TO_REVIEW = "emergency_to_review"
    MANDATE_CODE = "mandate_code"
    SPACE_INVITED = "space_invited"
    SPACE_CODE = "space_code"
    SIGNAL_ASKED = "signal_asked"
    SIGNAL_UNANSWERED = "signal_unanswered"
    SIGNAL_ANSWERED = "signal_answered"
    TASK_GIVEN = "task_given"
    MEETING_CALLED = "meeting_called"
    MEETING_MOVED = "meeting_moved"
    MEETING_CANCELLED = "meeting_cancelled"
    MINUTES_SIGNED = "minutes_signed"
    AGREEMENT_ENDING = "agreement_ending"
    MESSAGE_WAITING = "message_waiting"
    MENTIONED = "mentioned"
    SUPPORT_ANSWERED = "support_answered"
    DOCTOR_PROPOSED = "doctor_proposed"
    DOCTOR_REMINDED = "doctor_reminded"
    SEARCH_ENDED = "search_ended"
    RIGHTS_ASKED = "rights_asked"
    RIGHTS_ANSWERED = "rights_answered"
    ADVICE_ASKED = "advice_asked"
    ADVICE_PRECISION = "advice_precision"
    ADVICE_COMPLETED = "advice_completed"
    ADVICE_ANSWERED = "advice_answered"
    ADVICE_RETURNED = "advice_returned"
    TELE_LINK = "tele_link"
    # To a patient whom a professional would like to see again: nothing of why.
    GET_IN_TOUCH = "get_in_touch"
    GET_IN_TOUCH_BRIEF = "get_in_touch_brief"
    INBOX_HELD = "inbox_held"
    INBOX_CONFIDED = "inbox_confided"
    INBOX_TAKEN_BACK = "inbox_taken_back"
    INBOX_SUMMARY = "inbox_summary"
    INBOX_SUMMARY_LATE = "inbox_summary_late"


#: What tells a patient, and the professional who expects them, of an hour: by whether another was told
#: before, and whether the place or its phone is left out.
PATIENT_TOLD_OF_AN_HOUR = {
    (False, False): Template.APPOINTMENT_BOOKED,
    (False, True): Template.APPOINTMENT_BOOKED_BRIEF,
    (True, False): Template.APPOINTMENT_MOVED,
    (True, True): Template.APPOINTMENT_MOVED_BRIEF,
}
PROFESSIONAL_TOLD_OF_AN_HOUR = {
    (False, False): Template.EXPECTED_BOOKED,
    (False, True): Template.EXPECTED_BOOKED_BRIEF,
    (True, False): Template.EXPECTED_MOVED,
    (True, True): Template.EXPECTED_MOVED_BRIEF,
}


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
    REFERENCE = "reference"
    COUNT = "count"
    LATE = "late"


#: What is said aloud where a text with a link becomes a call: a secret address is nobody else's to read.
SPOKEN = {
    Template.SLOT_OFFERED_LINK: Template.SLOT_OFFERED_BRIEF,
    Template.TELE_LINK: Template.APPOINTMENT_BOOKED_BRIEF,
}


class CallOutcome(StrEnum):
    """What came of a call: those of `ENDING` end it, the others leave it to make again."""

    REACHED = "reached"
    TOLD_OTHERWISE = "told_other"
    TOO_LATE = "too_late"
    WRONG_NUMBER = "wrong_number"
    NO_ANSWER = "no_answer"
    MESSAGE_LEFT = "message_left"


#: Outcomes after which nobody calls again.
ENDING = frozenset(
    {CallOutcome.REACHED, CallOutcome.TOLD_OTHERWISE, CallOutcome.TOO_LATE, CallOutcome.WRONG_NUMBER}
)
#: Outcomes after which the recipient knows.
TOLD = frozenset({CallOutcome.REACHED, CallOutcome.TOLD_OTHERWISE})
#: Reasons to close a call that nobody made before its hour; before it, a call is made.
CLOSING_MISSED = frozenset({CallOutcome.TOLD_OTHERWISE, CallOutcome.TOO_LATE})
