"""The deadline of a task and the share answered in time, each with a literal reference."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.care.rules.tasks import (
    Answered,
    Priority,
    TaskState,
    Timeliness,
    deadline,
    is_late,
    timeliness,
)

NOW = datetime(2026, 3, 14, 9, tzinfo=UTC)
HOURS = {"routine": 168, "urgent": 24, "asap": 4}
INSTANTS = st.none() | st.integers(-50, 50).map(lambda hours: NOW + timedelta(hours=hours))


@pytest.mark.parametrize(("priority", "hours"), [(one, HOURS[one.value]) for one in Priority])
def test_a_task_is_due_in_the_delay_of_its_priority(priority: Priority, hours: int) -> None:
    assert deadline(NOW, priority, HOURS) == NOW + timedelta(hours=hours)


def test_only_an_open_task_past_its_deadline_is_late() -> None:
    before, after = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)
    assert is_late(TaskState.OPEN, before, NOW)
    assert not is_late(TaskState.OPEN, after, NOW)
    assert not is_late(TaskState.OPEN, None, NOW)
    assert not is_late(TaskState.DONE, before, NOW)


def reference(tasks: list[Answered]) -> Timeliness:
    """Count as the definition says it: done by the deadline, over the deadlines come or met."""
    kept = [one for one in tasks if one.state in (TaskState.OPEN, TaskState.DONE)]
    dated = [one for one in kept if one.due_at is not None]
    counted = [one for one in dated if one.state is TaskState.DONE or one.due_at < NOW]
    good = [one for one in counted if one.closed_at is not None and one.closed_at <= one.due_at]
    return Timeliness(len(good), len(counted), len(kept) - len(dated))


@given(st.lists(st.builds(Answered, st.sampled_from(TaskState), INSTANTS, INSTANTS)))
def test_the_share_in_time_is_that_of_its_definition(tasks: list[Answered]) -> None:
    found = timeliness(tasks, NOW)
    assert found == reference(tasks)
    assert found.share is None or 0 <= found.share <= 1
    assert found.total == found.answerable + found.without_due
    assert (found.completeness is None) == (found.total == 0)


def test_a_task_passed_on_counts_once() -> None:
    due = NOW - timedelta(hours=1)
    passed = Answered(TaskState.TRANSFERRED, due, NOW - timedelta(hours=3))
    done = Answered(TaskState.DONE, due, NOW - timedelta(hours=2))
    assert timeliness([passed, done], NOW) == Timeliness(1, 1, 0)
