"""The life of a request, without a database."""

from datetime import UTC, datetime, time, timedelta

import pytest

from maillage.orientation.rules import services
from maillage.orientation.rules.safety import Question, enters_slot_search, is_red_flag, unanswered
from maillage.orientation.rules.vocabulary import (
    Answer,
    CallerKind,
    DecisionKind,
    Origin,
    Outcome,
    Priority,
    ProposalKind,
    State,
    Urgency,
)
from maillage.orientation.rules.workflow import (
    AWAITING_OUTCOME,
    FORBIDDEN_BY_RED_FLAG,
    HUB_DECISION,
    OPEN,
    STATE_OF_DECISION,
    lock_holds,
    may_become,
    queue_order,
    state_after,
    urgency,
)

NOW = datetime(2026, 3, 14, 13, tzinfo=UTC)


@pytest.mark.parametrize("state", list(State))
def test_every_open_state_leads_to_the_end_and_the_end_nowhere(state: State) -> None:
    reached, frontier = {state}, {state}
    while frontier:
        frontier = {one for now in frontier for one in State if may_become(now, one)} - reached
        reached |= frontier
    assert State.CLOSED in reached
    assert state in OPEN or reached == {State.CLOSED}


@pytest.mark.parametrize("state", [one for one in sorted(OPEN) if one is not State.TRANSFERRED])
def test_a_red_flag_leaves_the_15_only(state: State) -> None:
    assert not any(may_become(state, one, has_red_flag=True) for one in FORBIDDEN_BY_RED_FLAG)
    assert may_become(state, State.TRANSFERRED, has_red_flag=True)


def test_each_decision_has_a_state_and_a_code() -> None:
    assert set(STATE_OF_DECISION) == set(HUB_DECISION) == set(DecisionKind)
    assert set(STATE_OF_DECISION.values()) == AWAITING_OUTCOME


def test_not_to_know_is_a_red_flag() -> None:
    awake = Question("awake", "Est-elle éveillée ?", Answer.NO)
    assert [is_red_flag(awake, one) for one in (Answer.YES, Answer.NO, Answer.UNKNOWN)] == [False, True, True]
    assert unanswered([awake], {}) == ["awake"]
    assert unanswered([awake], {"awake": Answer.YES}) == []


@pytest.mark.parametrize("priority", ["", *Priority])
def test_the_urgent_never_enter_slot_search(priority: str) -> None:
    assert enters_slot_search(priority) is (priority not in {"P0", "P1"})


def test_who_did_not_come_goes_back_to_the_desk_once() -> None:
    assert state_after(State.BOOKED, Outcome.NOT_HONOURED) is State.IN_HAND
    assert state_after(State.ON_CALL, Outcome.REORIENTED) is State.IN_HAND
    assert state_after(State.IN_HAND, Outcome.NOT_HONOURED) is State.CLOSED
    assert state_after(State.TRANSFERRED, Outcome.REORIENTED) is State.CLOSED
    assert state_after(State.BOOKED, Outcome.SEEN) is State.CLOSED


@pytest.mark.parametrize(
    ("minutes", "expected"), [(1, Urgency.ON_TIME), (2, Urgency.LATE), (5, Urgency.ESCALATED)]
)
def test_a_loop_that_stays_open_shows(minutes: int, expected: Urgency) -> None:
    assert urgency(NOW, NOW + timedelta(minutes=minutes), (2, 5)) is expected


def test_a_lock_ends_by_itself() -> None:
    assert lock_holds(NOW, NOW - timedelta(seconds=1))
    assert not lock_holds(NOW, NOW)
    assert not lock_holds(None, NOW)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [("09:00", True), ("08:59", False), ("12:00", False), ("14:30", True), ("19:00", False)],
)
def test_a_service_is_open_between_its_hours(moment: str, is_open: bool) -> None:
    hours = [(5, time(9), time(12)), (5, time(14), time(18)), (4, time(8), time(20))]
    at = datetime.fromisoformat(f"2026-03-14T{moment}+01:00")  # a Saturday
    assert services.is_open(hours, at) is is_open
    assert not services.is_open([], at)


@pytest.mark.parametrize(
    ("age_months", "sex", "checks"),
    [
        (None, "", ["check_age", "check_sex"]), (30 * 12, "female", []), (30 * 12, "male", None),
        (16 * 12, "", ["check_sex"]), (16 * 12 - 1, "", None), (66 * 12 - 1, "female", []),
        (66 * 12, "female", None), (None, "female", ["check_age"]),
    ],
)  # fmt: skip
def test_what_is_not_known_of_a_person_is_to_be_checked(
    age_months: int | None, sex: str, checks: list[str] | None
) -> None:
    cystitis = {"age_min": 16, "age_max": 65, "sex": "female", "established": True}
    assert services.to_check(cystitis, services.PersonFacts(age_months, sex)) == checks
    assert services.to_check({}, services.PersonFacts(age_months, sex)) == ["not_established"]


def test_the_queue_is_ordered_by_alarm_then_lateness_then_priority() -> None:
    on_time, late, escalated = Urgency.ON_TIME, Urgency.LATE, Urgency.ESCALATED
    waiting = [
        queue_order(State.NEW, "P0", on_time, alarms=True),
        queue_order(State.IN_HAND, "P1", on_time, alarms=True),
        queue_order(State.NEW, "P3", on_time, alarms=True),
        queue_order(State.NEW, "P3", escalated, alarms=False),
        queue_order(State.TRANSFERRED, "P1", escalated, alarms=True),
        queue_order(State.NEW, "", late, alarms=False),
        queue_order(State.NEW, "P2", late, alarms=False),
        queue_order(State.NEW, "", on_time, alarms=False),
        queue_order(State.PROPOSED, "P2", on_time, alarms=False),
        queue_order(State.NEW, "P3", late, alarms=False),
        queue_order(State.NEW, "NR", on_time, alarms=False),
        queue_order(State.BOOKED, "P2", late, alarms=False),
        queue_order(State.BOOKED, "P2", on_time, alarms=False),
    ]
    assert waiting == sorted(waiting)


@pytest.mark.parametrize("kind", ProposalKind)
@pytest.mark.parametrize("caller", CallerKind)
@pytest.mark.parametrize("origin", Origin)
def test_who_may_ask_for_what(kind: ProposalKind, caller: CallerKind, origin: Origin) -> None:
    asked = services.may_be_asked(kind, caller=caller, origin=origin)
    professional = caller in {"MED", "SANTE"} or origin in {"ehpad", "professional"}
    if kind in {"hospital", "had"}:
        assert asked is professional
    elif kind in {"ehpad_tele", "mobile_team"}:
        assert asked is (origin == "ehpad")
    else:
        assert asked
