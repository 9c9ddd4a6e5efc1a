"""The life of a protocol's version, of a sign-up and of an act: no framework."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from maillage.protocols.rules.criteria import Standing


class ProtocolKind(StrEnum):
    """What the text is."""

    COOPERATION = "cooperation"
    LOCAL = "local"
    IPA = "ipa"


class Side(StrEnum):
    """On which side of a protocol somebody signs up."""

    DELEGATING = "delegating"
    DELEGATED = "delegated"


class EvidenceLevel(StrEnum):
    """How strong the reference behind a version is, in the grades of the HAS; not graded is said."""

    A = "a"
    B = "b"
    C = "c"
    EXPERT = "expert"
    NONE = "none"


class VersionState(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    IN_USE = "in_use"
    WITHDRAWN = "withdrawn"


class ActState(StrEnum):
    """Where an act stands; the first two are still open."""

    TO_CHECK = "to_check"
    TO_SIGN = "to_sign"
    SIGNED = "signed"
    RETURNED = "returned"
    EMERGENCY = "emergency"


OPEN = frozenset({ActState.TO_CHECK, ActState.TO_SIGN})
#: Where an act begins, by where the answers leave the person: an exception goes back to the physician.
BEGINS = {
    Standing.VITAL: ActState.EMERGENCY,
    Standing.STOPPED: ActState.RETURNED,
    Standing.EXCLUDED: ActState.RETURNED,
    Standing.TO_CHECK: ActState.TO_CHECK,
    Standing.CLEAR: ActState.TO_SIGN,
}


def is_due(review_on: date | None, today: date) -> bool:
    """Return whether the day on which a version was to be reviewed has passed."""
    return review_on is not None and review_on < today


def holds(*, signed_on: date, until: date | None, ended_on: date | None, day: date) -> bool:
    """Return whether a sign-up holds on a day: signed, not run out (its last day included), not ended."""
    return signed_on <= day and (until is None or day <= until) and (ended_on is None or day < ended_on)
