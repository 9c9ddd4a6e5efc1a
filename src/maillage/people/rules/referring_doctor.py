"""The search of a médecin traitant (S14): states, transitions, priority, refusals.

Every state but the last two has an owner who must act: `owner_of` says who.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """Where a request stands."""

    REQUESTED = "requested"
    CONSENTED = "consented"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLARED = "declared"
    CLOSED = "closed"


class Event(StrEnum):
    """What moves a request."""

    CONSENT = "consent"
    PROPOSE = "propose"
    REFUSE = "refuse"
    WITHDRAW_PROPOSAL = "withdraw_proposal"
    ACCEPT = "accept"
    DECLARE = "declare"
    CLOSE = "close"


TRANSITIONS: Mapping[tuple[State, Event], State] = {
    (State.REQUESTED, Event.CONSENT): State.CONSENTED,
    (State.REQUESTED, Event.CLOSE): State.CLOSED,
    (State.CONSENTED, Event.PROPOSE): State.PROPOSED,
    (State.CONSENTED, Event.CLOSE): State.CLOSED,
    (State.PROPOSED, Event.REFUSE): State.CONSENTED,
    (State.PROPOSED, Event.WITHDRAW_PROPOSAL): State.CONSENTED,
    (State.PROPOSED, Event.ACCEPT): State.ACCEPTED,
    (State.PROPOSED, Event.CLOSE): State.CLOSED,
    (State.ACCEPTED, Event.DECLARE): State.DECLARED,
    (State.ACCEPTED, Event.CLOSE): State.CLOSED,
}
"""The only moves there are; a declared or closed request moves no more."""

OPEN = frozenset({State.REQUESTED, State.CONSENTED, State.PROPOSED, State.ACCEPTED})
"""States in which somebody must still act."""


class Owner(StrEnum):
    """Who must act next."""

    COORDINATION = "coordination"
    DOCTOR = "doctor"
    NOBODY = "nobody"


class TransitionError(ValueError):
    """An event that the state does not allow; `state` and `event` say which."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event.value} is not possible in {state.value}")
        self.state, self.event = state, event


class Criterion(StrEnum):
    """What makes a request urgent; the weights are in `sourced/referring_doctor.toml`."""

    ALD = "ald"
    AGED = "aged"
    PREGNANCY = "pregnancy"
    C2S = "c2s"
    DISABILITY = "disability"
    EHPAD = "ehpad"
    DISCHARGE = "discharge"


class Refusal(StrEnum):
    """Why a doctor says no."""

    FULL_LIST = "full_list"
    TOO_FAR = "too_far"
    LEAVING = "leaving"
    HOME_VISITS = "home_visits"
    CARE_NEEDS = "care_needs"
    PREVIOUS_RELATION = "previous_relation"
    OTHER = "other"


class Closing(StrEnum):
    """Why a request ends without a declaration."""

    FOUND_ALONE = "found_alone"
    WITHDRAWN = "withdrawn"
    OPPOSED = "opposed"
    UNREACHABLE = "unreachable"
    MOVED = "moved"
    DEAD = "dead"


def after(state: State, event: Event) -> State:
    """Return the state that follows. Raises TransitionError."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise TransitionError(state, event) from None


def owner_of(state: State) -> Owner:
    """Return who must act next."""
    if state is State.PROPOSED:
        return Owner.DOCTOR
    return Owner.COORDINATION if state in OPEN else Owner.NOBODY


def age_on(birth_date: date, day: date) -> int:
    """Return an age in whole years; someone born on 29 February turns a year older on 1 March."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def priority(criteria: Collection[Criterion], weights: Mapping[str, int]) -> int:
    """Return the sum of the weights of the criteria met; the higher, the sooner a doctor is proposed."""
    return sum(weights[one.value] for one in set(criteria))


def remaining_quota(quota: int, answered: int, waiting: int) -> int:
    """Return how many more patients may be proposed to a doctor who accepts `quota` in a period.

    `answered` were accepted in the period, `waiting` are proposals not yet answered.
    """
    return max(0, quota - answered - waiting)
