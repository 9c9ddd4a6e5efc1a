"""The limits of booking by oneself, to the minute."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from maillage.space.rules.booking import Limit, Limits, holds, last_moment, limit, may_change

NOW = datetime(2026, 3, 14, 13, 0, tzinfo=UTC)
LIMITS = Limits(notice_minutes=60, horizon_days=28, most_to_come=3, most_with_one=1)


def why(ahead: timedelta, to_come: int = 0, with_professional: int = 0) -> Limit | None:
    return limit(NOW + ahead, NOW, to_come=to_come, with_professional=with_professional, limits=LIMITS)


def test_each_limit_says_its_name() -> None:
    assert why(timedelta(minutes=59)) is Limit.TOO_SOON
    assert why(timedelta(minutes=60)) is None
    assert why(timedelta(days=28)) is None
    assert why(timedelta(days=28, minutes=1)) is Limit.TOO_FAR
    assert why(timedelta(days=1), to_come=1, with_professional=1) is Limit.SAME_PROFESSIONAL
    assert why(timedelta(days=1), to_come=3) is Limit.TOO_MANY
    assert why(timedelta(days=1), to_come=2) is None


@given(st.integers(0, 72), st.integers(0, 6000))
def test_what_is_changed_until_its_last_moment_is_never_changed_after(hours: int, minutes: int) -> None:
    starts_at = NOW + timedelta(minutes=minutes)
    assert may_change(starts_at, NOW, hours) == (last_moment(starts_at, hours) >= NOW)


def test_answers_hold_for_some_minutes_and_not_before_they_were_given() -> None:
    assert holds(NOW, NOW, 30)
    assert holds(NOW, NOW + timedelta(minutes=29), 30)
    assert not holds(NOW, NOW + timedelta(minutes=30), 30)
    assert not holds(NOW, NOW - timedelta(minutes=1), 30)
