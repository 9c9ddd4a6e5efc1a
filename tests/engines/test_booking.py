"""Slot search against brute force: best k, Pareto set, reasons, in step with bookings, compiled or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.engines import booking
from maillage.engines.booking import (
    Index,
    Professionals,
    Reach,
    Reason,
    Request,
    Slots,
    UrgentRequestError,
    kernels,
    reference,
)

COMMUNES = 6
BACKENDS = ("auto", "numpy")


def everybody(communes, **columns):
    """Professionals of the same mould, but for the columns given."""
    n = len(communes)
    mould = {
        "professions": np.ones(n),
        "abilities": np.zeros(n),
        "motives": np.ones(n),
        "age_min": np.zeros(n),
        "age_max": np.full(n, 1500),
        "takes_new": np.ones(n),
    }
    return Professionals(communes, **(mould | columns))


def random_world(rng, n, busy):
    """Professionals and a calendar in which ties are frequent."""
    who = Professionals(
        rng.integers(0, COMMUNES, n),
        1 << rng.integers(0, 2, n),
        rng.integers(0, 4, n),
        rng.integers(1, 4, n),
        rng.integers(0, 2, n) * 72,
        np.full(n, 1500) - rng.integers(0, 2, n) * 1300,
        rng.random(n) < 0.8,
    )
    free = {
        row: {
            int(start): (int(rng.integers(1, 4)), int(rng.integers(1, 4)))
            for start in rng.choice(12, rng.integers(0, busy + 1), replace=False) * 30
        }
        for row in range(n)
    }
    return who, free


def flat(free, rng=None):
    """The calendar as columns, shuffled."""
    slots = [(row, start, *tag) for row, day in free.items() for start, tag in day.items()]
    if rng is not None:
        rng.shuffle(slots)
    return Slots(*np.array(slots, dtype=np.int64).reshape(-1, 4).T)


def random_request(rng, n):
    minutes = np.round(rng.uniform(0, 30, COMMUNES + 2) / 7.5).astype(np.float32) * np.float32(7.5)
    minutes[rng.random(minutes.size) < 0.2] = np.inf
    return Request(
        priority="P2",
        now=int(rng.integers(-60, 60)),
        earliest=None if rng.random() < 0.5 else int(rng.integers(-60, 200)),
        latest=booking.NO_LIMIT if rng.random() < 0.5 else int(rng.integers(60, 400)),
        reach=Reach.everywhere(minutes),
        max_travel=float(rng.choice([7.5, 20.0, 45.0])),
        professions=int(rng.choice([-1, 1, 2, 3])),
        abilities=int(rng.integers(0, 3)) if rng.random() < 0.4 else 0,
        motive=int(rng.integers(0, 3)),
        age=None if rng.random() < 0.5 else int(rng.integers(0, 400)),
        audiences=int(rng.integers(1, 4)),
        kinds=int(rng.integers(1, 4)),
        travel_weight=float(rng.choice([0.0, 0.1, 4.0])),
        own=tuple(rng.integers(0, n, rng.integers(0, 3)).tolist()),
        refused=tuple(rng.integers(0, n, rng.integers(0, 2)).tolist()),
    )


def check(index, who, free, request, k):
    expected = reference.offers(who, free, request)
    found = index.search(request, k)
    got = list(
        zip(
            found.score.tolist(), found.travel.tolist(), found.row.tolist(), found.start.tolist(), strict=True
        )
    )
    assert got == [tuple(offer) for offer in expected[:k]]
    assert (found.wait == found.start - request.now).all()
    assert [(c.row, c.start, c.travel) for c in index.choices(request)] == [
        (offer.row, offer.start, offer.travel) for offer in reference.pareto(who, free, request)
    ]


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 25), st.integers(0, 12), st.integers(1, 6))
def test_the_search_equals_brute_force(seed, n, busy, k):
    rng = np.random.default_rng(seed)
    who, free = random_world(rng, n, busy)
    slots = flat(free, rng)
    request = random_request(rng, n)
    for backend in BACKENDS:
        check(Index(who, slots, backend=backend), who, free, request, k)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.integers(0, 12))
def test_every_exclusion_has_all_its_reasons_in_order(seed, n, busy):
    rng = np.random.default_rng(seed)
    who, free = random_world(rng, n, busy)
    request = random_request(rng, n)
    index = Index(who, flat(free))
    in_reach = [row for row in range(n) if who.commune[row] in request.reach.communes]
    for rows in (np.arange(n), None):
        asked = in_reach if rows is None else range(n)
        expected = [
            (row, tuple(why), reference.first_slot(free, row, request))
            for row in asked
            if (why := reference.reasons(who, free, request, row))
        ]
        assert [tuple(one) for one in index.exclusions(request, rows)] == expected


@settings(deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(1, 25), st.integers(0, 12), st.integers(1, 6), st.integers(0, 30)
)
def test_one_pass_answers_all_that_a_search_asks(seed, n, busy, k, most):
    rng = np.random.default_rng(seed)
    who, free = random_world(rng, n, busy)
    slots = flat(free, rng)
    request = random_request(rng, n)
    offers = reference.offers(who, free, request)
    own = reference.own_first(who, free, request)
    for backend in BACKENDS:
        index = Index(who, slots, backend=backend)
        answer = index.answer(request, k, most)
        best = answer.best
        assert list(
            zip(
                best.score.tolist(), best.travel.tolist(), best.row.tolist(), best.start.tolist(), strict=True
            )
        ) == [tuple(one) for one in offers[:k]]
        assert (best.wait == best.start - request.now).all()
        assert (answer.own and answer.own[:3]) == (own and (own.row, own.start, own.travel))
        assert answer.choices == index.choices(request)
        assert [one[:3] for one in answer.choices] == [
            (one.row, one.start, one.travel) for one in reference.pareto(who, free, request)
        ]
        for choice in [*answer.choices, *([answer.own] if answer.own else [])]:
            assert choice.is_own == (choice.row in request.own)
            assert choice.is_earliest == (choice.start == min(one.start for one in offers))
            assert choice.is_nearest == (choice.travel == min(one.travel for one in offers))
        assert [tuple(one) for one in answer.explained] == reference.explained(who, free, request, most)
        assert answer.alone == reference.alone(who, free, request)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.integers(0, 12), st.integers(1, 3))
def test_openings_are_those_of_the_calendar(seed, n, busy, audiences):
    rng = np.random.default_rng(seed)
    who, free = random_world(rng, n, busy)
    rows = rng.choice(n, rng.integers(0, n + 1), replace=False)
    first, last = sorted(rng.integers(-60, 400, 2).tolist())
    starts, kinds = Index(who, flat(free, rng)).openings(rows, first, last, audiences=audiences)
    expected = reference.openings(free, rows.tolist(), first, last, audiences)
    assert list(zip(starts.tolist(), kinds.tolist(), strict=True)) == expected


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 120))
def test_bookings_and_cancellations_keep_it_in_step(seed, n, steps):
    rng = np.random.default_rng(seed)
    who, free = random_world(rng, n, 3)
    index = Index(who, flat(free))
    for _ in range(steps):
        row, start = int(rng.integers(0, n)), int(rng.integers(0, 30)) * 15
        if rng.random() < 0.7:
            tag = (int(rng.integers(1, 4)), int(rng.integers(1, 4)))
            assert index.add(row, start, audiences=tag[0], kinds=tag[1]) == (free[row].get(start) != tag)
            free[row][start] = tag
        else:
            assert index.remove(row, start) == (free[row].pop(start, None) is not None)
    assert len(index) == sum(len(day) for day in free.values())
    check(index, who, free, random_request(rng, n), 4)


def test_ten_thousand_requests_without_an_error():
    rng = np.random.default_rng(20260314)
    for _ in range(100):
        who, free = random_world(rng, 12, 6)
        index = Index(who, flat(free))
        for _ in range(100):
            check(index, who, free, random_request(rng, 12), 3)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 25), st.integers(0, 9), st.integers(1, 4), st.integers(1, 5))
def test_requests_answered_together_are_answered_as_one_by_one(seed, n, count, k, threads):
    rng = np.random.default_rng(seed)
    who, free = random_world(rng, n, 8)
    requests = [random_request(rng, n) for _ in range(count)]
    for backend in BACKENDS:
        index = Index(who, flat(free), backend=backend)
        together = index.search_many(requests, k, threads=threads)
        assert len(together) == count
        for found, request in zip(together, requests, strict=True):
            for mine, alone in zip(found, index.search(request, k), strict=True):
                assert mine.dtype == alone.dtype
                assert mine.tolist() == alone.tolist()


def test_the_kernel_says_the_same_uncompiled(monkeypatch):
    rng = np.random.default_rng(7)
    monkeypatch.setattr(kernels, "_compiled", kernels.PLAIN)
    for _ in range(40):
        who, free = random_world(rng, 20, 6)
        index, request = Index(who, flat(free)), random_request(rng, 20)
        check(index, who, free, request, 3)
        assert index.search_many([request])[0].row.tolist() == index.search(request).row.tolist()


def test_the_nearest_alone_would_be_wrong():
    # The nearest is free in four hours; 15 minutes farther, somebody is free at once.
    index = Index(everybody([0, 1]), Slots([0, 1], [240, 10], [1, 1], [1, 1]))
    request = Request("P3", 0, Reach.everywhere([5.0, 20.0]), 45.0)
    assert index.search(request).row.tolist() == [1, 0]
    assert index.search(request).score.tolist() == [90.0, 260.0]
    assert [(c.row, c.is_earliest, c.is_nearest, c.is_own) for c in index.choices(request)] == [
        (0, False, True, False),
        (1, True, False, False),
    ]


def test_the_own_doctor_stays_in_the_choice_and_need_not_take_new_patients():
    who = everybody([0, 1], takes_new=[True, False])
    index = Index(who, Slots([0, 1], [10, 500], [1, 1], [1, 1]))
    reach = Reach.everywhere([5.0, 20.0])
    assert [c.row for c in index.choices(Request("P3", 0, reach, 45.0))] == [0]
    mine = index.choices(Request("P3", 0, reach, 45.0, own=(1,)))
    assert [(c.row, c.is_own) for c in mine] == [(0, False), (1, True)]


def test_the_own_doctor_is_said_apart_where_there_is_one_who_is_free():
    index = Index(everybody([0, 1, 1]), Slots([0, 1, 2], [10, 500, 500], [1] * 3, [1] * 3))
    reach = Reach.everywhere([5.0, 20.0])

    def own(*rows):
        return index.answer(Request("P3", 0, reach, 45.0, own=rows)).own

    assert own() is None
    assert own(2).row == 2
    assert own(2, 1)[:2] == (1, 500)
    index.remove(2, 500)
    assert own(2) is None


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("threads", [1, 3])
def test_many_requests_are_shared_among_threads(backend, threads):
    index = Index(everybody([0, 1]), Slots([0, 1], [240, 10], [1, 1], [1, 1]), backend=backend)
    requests = [Request("P3", 0, Reach.everywhere([5.0, 20.0]), far) for far in (10.0, 45.0, 1.0, 45.0)]
    found = index.search_many(requests, 2, threads=threads)
    assert [one.row.tolist() for one in found] == [[0], [1, 0], [], [1, 0]]


def test_rows_that_grow_in_turn_keep_their_slots():
    index, expected = Index(everybody([0, 0, 0]), Slots([1], [5], [1], [1])), {0: [], 1: [5], 2: []}
    for start in range(1, 60):
        for row in range(3):
            index.add(row, start * 10, audiences=1, kinds=1)
            expected[row].append(start * 10)
    assert {row: index.free.of(row)[0].tolist() for row in range(3)} == expected
    assert not index.remove(0, 5)
    assert not index.remove(0, 9_999)


def test_what_is_left_out_says_why_and_what_it_would_have_offered():
    who = everybody([0, 0], abilities=[1, 0])
    index = Index(who, Slots([1], [60], [1], [1]))
    request = Request("P2", 0, Reach.everywhere([5.0]), 45.0, abilities=1, latest=30)
    assert index.exclusions(request) == [
        (0, (Reason.NO_SLOT,), None),
        (1, (Reason.ABILITY, Reason.TOO_LATE), 60),
    ]


@pytest.mark.parametrize("priority", ["P0", "P1"])
def test_an_emergency_never_enters_slot_search(priority):
    with pytest.raises(UrgentRequestError, match=f"priority {priority} never enters"):
        Request(priority, 0, Reach.everywhere([1.0]), 45.0)


def test_nobody_nothing_nowhere():
    request = Request("P3", 0, Reach.of([3], [1.0]), 45.0)
    for backend in BACKENDS:
        empty = Index(everybody([]), Slots([], [], [], []), backend=backend)
        assert empty.search(request).row.size == 0
        assert empty.choices(request) == []
        assert empty.exclusions(request) == []


def test_senseless_input_is_refused():
    reach = Reach.everywhere([1.0])
    index = Index(everybody([0]), Slots([0], [0], [1], [1]))
    with pytest.raises(ValueError, match="at least one proposal"):
        index.search(Request("P3", 0, reach, 45.0), 0)
    with pytest.raises(ValueError, match="at least one proposal"):
        index.answer(Request("P3", 0, reach, 45.0), 0)
    with pytest.raises(ValueError, match="one thread"):
        index.search_many([], threads=0)
    with pytest.raises(ValueError, match="must not be negative"):
        Request("P3", 0, reach, 45.0, travel_weight=-1.0)
    with pytest.raises(ValueError, match="must not be negative"):
        Index(everybody([-1]), Slots([], [], [], []))
    with pytest.raises(ValueError, match="abilities must have 1 values"):
        everybody([0], abilities=[0, 0])
    for row in (-1, 1):
        with pytest.raises(IndexError, match="outside 0 … 0"):
            index.add(row, 0, audiences=1, kinds=1)


@pytest.mark.parametrize(
    ("slots", "message"),
    [
        (Slots([0, 0], [5, 5], [1, 1], [1, 1]), "two slots at one start"),
        (Slots([1], [5], [1], [1]), "outside 0 … 0"),
        (Slots([0], [5], [256], [1]), "audiences must hold eight bits"),
        (Slots([0], [5], [1], [1, 1]), "one length"),
    ],
)
def test_senseless_slots_are_refused(slots, message):
    with pytest.raises(ValueError, match=message):
        Index(everybody([0]), slots)


@pytest.mark.parametrize(
    ("communes", "minutes", "message"),
    [
        ([0], [1.0, 2.0], "as many minutes"),
        ([0], [-1.0], "must not be negative"),
        ([-1], [1.0], "must not be negative"),
        ([0], [float("nan")], "or missing"),
        ([0, 0], [1.0, 2.0], "given twice"),
    ],
)
def test_a_senseless_reach_is_refused(communes, minutes, message):
    with pytest.raises(ValueError, match=message):
        Reach.of(communes, minutes)


def test_without_numba_the_search_still_answers(monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(kernels, "_compiled", None)
    monkeypatch.setattr("importlib.import_module", absent)
    index = Index(everybody([0]), Slots([0], [5], [1], [1]))
    assert index.search(Request("P3", 0, Reach.everywhere([1.0]), 45.0)).start.tolist() == [5]
    assert not booking.warm()
    with pytest.raises(ImportError, match="Numba is not installed"):
        Index(everybody([0]), Slots([], [], [], []), backend="numba")


def test_the_kernel_can_be_compiled_before_use():
    assert booking.warm()
