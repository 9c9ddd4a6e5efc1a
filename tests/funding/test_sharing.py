"""Sharing a sum: the parts make it exactly, whatever the key."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.funding.rules.sharing import SharingError, shares
from maillage.funding.rules.vocabulary import SharingKey


def weights(*values: str | int) -> list[Decimal]:
    return [Decimal(str(one)) for one in values]


def test_the_cents_that_remain_go_to_who_lost_most_by_the_cut() -> None:
    assert [one.cents for one in shares(100, 0, 0, None, SharingKey.EQUAL, weights(1, 1, 1))] == [34, 33, 33]
    # 100 × 2/7 = 28.57, 3/7 = 42.86, 2/7 = 28.57: the second lost most, then the first.
    found = shares(100, 0, 0, None, SharingKey.COEFFICIENT, weights(2, 3, 2))
    assert [one.cents for one in found] == [29, 43, 28]
    bonus = shares(10_000, 1_000, 500, 1, SharingKey.PERCENT, weights("33.33", "33.33", "33.34"))
    assert [(one.part, one.bonus) for one in bonus] == [(2833, 0), (2833, 500), (2834, 0)]


@pytest.mark.parametrize(
    ("pool", "charges", "bonus", "manager", "key", "who", "code"),
    [
        (1, 0, 0, None, SharingKey.EQUAL, [], "nobody"),
        (-1, 0, 0, None, SharingKey.EQUAL, [1], "negative"),
        (1, 0, 0, None, SharingKey.COEFFICIENT, [-1], "negative"),
        (9, 0, 5, None, SharingKey.EQUAL, [1], "no_manager"),
        (9, 0, 5, 3, SharingKey.EQUAL, [1], "no_manager"),
        (9, 8, 2, 0, SharingKey.EQUAL, [1], "too_much"),
        (9, 0, 0, None, SharingKey.COEFFICIENT, [0, 0], "no_weight"),
        (9, 0, 0, None, SharingKey.PERCENT, [50, 49], "not_hundred"),
    ],
)
def test_a_key_that_cannot_share_is_refused(
    pool: int, charges: int, bonus: int, manager: int | None, key: SharingKey, who: list[int], code: str
) -> None:
    with pytest.raises(SharingError, match=code):
        shares(pool, charges, bonus, manager, key, weights(*who))


@given(
    pool=st.integers(0, 10**10),
    charges=st.integers(0, 10**9),
    bonus=st.integers(0, 10**6),
    key=st.sampled_from([SharingKey.EQUAL, SharingKey.COEFFICIENT]),
    who=st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=40),
)
def test_the_parts_make_the_sum_exactly(
    pool: int, charges: int, bonus: int, key: SharingKey, who: list[Decimal]
) -> None:
    charges, bonus = min(charges, pool), min(bonus, pool - min(charges, pool))
    if key is SharingKey.COEFFICIENT and not sum(who):
        return
    found = shares(pool, charges, bonus, 0, key, who)
    assert sum(one.cents for one in found) == pool - charges
    exact = [(pool - charges - bonus) * one.weight for one in found]
    assert all(abs(one.part - want) < 1 for one, want in zip(found, exact, strict=True))
    order = sorted(zip(found, exact, strict=True), key=lambda pair: pair[1])
    assert all(a.part <= b.part for (a, x), (b, y) in pairwise(order) if x < y)
