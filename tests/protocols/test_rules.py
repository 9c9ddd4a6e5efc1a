"""Criteria, sign-ups, turns and counts: the rules alone, every branch, and what always holds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.protocols.rules.counts import shown
from maillage.protocols.rules.criteria import (
    Criterion,
    CriterionKind,
    Said,
    Standing,
    answered,
    judge,
    lines_of,
)
from maillage.protocols.rules.protocols import BEGINS, OPEN, ActState, holds, is_due
from maillage.protocols.rules.referrals import Purpose, due, median_delay, next_in_turn

IN = Criterion("i", CriterionKind.INCLUSION, "Incluse ?")
OUT = Criterion("e", CriterionKind.EXCLUSION, "Exclue ?")
STOP = Criterion("s", CriterionKind.STOP, "Arrêt ?")
KNOWN = Criterion("k", CriterionKind.INCLUSION, "Âge ?", Said.YES)
ALL = [STOP, KNOWN, IN, OUT]
CLEAR = {"i": "yes", "e": "no", "s": "no"}


@pytest.mark.parametrize(
    ("answers", "standing", "against"),
    [
        (CLEAR, Standing.CLEAR, []),
        (CLEAR | {"s": "yes"}, Standing.STOPPED, [STOP]),
        (CLEAR | {"e": "yes"}, Standing.EXCLUDED, [OUT]),
        (CLEAR | {"i": "no"}, Standing.EXCLUDED, [IN]),
        (CLEAR | {"s": "yes", "i": "no"}, Standing.STOPPED, [STOP]),
        (CLEAR | {"e": "unknown"}, Standing.TO_CHECK, [OUT]),
        ({}, Standing.TO_CHECK, [STOP, IN, OUT]),
        ({"e": "yes"}, Standing.EXCLUDED, [OUT]),
    ],
)
def test_answers_leave_a_person_somewhere(
    answers: dict[str, str], standing: Standing, against: list[Criterion]
) -> None:
    assert judge(ALL, answered(ALL, answers)) == (standing, against)


def test_a_vital_sign_comes_before_everything() -> None:
    assert judge(ALL, answered(ALL, CLEAR), ["chest"]) == (Standing.VITAL, [])
    assert BEGINS[Standing.VITAL] not in OPEN
    assert BEGINS[Standing.VITAL] is ActState.EMERGENCY


def test_what_the_file_knows_is_not_asked_again() -> None:
    excluded = Criterion("k", CriterionKind.INCLUSION, "Âge ?", Said.NO)
    assert answered([excluded], {"k": "yes"}) == {"k": Said.NO}
    with pytest.raises(KeyError):
        answered(ALL, {"another": "yes"})
    with pytest.raises(ValueError, match="maybe"):
        answered(ALL, {"i": "maybe"})


criteria = st.lists(
    st.builds(
        Criterion,
        key=st.text("abcdef", min_size=1, max_size=4),
        kind=st.sampled_from(CriterionKind),
        text=st.just("?"),
        known=st.none() | st.sampled_from(Said),
    ),
    unique_by=lambda one: one.key,
    max_size=6,
)


@given(criteria, st.data())
def test_an_act_goes_on_only_where_every_answer_is_the_wanted_one(
    asked: list[Criterion], data: st.DataObject
) -> None:
    keys = [one.key for one in asked]
    answers = data.draw(st.dictionaries(st.sampled_from(keys), st.sampled_from(Said))) if keys else {}
    said = answered(asked, answers)
    standing, against = judge(asked, said)
    assert (standing is Standing.CLEAR) == all(said[one.key] is one.wanted for one in asked)
    assert (standing is Standing.CLEAR) == (against == [])
    assert all(said[one.key] is not one.wanted for one in against)
    if keys:  # forgetting an answer never makes an act possible
        silent = {key: value for key, value in answers.items() if key != keys[0]}
        forgotten, _against = judge(asked, answered(asked, silent))
        assert standing is Standing.CLEAR or forgotten is not Standing.CLEAR


def test_a_list_is_written_one_a_line() -> None:
    assert lines_of("  A ?\n\nB  ?\nA ?\r\n") == ["A ?", "B ?"]


def test_a_sign_up_holds_from_its_signature_to_its_last_day() -> None:
    day = date(2026, 3, 10)
    assert holds(signed_on=day, until=day, ended_on=None, day=day)
    assert holds(signed_on=day, until=None, ended_on=day + timedelta(1), day=day)
    assert not holds(signed_on=day, until=None, ended_on=day, day=day)
    assert not holds(signed_on=day, until=day, ended_on=None, day=day + timedelta(1))
    assert not holds(signed_on=day, until=None, ended_on=None, day=day - timedelta(1))
    assert is_due(day, day + timedelta(1))
    assert not is_due(day, day)
    assert not is_due(None, day)


def test_physicians_are_asked_in_turn() -> None:
    assert next_in_turn([3, 5], []) == 3
    assert next_in_turn([3, 5], [3]) == 5
    assert next_in_turn([3], [3]) is None
    at = datetime(2026, 3, 10, 8, tzinfo=UTC)
    assert due(at, Purpose.EXCEPTION, {"exception": 4}) == at + timedelta(hours=4)
    hours = [timedelta(hours=one) for one in (9, 1, 4, 2)]
    assert median_delay(hours) == timedelta(hours=2)
    assert median_delay([]) is None


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(0, 40)), st.integers(1, 20))
def test_no_small_count_is_shown_nor_given_back_by_a_total(counts: dict[str, int], threshold: int) -> None:
    found = shown(counts, threshold)
    for name, count in counts.items():
        assert found.counts[name] == (count if count >= threshold else None)
    assert found.total == sum(count for count in counts.values() if count >= threshold)
    assert found.is_floor == any(count < threshold for count in counts.values())
