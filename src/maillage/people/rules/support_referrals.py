"""The referral of somebody far from their rights to the CPAM (mission accompagnement santé).

What its form asks; only the day, the grounds and the identity are mandatory. No framework.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum


class Ground(StrEnum):
    """Why somebody is referred."""

    RIGHTS = "rights"
    CARE = "care"
    DIGITAL = "digital"
    SOCIAL = "social"


class Care(StrEnum):
    """What care somebody gave up."""

    DOCTOR = "doctor"
    SURGERY = "surgery"
    EXAMINATION = "examination"
    PHARMACY = "pharmacy"
    DEVICE = "device"
    OTHER = "other"


class Since(StrEnum):
    """For how long."""

    UNKNOWN = ""
    UNDER_3_MONTHS = "under_3_months"
    UNDER_A_YEAR = "under_a_year"
    OVER_A_YEAR = "over_a_year"
    OVER_2_YEARS = "over_2_years"


class Cause(StrEnum):
    """Why care was given up."""

    RIGHTS = "rights"
    REMAINDER = "remainder"
    ADVANCE = "advance"
    DELAYS = "delays"
    TRANSPORT = "transport"
    PROCEDURES = "procedures"
    REFUSAL = "refusal"


class Consent(StrEnum):
    """How the person agreed: signed, or told at a distance and then confirmed by a letter."""

    SIGNED = "signed"
    TOLD = "told"


class Outcome(StrEnum):
    """What came of it, as whoever handles it learnt from the CPAM or from the person."""

    SUPPORTED = "supported"
    RIGHTS_OPENED = "rights_opened"
    CARE_DONE = "care_done"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    OTHER = "other"


class Step(StrEnum):
    """What is to do next: send it, ask what came of it, nothing more."""

    TO_SEND = "to_send"
    AWAITED = "awaited"
    OVER = "over"


def step(*, is_sent: bool, is_answered: bool) -> Step:
    """Return what is to do next; an outcome may be known before the paper has left."""
    if is_answered:
        return Step.OVER
    return Step.AWAITED if is_sent else Step.TO_SEND


def due_on(opened: date, sent: date | None, *, send_days: int, answer_days: int) -> date:
    """Return the day before which the next step is to be done: sent, then asked about."""
    if sent is None:
        return opened + timedelta(days=send_days)
    return sent + timedelta(days=answer_days)


def speaks_of_care(grounds: Collection[Ground]) -> bool:
    """Return whether what was given up, since when and why, says something."""
    return Ground.CARE in grounds
