"""Rules of governance: who speaks for each voice, the quorum, majorities, notice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.governance.rules.quorum import Sitter, holders, needed_of, quorum_of, voices_of
from maillage.governance.rules.sittings import days_of_notice, ends_after, goes_waiting, is_notice_short
from maillage.governance.rules.vocabulary import Choice, Majority
from maillage.governance.rules.votes import Tally, carried, keeps_secret, tally

A, B = 1, 2


def test_a_member_who_is_there_speaks_for_themself_and_a_deputy_only_where_they_are_not() -> None:
    there = [Sitter(1, A, True), Sitter(2, A, True, deputises=1)]
    assert holders(there, 1) == {1: 1}
    away = [Sitter(1, A, False), Sitter(2, A, True, deputises=1)]
    assert holders(away, 1) == {1: 2}
    assert voices_of(holders(away, 1), [2]) == [1]


def test_proxies_are_carried_up_to_their_bound_by_who_is_there() -> None:
    rows = [
        Sitter(1, A, True), Sitter(2, A, False, proxy_to=1), Sitter(3, A, False, proxy_to=1),
        Sitter(4, A, False, proxy_to=5), Sitter(5, A, False), Sitter(6, A, False),
    ]  # fmt: skip
    assert holders(rows, 1) == {1: 1, 2: 1, 3: None, 4: None, 5: None, 6: None}
    assert holders(rows, 2)[3] == 1
    assert holders(rows, 0)[2] is None
    found = quorum_of(rows, percent=50, by_college=False, most_proxies=2)
    assert (found.present, found.represented, found.here, found.needed) == (1, 2, 3, 3)
    assert found.is_reached


def test_the_deputy_of_a_member_counts_as_present_and_not_as_a_voice_more() -> None:
    rows = [Sitter(1, A, False), Sitter(2, A, True, deputises=1), Sitter(3, A, False)]
    found = quorum_of(rows, percent=50, by_college=False, most_proxies=1)
    assert (found.voices, found.present, found.represented) == (2, 1, 0)


def test_a_quorum_by_college_lacks_what_one_college_lacks() -> None:
    rows = [Sitter(1, A, True), Sitter(2, A, True), Sitter(3, A, True), Sitter(4, B, False)]
    whole = quorum_of(rows, percent=50, by_college=False, most_proxies=1)
    assert whole.is_reached
    assert whole.lacking == ()
    each = quorum_of(rows, percent=50, by_college=True, most_proxies=1)
    assert not each.is_reached
    assert [one.college for one in each.lacking] == [B]


def test_nobody_there_is_no_quorum_even_where_none_is_asked() -> None:
    assert not quorum_of([], percent=0, by_college=False, most_proxies=0).is_reached
    alone = [Sitter(1, A, False)]
    assert not quorum_of(alone, percent=0, by_college=False, most_proxies=0).is_reached
    assert quorum_of([Sitter(1, A, True)], percent=0, by_college=False, most_proxies=0).is_reached


@given(voices=st.integers(0, 500), percent=st.integers(0, 100))
def test_a_share_is_rounded_up_exactly(voices: int, percent: int) -> None:
    needed = needed_of(voices, percent)
    assert needed * 100 >= voices * percent > (needed - 1) * 100 or needed == 0


@given(
    here=st.lists(st.booleans(), min_size=1, max_size=12),
    to=st.lists(st.integers(0, 11), min_size=12, max_size=12),
    most=st.integers(0, 3),
)
def test_nobody_ever_speaks_for_more_than_their_voice_and_their_proxies(
    here: list[bool], to: list[int], most: int
) -> None:
    rows = [Sitter(seat, A, is_here, proxy_to=to[seat]) for seat, is_here in enumerate(here)]
    found = holders(rows, most)
    for seat, is_here in enumerate(here):
        own = [voice for voice, speaker in found.items() if speaker == seat]
        assert len(own) <= (1 + most if is_here else 0)
        assert not is_here or found[seat] == seat


@pytest.mark.parametrize(
    ("yes", "no", "blank", "majority", "is_carried"),
    [
        (3, 2, 9, Majority.SIMPLE, True), (2, 2, 0, Majority.SIMPLE, False),
        (0, 0, 5, Majority.SIMPLE, False),
        (3, 2, 1, Majority.ABSOLUTE, False), (4, 2, 1, Majority.ABSOLUTE, True),
        (2, 1, 7, Majority.TWO_THIRDS, True), (3, 2, 0, Majority.TWO_THIRDS, False),
        (0, 0, 3, Majority.TWO_THIRDS, False),
    ],
)  # fmt: skip
def test_what_carries_a_motion(yes: int, no: int, blank: int, majority: Majority, is_carried: bool) -> None:
    assert Tally(yes, no, blank).carries(majority) is is_carried


def test_by_college_each_that_voted_must_carry_it() -> None:
    whole, colleges = Tally(5, 2), {A: Tally(5, 0), B: Tally(0, 2)}
    assert carried(whole, {}, Majority.SIMPLE, by_college=False)
    assert not carried(whole, colleges, Majority.SIMPLE, by_college=True)
    assert carried(whole, {A: Tally(5, 0), B: Tally()}, Majority.SIMPLE, by_college=True)
    assert not carried(Tally(), {}, Majority.SIMPLE, by_college=True)


def test_ballots_are_counted_by_choice_and_few_of_them_tell() -> None:
    assert tally({Choice.YES: 3, Choice.BLANK: 1}) == Tally(3, 0, 1)
    assert Tally(3, 0, 1).voters == 4
    assert keeps_secret(5, 5)
    assert not keeps_secret(4, 5)


def test_a_notice_counts_whole_days() -> None:
    assert days_of_notice(date(2026, 3, 1), date(2026, 3, 9)) == 8
    assert days_of_notice(date(2026, 3, 9), date(2026, 3, 1)) == 0
    assert is_notice_short(date(2026, 3, 2), date(2026, 3, 9), 8)
    assert not is_notice_short(date(2026, 3, 1), date(2026, 3, 9), 8)


def test_a_meeting_lasts_something_and_a_full_training_waits() -> None:
    at = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
    assert ends_after(at, 10) is None
    assert ends_after(at, 721) is None
    assert ends_after(at, 60) == datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
    assert goes_waiting(2, 2)
    assert not goes_waiting(2, 1)
