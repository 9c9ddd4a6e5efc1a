"""What is shown and what is hidden, counted by hand and attacked by subtraction."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.listening.rules.results import (
    Limits,
    Sides,
    bound_of,
    counts_of,
    groups_said,
    is_many,
    is_said,
    response_rate,
    shown_counts,
    sides_of,
)
from maillage.listening.rules.surveys import marks_of
from maillage.listening.rules.themes import themes_of, words_in

LIMITS = Limits(answers=30, cell=5, favourable=4)


def test_marks_are_counted_by_value() -> None:
    assert counts_of([5, 4, 4, 1]) == (1, 0, 0, 2, 1)
    assert sides_of((1, 2, 3, 4, 5), 4) == Sides(15, 9)
    assert Sides(15, 9).less(Sides(5, 2)) == Sides(10, 7)


@pytest.mark.parametrize(
    ("sides", "many", "said", "bound"),
    [
        (Sides(29, 15), False, False, None),
        (Sides(30, 15), True, True, None),
        (Sides(30, 0), True, True, None),
        (Sides(30, 30), True, True, None),
        (Sides(100, 4), True, False, (False, 0.05)),
        (Sides(100, 5), True, True, None),
        (Sides(100, 96), True, False, (True, 0.95)),
        (Sides(0, 0), False, False, None),
    ],
)
def test_a_share_is_said_of_enough_people_on_each_side(
    sides: Sides, many: bool, said: bool, bound: tuple[bool, float] | None
) -> None:
    assert (is_many(sides, LIMITS), is_said(sides, LIMITS), bound_of(sides, LIMITS)) == (many, said, bound)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        # Nothing small: all is shown. A zero is nobody.
        ((5, 0, 10, 20, 30), (5, 0, 10, 20, 30)),
        # One small count takes the next of its side with it: their total is known.
        ((3, 8, 10, 20, 30), (None, None, 10, 20, 30)),
        ((10, 8, 10, 20, 2), (10, 8, 10, None, None)),
        # Two small ones that sum to two are one each: a third goes with them.
        ((1, 1, 10, 20, 30), (None, None, None, 20, 30)),
        # A zero hides where nothing else can.
        ((0, 0, 10, 30, 0), (0, 0, 10, 30, 0)),
        # One side is a few people: no detail at all.
        ((1, 1, 1, 20, 30), None),
        ((10, 10, 10, 0, 0), (10, 10, 10, 0, 0)),
    ],
)
def test_small_counts_are_hidden_with_what_gives_them_back(
    counts: tuple[int, ...], shown: tuple[int | None, ...] | None
) -> None:
    assert shown_counts(counts, LIMITS) == shown


@given(st.tuples(*[st.integers(0, 12)] * 3, *[st.integers(0, 40)] * 2))
def test_no_subtraction_gives_a_small_count_back(counts: tuple[int, ...]) -> None:
    shown = shown_counts(counts, LIMITS)
    if shown is None:
        return
    for side, known in ((counts[:3], shown[:3]), (counts[3:], shown[3:])):
        hidden = [place for place, count in enumerate(known) if count is None]
        assert all(count is None or not 0 < count < LIMITS.cell for count in known)
        if not hidden:
            continue
        # Whoever knows the total of the side and what is shown cannot tell any hidden count.
        left = sum(side) - sum(count for count in known if count is not None)
        ways = [way for way in product(range(left + 1), repeat=len(hidden)) if sum(way) == left]
        small = [way for way in ways if any(0 < one < LIMITS.cell for one in way)]
        assert len({way[0] for way in small}) > 1
        assert left >= LIMITS.cell


def test_a_group_is_said_where_the_others_are_many_too() -> None:
    total = Sides(180, 90)
    groups = {"a": Sides(60, 30), "b": Sides(70, 35), "c": Sides(50, 25)}
    assert groups_said(total, groups, LIMITS) == ["a", "b", "c"]
    # 29 in a group: it is not said, nor the smallest of the others, which would leave it alone.
    assert groups_said(Sides(159, 80), groups | {"c": Sides(29, 15)}, LIMITS) == ["b"]
    # Five people did not say theirs: less the three groups, they would be read.
    assert groups_said(Sides(185, 92), groups, LIMITS) == ["a", "b"]
    # Nothing of a total that is not said, nor where nobody else is left.
    assert groups_said(Sides(29, 15), {"a": Sides(29, 15)}, LIMITS) == []
    assert groups_said(Sides(60, 30), {"a": Sides(31, 15), "b": Sides(29, 15)}, LIMITS) == []
    assert groups_said(Sides(60, 30), {"a": Sides(60, 30)}, LIMITS) == ["a"]
    assert groups_said(total, {}, LIMITS) == []


@given(
    st.lists(
        st.integers(0, 80).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=5
    )
)
def test_what_groups_leave_of_the_total_is_never_a_few_people(rows: list[tuple[int, int]]) -> None:
    groups = {str(place): Sides(*row) for place, row in enumerate(rows)}
    total = Sides(sum(n for n, _f in rows), sum(f for _n, f in rows))
    said = groups_said(total, groups, LIMITS)
    left = total
    for name in said:
        assert is_said(groups[name], LIMITS)
        left = left.less(groups[name])
    if said:
        assert left == Sides(0, 0) or is_said(left, LIMITS)


def test_a_rate_needs_to_know_who_was_told() -> None:
    assert response_rate(10, 0) is None
    assert response_rate(10, 40) == 0.25


@pytest.mark.parametrize(
    ("given_", "marks"),
    [
        ({"a": 1, "b": 5}, {"a": 1, "b": 5}),
        ({"a": None}, {}),
        ({"a": 0}, None),
        ({"a": 6}, None),
        ({"a": True}, None),
        ({"a": "5"}, None),
        ({"c": 3}, None),
    ],
)
def test_an_answer_has_marks_of_its_own_questions(
    given_: dict[str, object], marks: dict[str, int] | None
) -> None:
    assert marks_of(given_, ["a", "b"]) == marks


def test_a_text_is_under_the_themes_of_its_words() -> None:
    rules = {"access": ["attente", "rendez-vous"], "respect": ["accueil"]}
    said = themes_of("Trop d’ATTENTE ; l’accueil, lui, est bon.", rules)
    assert said == {"access": ["attente"], "respect": ["accueil"]}
    assert themes_of("Des attentes déçues.", rules) == {}
    assert words_in("", ["attente"]) == []
