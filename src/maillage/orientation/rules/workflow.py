"""The life of a request: which state follows which, what blocks, when a loop that stays open shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from maillage.orientation.rules.vocabulary import (
    Answer,
    DecisionKind,
    HubDecision,
    Outcome,
    Priority,
    State,
    Urgency,
)

#: Priorities that go to a physician at once and never enter slot search.
URGENT = frozenset({Priority.P0, Priority.P1})

_TRANSITIONS: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.IN_HAND, State.TRANSFERRED}),
    State.IN_HAND: frozenset(
        {
            State.PROPOSED, State.BOOKED, State.ON_CALL, State.ADVICE, State.PROTOCOL, State.OUTSIDE,
            State.TRANSFERRED, State.CLOSED,
        }
    ),
    State.PROPOSED: frozenset(
        {
            State.IN_HAND, State.BOOKED, State.ON_CALL, State.ADVICE, State.PROTOCOL, State.OUTSIDE,
            State.TRANSFERRED, State.CLOSED,
        }
    ),
    State.BOOKED: frozenset({State.IN_HAND, State.TRANSFERRED, State.CLOSED}),
    State.ON_CALL: frozenset({State.IN_HAND, State.TRANSFERRED, State.CLOSED}),
    State.ADVICE: frozenset({State.IN_HAND, State.TRANSFERRED, State.CLOSED}),
    State.PROTOCOL: frozenset({State.IN_HAND, State.TRANSFERRED, State.CLOSED}),
    State.OUTSIDE: frozenset({State.IN_HAND, State.TRANSFERRED, State.CLOSED}),
    State.TRANSFERRED: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}  # fmt: skip

#: States in which a request waits for somebody: all but the end.
OPEN = frozenset(State) - {State.CLOSED}
#: States in which a decision was taken and its outcome is awaited.
AWAITING_OUTCOME = frozenset(
    {State.BOOKED, State.ON_CALL, State.ADVICE, State.PROTOCOL, State.OUTSIDE, State.TRANSFERRED}
)
#: States that a red flag forbids: it leads to the 15, and nowhere else.
FORBIDDEN_BY_RED_FLAG = frozenset(
    {State.PROPOSED, State.BOOKED, State.ON_CALL, State.ADVICE, State.PROTOCOL, State.OUTSIDE}
)

#: What whoever saw the person may say, with the desk.
BY_EFFECTOR = frozenset({Outcome.SEEN, Outcome.NOT_HONOURED, Outcome.REORIENTED, Outcome.EMERGENCY})
#: What the desk alone may say: nobody was seen, and nothing was answered.
BY_DESK = frozenset({Outcome.DECLINED, Outcome.UNREACHABLE, Outcome.DUPLICATE, Outcome.MISTAKE})
#: How long an ended request may still be the one that another asks again.
JOINED_WITHIN = timedelta(days=2)
#: Ends that answered nobody: counted apart from what was answered in town.
WITHOUT_ANSWER = BY_DESK | {Outcome.WITHDRAWN, Outcome.CANCELLED}
#: Ends after which the person goes back to the desk, where an answer was awaited.
COMES_BACK = frozenset({Outcome.NOT_HONOURED, Outcome.REORIENTED, Outcome.CANCELLED})

STATE_OF_DECISION: dict[DecisionKind, State] = {
    DecisionKind.SLOT: State.BOOKED,
    DecisionKind.ON_CALL: State.ON_CALL,
    DecisionKind.ADVICE: State.ADVICE,
    DecisionKind.PROTOCOL: State.PROTOCOL,
    DecisionKind.OUTSIDE: State.OUTSIDE,
    DecisionKind.TRANSFER: State.TRANSFERRED,
}
#: How the Hub Santé codes each decision; advice may be accompanied by a prescription, said apart.
HUB_DECISION: dict[DecisionKind, HubDecision] = {
    DecisionKind.SLOT: HubDecision.ORIENTATION,
    DecisionKind.ON_CALL: HubDecision.ORIENTATION,
    DecisionKind.ADVICE: HubDecision.ADVICE,
    DecisionKind.PROTOCOL: HubDecision.ORIENTATION,
    DecisionKind.OUTSIDE: HubDecision.ORIENTATION,
    DecisionKind.TRANSFER: HubDecision.INTERVENTION,
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a safety sheet; the answer `red_flag` is a red flag."""

    key: str
    text: str
    red_flag: Answer = Answer.YES


def may_become(now: State, wanted: State, *, has_red_flag: bool = False) -> bool:
    """Return whether a request may pass from `now` to `wanted`; a red flag forbids all but the 15."""
    if has_red_flag and wanted in FORBIDDEN_BY_RED_FLAG:
        return False
    return wanted in _TRANSITIONS[now]


def is_red_flag(question: Question, answer: Answer) -> bool:
    """Return whether an answer is a red flag; not to know is one, until somebody knows.

    >>> is_red_flag(Question("breathing", "Respire-t-il mal ?"), Answer.UNKNOWN)
    True
    """
    return answer in {question.red_flag, Answer.UNKNOWN}


def unanswered(questions: Iterable[Question], answers: Mapping[str, Answer]) -> list[str]:
    """Return the keys of the questions nobody has answered yet, in the order of the sheet."""
    return [one.key for one in questions if one.key not in answers]


def enters_slot_search(priority: str) -> bool:
    """Return whether a slot may be searched: never for P0 or P1; an unsaid priority is not an urgent one."""
    return priority not in {one.value for one in URGENT}


def state_after(now: State, outcome: Outcome, *, attempts_left: int = 0) -> State:
    """Return the state that an outcome leads to.

    A person who did not come, was sent elsewhere without being seen, or whose appointment was cancelled,
    comes back to the desk, so that somebody calls; said again by the desk, the same outcome closes the
    request. Somebody who cannot be reached stays at the desk while there are `attempts_left`.
    """
    if outcome is Outcome.UNREACHABLE and attempts_left > 0:
        return State.IN_HAND
    if outcome in COMES_BACK and now in AWAITING_OUTCOME - {State.TRANSFERRED}:
        return State.IN_HAND
    return State.CLOSED


def counts_as_another_attempt(last: datetime | None, at: datetime, *, minutes: int) -> bool:
    """Return whether a call at `at` is one more attempt: not within `minutes` of the last one."""
    return last is None or at - last >= timedelta(minutes=minutes)


def may_still_be_corrected(said_at: datetime, at: datetime, *, hours: int) -> bool:
    """Return whether an outcome said at `said_at` may be corrected at `at`: within a shift of `hours`."""
    return at - said_at <= timedelta(hours=hours)


def lock_holds(locked_until: datetime | None, at: datetime) -> bool:
    """Return whether somebody's lock still holds at `at`."""
    return locked_until is not None and locked_until > at


def urgency(since: datetime, at: datetime, limits: tuple[int, int]) -> Urgency:
    """Return how late a request is that has been in its state `since`; `limits`: late, escalated, minutes."""
    late, escalated = (timedelta(minutes=one) for one in limits)
    if at - since >= escalated:
        return Urgency.ESCALATED
    return Urgency.LATE if at - since >= late else Urgency.ON_TIME
