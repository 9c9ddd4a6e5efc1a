"""The words of the desk. Codes of the SAMU Hub Santé are kept as published; each scale stands alone."""

from __future__ import annotations

from enum import StrEnum


class Origin(StrEnum):
    """Through which door a request came."""

    SINGLE_NUMBER = "single_number"
    SAMU = "samu"
    PORTAL = "portal"
    EHPAD = "ehpad"
    PHARMACY = "pharmacy"
    PROFESSIONAL = "professional"


class CallerKind(StrEnum):
    """Who calls, seen from the patient (Hub Santé, type d’appelant, reduced to what the desk acts upon)."""

    PATIENT = "SUJET"
    FAMILY = "FAMILLE"
    THIRD_PARTY = "TIERS"
    PHYSICIAN = "MED"
    CARER_PROFESSIONAL = "SANTE"


class State(StrEnum):
    """Where a request stands."""

    NEW = "new"
    IN_HAND = "in_hand"
    PROPOSED = "proposed"
    BOOKED = "booked"
    ON_CALL = "on_call"
    ADVICE = "advice"
    PROTOCOL = "protocol"
    OUTSIDE = "outside"
    TRANSFERRED = "transferred"
    CLOSED = "closed"


class Priority(StrEnum):
    """How fast a physician must regulate: said by whoever answers, or P0 by a vital motive."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    NOT_REGULATED = "NR"


class CareLevel(StrEnum):
    """The level of care that a physician decides upon, never derived from the priority."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"


class Delay(StrEnum):
    """Within which time somebody must be seen: decided, never derived from a level."""

    AT_ONCE = "DEL0"
    AS_SOON_AS_AVAILABLE = "ASAP"
    MINUTES_30 = "30M"
    MINUTES_45 = "45M"
    HOUR_1 = "1H"
    HOURS_2 = "2H"
    HOURS_4 = "4H"
    HOURS_8 = "8H"
    HOURS_12 = "12H"
    HOURS_24 = "24H"
    APPOINTMENT = "RDV"


class Answer(StrEnum):
    """An answer to a safety question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ProposalKind(StrEnum):
    """What is proposed, in the order in which equals are shown."""

    OWN_DOCTOR = "own_doctor"
    SLOT = "slot"
    PROTOCOL = "protocol"
    CENTRE = "centre"
    ON_CALL = "on_call"
    DUTY_HOUSE = "duty_house"
    LOCAL_HOSPITAL = "hospital"
    HAD = "had"
    EHPAD_TELE = "ehpad_tele"
    MOBILE_TEAM = "mobile_team"
    SAMU = "samu"


#: Proposals that a slot of an agenda stands behind: what may be held and booked.
OF_A_SLOT = frozenset({ProposalKind.OWN_DOCTOR, ProposalKind.SLOT, ProposalKind.EHPAD_TELE})


class ProposalState(StrEnum):
    """What became of a proposal."""

    OFFERED = "offered"
    HELD = "held"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TAKEN = "taken"
    REPLACED = "replaced"


class RefusalReason(StrEnum):
    """Why a proposal was refused, by the person or by the professional."""

    TOO_FAR = "too_far"
    TOO_LATE = "too_late"
    NO_TRANSPORT = "no_transport"
    COST = "cost"
    OTHER_PERSON_WANTED = "other_person_wanted"
    PROFESSIONAL_DECLINED = "professional_declined"
    NO_ANSWER = "no_answer"


class DecisionKind(StrEnum):
    """What was decided."""

    SLOT = "slot"
    ON_CALL = "on_call"
    ADVICE = "advice"
    PROTOCOL = "protocol"
    OUTSIDE = "outside"
    TRANSFER = "transfer"


class HubDecision(StrEnum):
    """The same decision, as the Hub Santé codes it (type de décision)."""

    ADVICE = "CONSEIL"
    PRESCRIPTION = "PMT"
    INTERVENTION = "INTER"
    ORIENTATION = "ORIENT"
    NOTHING_MORE = "PASPLUS"


class Outcome(StrEnum):
    """What came of a request, said in one tap by whoever saw the person, by the desk, or by whoever asked.

    CANCELLED, DISPLACED (the slot was closed over the appointment) and REOPENED are written by what follows
    the agenda, or a correction: nobody says them.
    """

    SEEN = "seen"
    NOT_HONOURED = "not_honoured"
    REORIENTED = "reoriented"
    EMERGENCY = "emergency"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    DUPLICATE = "duplicate"
    MISTAKE = "mistake"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    DISPLACED = "displaced"
    REOPENED = "reopened"


class Urgency(StrEnum):
    """How late a request is in its state."""

    ON_TIME = "on_time"
    LATE = "late"
    ESCALATED = "escalated"


class Why(StrEnum):
    """Why a proposal is where it is in the list."""

    OWN_DOCTOR = "own_doctor"
    BEST_SCORE = "best_score"
    EARLIEST = "earliest"
    NEAREST = "nearest"
    ACCEPTABLE = "acceptable"
    ON_CALL = "on_call"
    PROTOCOL = "protocol"
    CHECK_AGE = "check_age"
    CHECK_SEX = "check_sex"
    CHECK_FEVER = "check_fever"
    CHECK_PREGNANCY = "check_pregnancy"
    NOT_ESTABLISHED = "not_established"
    OPEN_NOW = "open_now"
    ASKED_BY_PROFESSIONAL = "asked_by_professional"
    AT_THE_EHPAD = "at_the_ehpad"
    ALWAYS = "always"
