"""The states of a request to the DAC, what it shows before it is accepted, when it is late. No framework."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum


class CaseState(StrEnum):
    """Where a request stands; the last three are final."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    UNDER_WAY = "under_way"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


#: What the DAC owes the requester an outcome of, and the requester owes a word on.
OUTCOMES = frozenset({CaseState.CLOSED, CaseState.REFUSED})
FINAL = OUTCOMES | {CaseState.WITHDRAWN}
#: The DAC has answered yes: it is of the circle.
TAKEN = frozenset({CaseState.ACCEPTED, CaseState.UNDER_WAY})
#: The DAC has not answered yet.
WAITING = frozenset({CaseState.SENT, CaseState.ACKNOWLEDGED})

_FROM: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.ACKNOWLEDGED: frozenset({CaseState.SENT}),
    CaseState.ACCEPTED: WAITING,
    CaseState.REFUSED: WAITING,
    CaseState.UNDER_WAY: frozenset({CaseState.ACCEPTED}),
    CaseState.CLOSED: TAKEN,
    CaseState.WITHDRAWN: WAITING | TAKEN,
}


def may_become(state: CaseState, target: CaseState) -> bool:
    """Return whether a request in `state` may pass to `target`."""
    return state in _FROM.get(target, frozenset())


class Ground(StrEnum):
    """What makes a situation complex, as the requester sees it."""

    HEALTH = "health"
    AUTONOMY = "autonomy"
    MENTAL_HEALTH = "mental_health"
    ISOLATION = "isolation"
    HOUSING = "housing"
    RIGHTS = "rights"
    CARER = "carer"
    REFUSAL = "refusal"


class Refusal(StrEnum):
    """Why the DAC does not take a request."""

    NOT_COMPLEX = "not_complex"
    ELSEWHERE = "elsewhere"
    ANOTHER_TERRITORY = "another_territory"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"


class Field(StrEnum):
    """What a request may show to the DAC."""

    AGE = "age"
    COMMUNE = "commune"
    GROUNDS = "grounds"
    ASKED = "asked"
    WHY = "why"
    REQUESTER = "requester"
    CONSENT = "consent"
    NAME = "name"
    BIRTH = "birth"
    PHONE = "phone"


def shown(state: CaseState, is_reader: bool, before: Collection[str]) -> frozenset[Field]:
    """Return the fields that somebody reads: all of them in the circle, `before` alone outside it.

    A case manager is of the circle once they took the request; nobody of the DAC is before.
    """
    if is_reader and state is not CaseState.WITHDRAWN:
        return frozenset(Field)
    return frozenset(one for one in Field if one.value in before)


def is_late(state: CaseState, acknowledge_by: date, today: date) -> bool:
    """Return whether an acknowledgement is owed and its day has passed."""
    return state is CaseState.SENT and acknowledge_by < today


class PartnerKind(StrEnum):
    """Whom the DAC asks for help around a person."""

    SOCIAL = "social"
    MEDICO_SOCIAL = "medico_social"
    HEALTH = "health"
    RIGHTS = "rights"


class Answer(StrEnum):
    """What a partner answered; empty: nothing yet."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NONE = "none"


def answer_is_late(answer: str, expected_on: date | None, today: date) -> bool:
    """Return whether a partner's answer is still awaited after its day."""
    return not answer and expected_on is not None and expected_on < today
