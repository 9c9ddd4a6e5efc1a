"""Two lists of treatments side by side, and the states of a way: nothing is decided by the program."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.transitions.rules.medicines import (
    LONGEST,
    MOST_LINES,
    Change,
    Pair,
    choices,
    is_unresolved,
    name_of,
    parse,
    side_by_side,
)
from maillage.transitions.rules.ways import (
    CLOSED,
    Blocker,
    Standing,
    WayState,
    blockers,
    may_pass,
    visit_due,
)

LINES = st.lists(st.text(alphabet="abcéÉ 12,", min_size=1, max_size=12).filter(str.strip), max_size=12)


def test_a_pasted_list_loses_its_bullets_and_its_empty_lines() -> None:
    text = "- Furosémide 40 mg\r\n\r\n 2) Bisoprolol   2,5 mg ; • Zopiclone\n–\n5 mg"
    assert parse(text) == ["Furosémide 40 mg", "Bisoprolol 2,5 mg", "Zopiclone", "5 mg"]
    assert parse("  \n ; ") == []


@pytest.mark.parametrize("text", ["a\n" * (MOST_LINES + 1), "a" * (LONGEST + 1)])
def test_a_list_too_long_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="too"):
        parse(text)


def test_treatments_are_paired_by_their_first_word() -> None:
    before = ["FUROSEMIDE 40 mg", "Metformine 850", "Doliprane 1 g", "Doliprane 500", "12 mg"]
    after = ["Apixaban 5", "furosémide 80 mg", "doliprane 1 g", "12 mg"]
    assert side_by_side(before, after) == [
        Pair("FUROSEMIDE 40 mg", "furosémide 80 mg"),
        Pair("Metformine 850", ""),
        Pair("Doliprane 1 g", "doliprane 1 g"),
        Pair("Doliprane 500", ""),
        Pair("12 mg", ""),
        Pair("", "Apixaban 5"),
        Pair("", "12 mg"),
    ]
    assert name_of("12 mg") == ""
    assert name_of("1 cp de Kardégic") == "kardegic"


@given(LINES, LINES)
def test_no_line_is_lost_nor_said_twice(before: list[str], after: list[str]) -> None:
    pairs = side_by_side(before, after)
    assert [one.before for one in pairs if one.before] == before
    assert sorted(one.after for one in pairs if one.after) == sorted(after)
    assert all(one.before or one.after for one in pairs)


def test_what_may_be_decided_of_a_line() -> None:
    assert Change.NEW not in choices(Pair("a", "a"))
    assert Change.CHANGED not in choices(Pair("a", ""))
    assert Change.KEPT not in choices(Pair("", "a"))
    for pair in (Pair("a", "a"), Pair("a", ""), Pair("", "a")):
        assert Change.CLARIFY in choices(pair)
    assert is_unresolved("")
    assert is_unresolved("clarify")
    assert not is_unresolved("kept")


@pytest.mark.parametrize(
    ("state", "standing", "expected"),
    [
        (WayState.REFUSED, Standing(False, 3, None), []),
        (WayState.LEAVING, Standing(True, 0, False), []),
        (WayState.LEAVING, Standing(False, 0, True), [Blocker.NO_LIST, Blocker.VISIT]),
        (WayState.LEAVING, Standing(True, 1, None), [Blocker.LINES, Blocker.VISIT]),
    ],
)
def test_what_blocks_the_end(state: WayState, standing: Standing, expected: list[Blocker]) -> None:
    assert blockers(state, standing) == expected


def test_nothing_leaves_what_is_closed_and_a_return_may_be_told_again() -> None:
    for state in WayState:
        for closed in CLOSED:
            assert not may_pass(closed, state)
        assert not may_pass(state, WayState.ASKED)
    assert may_pass(WayState.RETURN_REFUSED, WayState.LEAVING)
    assert not may_pass(WayState.ASKED, WayState.INSIDE)
    assert not may_pass(WayState.INSIDE, WayState.ENDED)


def test_the_visit_is_due_by_instants_over_a_change_of_the_clock() -> None:
    left = datetime(2027, 3, 27, 22, 0, tzinfo=UTC)  # 23:00 in Paris, the eve of the change
    assert visit_due(left, 48) == datetime(2027, 3, 29, 22, 0, tzinfo=UTC)  # midnight in Paris
