"""The life of a health project: from a draft to the contract, each step dated, and those it may lead to.

Letter of intent (ARS) → project → validation by the ARS → contract (ACI) → missions. A house (MSP) sends its
project without a letter.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class ProjectKind(StrEnum):
    """Whose project it is."""

    CPTS = "cpts"
    MSP = "msp"


class ProjectState(StrEnum):
    """Where a project stands."""

    DRAFT = "draft"
    LETTER_SENT = "letter_sent"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    VALIDATED = "validated"
    SIGNED = "signed"
    RENEWED = "renewed"
    ENDED = "ended"


S = ProjectState
TRANSITIONS: dict[ProjectState, tuple[ProjectState, ...]] = {
    S.DRAFT: (S.LETTER_SENT, S.SUBMITTED, S.ENDED),
    S.LETTER_SENT: (S.SUBMITTED, S.RETURNED, S.ENDED),
    S.SUBMITTED: (S.VALIDATED, S.RETURNED, S.ENDED),
    S.RETURNED: (S.SUBMITTED, S.ENDED),
    S.VALIDATED: (S.SIGNED, S.ENDED),
    S.SIGNED: (S.RENEWED, S.ENDED),
    S.RENEWED: (S.RENEWED, S.ENDED),
    S.ENDED: (),
}
#: Steps that say why.
NEEDS_REASON = frozenset({S.RETURNED, S.ENDED})
#: The project is in force: its clocks run.
IN_FORCE = frozenset({S.SIGNED, S.RENEWED})
#: What a reader follows on the way to the contract.
WAY = (S.DRAFT, S.LETTER_SENT, S.SUBMITTED, S.VALIDATED, S.SIGNED)


class Refusal(StrEnum):
    """Why a step is not taken."""

    NOT_NEXT = "not_next"
    NO_REASON = "no_reason"
    BEFORE_THE_LAST = "before_the_last"
    TO_COME = "to_come"


def nexts(state: ProjectState, kind: ProjectKind) -> tuple[ProjectState, ...]:
    """Return the steps that a project may take: a CPTS sends its letter of intent first."""
    found = TRANSITIONS[state]
    if state is S.DRAFT:
        skipped = S.SUBMITTED if kind is ProjectKind.CPTS else S.LETTER_SENT
        return tuple(one for one in found if one is not skipped)
    return found


def refusal(
    state: ProjectState,
    to: ProjectState,
    kind: ProjectKind,
    *,
    on: date,
    last: date | None,
    today: date,
    reason: str,
) -> Refusal | None:
    """Return why a project may not pass to `to` on that day, None where it may; `last`: its last step."""
    if to not in nexts(state, kind):
        return Refusal.NOT_NEXT
    if on > today:
        return Refusal.TO_COME
    if last is not None and on < last:
        return Refusal.BEFORE_THE_LAST
    return Refusal.NO_REASON if to in NEEDS_REASON and not reason.strip() else None
