"""Where a question may go, before when each side writes, how long advices take."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.telehealth.rules.questions import (
    OPEN,
    Course,
    Hurry,
    State,
    delays,
    due_at,
    is_without_sign,
    may_become,
)

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
HOURS = {"take": {"today": 2, "week": 40}, "answer": {"today": 6}, "precision": {"today": 3}}


@pytest.mark.parametrize("now", list(State))
@pytest.mark.parametrize("wanted", list(State))
def test_what_is_closed_stays_closed_and_nothing_begins_again(now: State, wanted: State) -> None:
    allowed = may_become(now, wanted)
    if now not in OPEN or wanted is State.SENT or now is wanted:
        assert not allowed
    elif wanted in {State.WITHDRAWN, State.EXPIRED, State.DECLINED}:
        assert allowed
    else:
        assert allowed is (wanted is State.TAKEN or now is not State.SENT)


@pytest.mark.parametrize(
    ("state", "hurry", "hours"),
    [
        (State.SENT, Hurry.TODAY, 2),
        (State.SENT, Hurry.WEEK, 40),
        (State.TAKEN, Hurry.TODAY, 6),
        (State.PRECISION, Hurry.TODAY, 3),
    ],
)
def test_each_side_has_its_hour(state: State, hurry: Hurry, hours: int) -> None:
    assert due_at(state, hurry, NOON, HOURS) == NOON + timedelta(hours=hours)


@pytest.mark.parametrize("state", sorted(set(State) - OPEN))
def test_nobody_is_waited_for_once_it_is_closed(state: State) -> None:
    assert due_at(state, Hurry.TODAY, NOON, HOURS) is None


def test_a_question_leaves_only_where_signs_were_looked_for() -> None:
    assert is_without_sign([], none_said=True)
    assert not is_without_sign([], none_said=False)
    assert not is_without_sign(["chest"], none_said=True)


def _course(take: float | None, answer: float | None, due: float | None) -> Course:
    def at(hours: float | None) -> datetime | None:
        return None if hours is None else NOON + timedelta(hours=hours)

    return Course(NOON, at(take), at(answer), at(due))


def test_delays_are_counted_on_what_is_known() -> None:
    found = delays([_course(1, 4, 6), _course(3, 10, 6), _course(None, None, 6), _course(2, 5, None)])
    assert (found.asked, found.answered, found.take_hours, found.answer_hours, found.in_time) == (
        4,
        3,
        2,
        5,
        1,
    )
    nothing = delays([])
    assert (nothing.asked, nothing.take_hours, nothing.answer_hours) == (0, None, None)


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(0, 500))))
def test_no_more_in_time_than_answered(rows: list[tuple[float, float]]) -> None:
    found = delays(_course(take, take + wait, 100) for take, wait in rows)
    assert found.in_time <= found.answered <= found.asked
    if rows:
        assert found.take_hours is not None
        assert found.answer_hours is not None
        assert found.take_hours <= found.answer_hours
