"""The states of a request to the DAC, what it shows, when something is late."""

from datetime import date

import pytest

from maillage.transitions.rules.complex_cases import (
    FINAL,
    Answer,
    CaseState,
    Field,
    answer_is_late,
    is_late,
    may_become,
    shown,
)

DAY, NEXT = date(2026, 5, 4), date(2026, 5, 5)
BEFORE = ["age", "why"]


def test_nothing_leaves_a_final_state_nor_comes_back_to_the_first() -> None:
    for state in CaseState:
        assert not may_become(state, CaseState.SENT)
        assert not may_become(state, state)
        for one in FINAL:
            assert not may_become(one, state)


@pytest.mark.parametrize(
    ("state", "target", "may"),
    [
        (CaseState.SENT, CaseState.ACKNOWLEDGED, True),
        (CaseState.SENT, CaseState.ACCEPTED, True),
        (CaseState.ACKNOWLEDGED, CaseState.REFUSED, True),
        (CaseState.ACCEPTED, CaseState.REFUSED, False),
        (CaseState.SENT, CaseState.UNDER_WAY, False),
        (CaseState.ACCEPTED, CaseState.CLOSED, True),
        (CaseState.UNDER_WAY, CaseState.WITHDRAWN, True),
        (CaseState.SENT, CaseState.CLOSED, False),
    ],
)
def test_steps_come_in_their_order(state: CaseState, target: CaseState, may: bool) -> None:
    assert may_become(state, target) is may


def test_outside_the_circle_only_what_the_rule_says_is_shown() -> None:
    assert shown(CaseState.SENT, False, BEFORE) == {Field.AGE, Field.WHY}
    assert shown(CaseState.ACCEPTED, False, BEFORE) == {Field.AGE, Field.WHY}
    assert shown(CaseState.ACCEPTED, True, BEFORE) == set(Field)
    assert shown(CaseState.WITHDRAWN, True, BEFORE) == {Field.AGE, Field.WHY}
    assert shown(CaseState.SENT, False, ["nom"]) == frozenset()


def test_an_acknowledgement_is_late_the_day_after() -> None:
    assert is_late(CaseState.SENT, DAY, NEXT)
    assert not is_late(CaseState.SENT, DAY, DAY)
    assert not is_late(CaseState.ACKNOWLEDGED, DAY, NEXT)


def test_an_answer_is_late_the_day_after() -> None:
    assert answer_is_late("", DAY, NEXT)
    assert not answer_is_late("", DAY, DAY)
    assert not answer_is_late("", None, NEXT)
    assert not answer_is_late(Answer.NO.value, DAY, NEXT)
