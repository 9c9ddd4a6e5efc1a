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
    REPLACEMENT_ASKED = "replacement_asked"
    REPLACEMENT_ACCEPTED = "replacement_accepted"
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
