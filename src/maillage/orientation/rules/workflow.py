"""The life of a request: which state follows which, what blocks, when a loop that stays open shows."""

from __future__ import annotations

from datetime import datetime, timedelta

from maillage.orientation.rules.vocabulary import (
    DecisionKind,
    HubDecision,
    Outcome,
    State,
    Urgency,
)

_TRANSITIONS: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.IN_HAND, State.TRANSFERRED, State.CLOSED}),
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

#: Priorities in the order in which they are answered.
_PRIORITIES = ["P0", "P1", "P2", "P3", "NR"]
#: What a request without a priority is ordered as: its delays are those of P2 until somebody says otherwise.
_PRESUMED = "P2"
#: States in which a request waits for somebody: all but the end.
OPEN = frozenset(State) - {State.CLOSED}
#: States in which nobody decided yet.
UNDECIDED = frozenset({State.NEW, State.IN_HAND, State.PROPOSED})
#: Answered by somebody who accepted by phone, at an hour that may be said and changed.
SENT_OUTSIDE = frozenset({State.OUTSIDE, State.PROTOCOL})
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
WITHOUT_ANSWER = BY_DESK | {Outcome.WITHDRAWN, Outcome.CANCELLED, Outcome.DISPLACED}
#: Ends after which the person goes back to the desk, where an answer was awaited.
COMES_BACK = frozenset({Outcome.NOT_HONOURED, Outcome.REORIENTED, Outcome.CANCELLED, Outcome.DISPLACED})

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


def may_become(now: State, wanted: State, *, has_red_flag: bool = False) -> bool:
    """Return whether a request may pass from `now` to `wanted`; a red flag forbids all but the 15."""
    if has_red_flag and wanted in FORBIDDEN_BY_RED_FLAG:
        return False
    return wanted in _TRANSITIONS[now]


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


def queue_order(state: State, priority: str, late: Urgency, *, alarms: bool) -> tuple[int, ...]:
    """Return where a request stands in the queue, the smallest first; of equal ones, the one late first.

    What leads to the 15 and nobody decided yet, then what is late for too long, then what is undecided by
    priority, one that nobody said among P2, whose delays it has; then what is late.
    """
    is_undecided = state in UNDECIDED
    return (
        not (alarms and is_undecided),
        late is not Urgency.ESCALATED,
        not is_undecided,
        _PRIORITIES.index(priority or _PRESUMED) if is_undecided else 0,
        late is not Urgency.LATE,
    )
