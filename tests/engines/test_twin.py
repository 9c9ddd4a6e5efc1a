"""The twin: the compiled loop is the one that is told, every need ends once, known queues are found again."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from maillage.engines.twin import (
    HORIZON,
    KINDS,
    Kind,
    Outcome,
    Run,
    Shock,
    World,
    WorldError,
    compute,
    draws,
    kernels,
    replicate,
    run,
)
from maillage.engines.twin.queues import waits
from maillage.engines.twin.reference import Life
from tests.engines.worlds import Sketch, drawn_world, one_doctor, sketches

BUSY = Sketch(
    seed=5, people=60, communes=3, doctors=4, days=60, places=5, busy=60.0, shocks=2, kept=0.4, most=3
)
VISITS = {Outcome.OWN, Outcome.OTHER, Outcome.PROTOCOL, Outcome.NUMBER, Outcome.ON_CALL}


# The loop and what it is told


@settings(max_examples=120, deadline=None)
@given(sketches)
def test_the_loop_gives_the_rows_of_the_reference(sketch: Sketch) -> None:
    world = drawn_world(sketch)
    told = Life(world, sketch.seed)
    log = told.run()
    found = run(world, sketch.seed, warm_up=0, logged=True)
    assert found.log.tolist() == log.tolist()
    assert (found.events, found.waiting, found.needs.sum()) == (told.events, told.waiting, told.needs)
    assert found.taken.tolist() == (world.agendas.places - told.left).tolist()


@pytest.mark.parametrize("seed", range(12))
def test_the_loop_as_it_stands_gives_the_rows_of_the_compiled_one(seed: int) -> None:
    world = drawn_world(replace(BUSY, seed=seed))
    plain = run(world, seed, warm_up=9, logged=True, loop=kernels.PLAIN)
    fast = run(world, seed, warm_up=9, logged=True)
    for name in Run.__slots__:
        one, other = getattr(plain, name), getattr(fast, name)
        assert np.array_equal(one, other), name
    assert {int(outcome) for outcome in fast.log["outcome"]} <= {int(outcome) for outcome in Outcome}


def test_without_numba_the_loop_runs_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "_compiled", None)
    monkeypatch.setitem(__import__("sys").modules, "numba", None)
    assert kernels.kernels() is kernels.PLAIN
    monkeypatch.setattr(kernels, "_compiled", None)


def test_more_contacts_to_come_than_there_was_room_for() -> None:
    """Everybody is in a rhythm, and hit by each shock: more rows than the loop begins with."""
    world = drawn_world(replace(BUSY, people=900))
    everybody = replace(
        world,
        groups=replace(world.groups, rhythm=np.full(4, 30.0)),
        habits=replace(world.habits, rhythm_known=1.0),
        shocks=tuple(Shock(0, 9, np.ones(4)) for _ in range(3)),
    )
    for loop in (None, kernels.PLAIN):
        found = run(everybody, 1, warm_up=0, loop=loop)
        assert found.needs[Kind.ACUTE] >= 3 * 900
    crowded = replace(everybody, habits=replace(world.habits, rhythm_known=0.0), shocks=())
    assert run(crowded, 1, warm_up=0, loop=kernels.PLAIN).events == run(crowded, 1, warm_up=0).events


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_room_is_found_while_people_live(share: float) -> None:
    """Visits that all call for another one, so that what is to come outgrows its room after the first day."""
    world = one_doctor(2_000, 30, yearly=300.0, places=30_000)
    groups = replace(world.groups, followed=np.full((1, KINDS), share), rhythm=np.array([25.0]))
    for loop in (None, kernels.PLAIN):
        found = run(replace(world, groups=groups), 3, warm_up=0, loop=loop, logged=True)
        assert (found.needs[Kind.FOLLOW] > 0) == (share > 0)
        assert found.log.size == found.daily.sum()


def test_nobody_and_nowhere() -> None:
    empty = drawn_world(replace(BUSY, people=0, doctors=0))
    assert run(empty, 1, warm_up=0).events == 0
    alone = drawn_world(replace(BUSY, doctors=0, places=0))
    found = run(alone, 1, warm_up=0)
    assert found.taken.sum() == 0
    assert found.daily[:, :, [int(one) for one in VISITS]].sum() == 0
    assert found.daily[:, :, Outcome.GIVEN_UP].sum() > 0


# What always holds


@pytest.mark.parametrize("seed", range(6))
def test_every_need_ends_once_and_no_place_is_given_twice(seed: int) -> None:
    world = drawn_world(replace(BUSY, seed=seed, people=300))
    found = run(world, seed, warm_up=0, logged=True)
    log = found.log
    ends = Counter(log["need"][log["outcome"] != Outcome.AGAIN].tolist())
    assert set(ends.values()) <= {1}
    assert len(ends) + found.waiting == found.needs.sum() == len(set(log["need"].tolist()))
    booked = log["agenda"] >= 0
    taken = np.zeros_like(found.taken)
    np.add.at(taken, (log["agenda"][booked], log["visit"][booked]), 1)
    assert np.array_equal(taken, found.taken)
    assert (found.taken <= world.agendas.places).all()
    assert (log["visit"][booked] >= log["day"][booked]).all()
    # Places kept for the day itself are not given ahead.
    ahead = booked & (log["visit"] > log["day"])
    early = np.zeros_like(found.taken)
    np.add.at(early, (log["agenda"][ahead], log["visit"][ahead]), 1)
    assert (early <= world.agendas.places - world.agendas.kept).all()
    # The tables are counts of the rows.
    assert found.daily.sum() == log.size
    assert found.stays.sum() == log["stay"].sum()
    assert found.visits[:, 0].sum() <= booked.sum()
    assert found.delays.sum() == booked.sum()


def test_what_follows_the_warm_up_alone_is_measured() -> None:
    world = drawn_world(replace(BUSY, people=300))
    whole, late = run(world, 4, warm_up=0), run(world, 4, warm_up=30)
    assert np.array_equal(whole.daily, late.daily)
    assert late.by_commune.sum() == late.daily[30:].sum() < whole.by_commune.sum() == whole.daily.sum()
    assert late.stays_by_commune.sum() == late.stays[30:].sum()


def test_a_lever_leaves_the_chances_of_the_others_as_they_were() -> None:
    """One doctor doubles their places: who needs what, and when, is the same; those of nobody else change."""
    world = drawn_world(replace(BUSY, people=300))
    places = world.agendas.places.copy()
    places[0] *= 2
    more = replace(world, agendas=replace(world.agendas, places=places))
    first, second = (run(one, 9, warm_up=0, logged=True).log for one in (world, more))

    def arising(log: NDArray[np.void]) -> set[tuple[int, int, int]]:
        own = log[(log["attempt"] == 1) & (log["kind"] != Kind.FOLLOW)]
        return {(int(row["person"]), int(row["kind"]), int(row["arose"])) for row in own}

    assert arising(first) == arising(second)
    assert first.tolist() != second.tolist()


def test_seeds_differ_and_threads_do_not() -> None:
    world = drawn_world(replace(BUSY, people=300))
    alone = replicate(world, [1, 2, 3], warm_up=5)
    together = replicate(world, [1, 2, 3], warm_up=5, threads=2)
    assert [one.events for one in alone] == [one.events for one in together]
    assert all(np.array_equal(one.daily, other.daily) for one, other in zip(alone, together, strict=True))
    assert not np.array_equal(alone[0].daily, alone[1].daily)


def test_a_longer_delay_makes_stays_likelier() -> None:
    """With the worsening of each day, the same needs lead to more stays; without it, to as many."""
    tight = one_doctor(3_000, 120, yearly=6.0, places=48)
    steady = replace(tight, groups=replace(tight.groups, stay=np.array([0.02])))
    worse = replace(steady, habits=replace(steady.habits, worse=0.2, worst=30))
    assert run(worse, 2, warm_up=0).stays.sum() > 1.1 * run(steady, 2, warm_up=0).stays.sum()


# Known queues


def poisson(mean: float, size: int) -> NDArray[np.float64]:
    """The chances of 0, 1, 2… arrivals."""
    logs = [-mean + k * math.log(mean) - math.lgamma(k + 1) for k in range(size)]
    return np.exp(np.array(logs))


def distribution(load: float, places: int, size: int) -> NDArray[np.float64]:
    """The chances of the places already taken at the start of a day: B' = max(B + A - c, 0), A Poisson."""
    arrivals = poisson(load, size)
    step = np.zeros((size, size))
    for before in range(size):
        for came, chance in enumerate(arrivals):
            step[before, min(max(before + came - places, 0), size - 1)] += chance
    found = np.full(size, 1 / size)
    for _ in range(14):
        step = step @ step
    return np.asarray(found @ step)


def expected_delay(load: float, places: int) -> float:
    """Mean days until the visit: the one who comes after `ahead` others waits the whole days they fill."""
    size = 400
    taken, arrivals = distribution(load, places, size), poisson(load, size)
    # Somebody picked among those of a day has `ahead` of them before: the chance of more than that, / load.
    before = np.array([arrivals[ahead + 1 :].sum() for ahead in range(size)]) / load
    rows = np.arange(size)
    return float((np.outer(taken, before) * ((rows[:, None] + rows[None, :]) // places)).sum())


@pytest.mark.parametrize(("load", "places"), [(9.0, 10), (19.0, 20), (4.0, 5)])
def test_an_agenda_is_a_queue_with_constant_service(load: float, places: int) -> None:
    """One doctor with as many places every day is Crommelin's M/D/c seen once a day, services a day long."""
    people, days = 2_000, 6_000
    world = one_doctor(people, days, yearly=load / people * compute.YEAR, places=places)
    means = []
    for seed in range(6):
        found = run(world, seed, warm_up=500)
        delays = found.delays[Kind.ACUTE]
        assert found.daily[:, Kind.ACUTE, Outcome.OWN].sum() == found.daily.sum(), (
            "everybody was given a place"
        )
        means.append(float((delays * np.arange(delays.size)).sum() / delays.sum()))
    spread = float(np.std(means, ddof=1)) / math.sqrt(len(means))
    assert abs(np.mean(means) - expected_delay(load, places)) <= max(
        0.01 * expected_delay(load, places), 4.03 * spread
    )


def test_littles_law_holds_in_an_agenda() -> None:
    """People who wait for their visit, counted each night, are as many as come in a day times their wait."""
    days = 3_000
    world = one_doctor(1_000, days, yearly=9.5 / 1_000 * compute.YEAR, places=10)
    log = run(world, 8, warm_up=0, logged=True).log
    log = log[log["visit"] < days]
    waiting = np.zeros(days + 1)
    np.add.at(waiting, log["day"], 1)
    np.add.at(waiting, log["visit"], -1)
    at_night = np.cumsum(waiting)[:days].mean()
    wait = (log["visit"] - log["day"]).mean()
    assert at_night == pytest.approx(log.size / days * wait, rel=1e-9)


def test_a_panel_too_large_for_its_doctor_waits_ever_longer() -> None:
    """Past what a doctor can see, the wait grows as time goes by; below, it does not (Green, Savin)."""

    def delay_by_half(panel: int) -> tuple[float, float]:
        world = one_doctor(panel, 400, yearly=3.0, places=20)
        log = run(world, 3, warm_up=0, logged=True).log
        answered = log[log["agenda"] >= 0]
        early, late = answered[answered["day"] < 200], answered[answered["day"] >= 200]
        return float((early["visit"] - early["day"]).mean()), float((late["visit"] - late["day"]).mean())

    below, above = delay_by_half(2_200), delay_by_half(2_700)
    assert max(below) < 1.0
    assert above[1] > 2 * above[0]


def erlang_c_wait(arrivals: float, service: float, servers: int) -> float:
    """Mean wait of M/M/c (Erlang, 1917)."""
    load = arrivals * service
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    waiting = last / (sum(load**k / math.factorial(k) for k in range(servers)) + last)
    return waiting * service / (servers - load)


def sampled_waits(rng: np.random.Generator, law: str, servers: int, load: float) -> NDArray[np.float64]:
    customers = 300_000
    arrivals = np.cumsum(rng.exponential(1 / (load * servers), customers))
    services = {
        "M": rng.exponential(1.0, customers),
        "D": np.ones(customers),
        "G": rng.gamma(0.25, 4.0, customers),
    }[law]
    return waits(arrivals, services, servers)[20_000:]


@pytest.mark.parametrize(
    ("law", "servers", "load", "expected"),
    [
        ("M", 1, 0.8, erlang_c_wait(0.8, 1, 1)),
        ("M", 3, 0.8, erlang_c_wait(2.4, 1, 3)),
        ("M", 20, 0.9, erlang_c_wait(18, 1, 20)),
        ("D", 1, 0.8, 0.8 / (2 * 0.2)),
        ("G", 1, 0.7, 0.7 * (1 + 4) / (2 * 0.3)),
    ],
)
def test_a_line_waits_as_its_formula_says(law: str, servers: int, load: float, expected: float) -> None:
    """Erlang's for exponential services, Pollaczek and Khinchine's for one server: within 1 %, or so near
    that its interval holds it."""
    rng = np.random.default_rng(11)
    means = [float(sampled_waits(rng, law, servers, load).mean()) for _ in range(6)]
    half = 4.03 * float(np.std(means, ddof=1)) / math.sqrt(len(means))
    assert abs(np.mean(means) - expected) <= max(0.01 * expected, half)


def test_customers_in_line_by_hand() -> None:
    assert waits([0, 1, 2, 3], [5, 1, 1, 1], 1).tolist() == [0, 4, 4, 4]
    assert waits([0, 1, 2, 3], [5, 4, 1, 1], 2).tolist() == [0, 0, 3, 2]
    assert waits([], [], 1).size == waits([], [], 2).size == 0


@pytest.mark.parametrize(
    ("arrivals", "services", "servers", "words"),
    [
        ([0, 1], [1], 1, "shapes"), ([0], [1], 0, "servers"), ([0], [-1], 1, "finite"),
        ([np.nan], [1], 1, "finite"), ([2, 1], [1, 1], 1, "ascending"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be(
    arrivals: list[float], services: list[float], servers: int, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        waits(arrivals, services, servers)


# Chances


def test_chances_are_even_and_have_no_memory() -> None:
    seen = np.array([draws.chance(3, person, counter, 2) for person in range(200) for counter in range(200)])
    assert abs(seen.mean() - 0.5) < 0.005
    assert abs(np.histogram(seen, 20, (0, 1))[0] / seen.size - 0.05).max() < 0.004
    table = seen.reshape(200, 200)
    assert abs(np.corrcoef(table[:, :-1].ravel(), table[:, 1:].ravel())[0, 1]) < 0.02
    assert abs(np.corrcoef(table[:-1].ravel(), table[1:].ravel())[0, 1]) < 0.02
    with np.errstate(over="ignore"):
        drawn = draws.drawn(np.uint64(draws.mixed(3)), 7, 9, 11)
    assert drawn == draws.chance(3, 7, 9, 11)


# What cannot be run


def broken(world: World, part: str, name: str, change: Any) -> World:
    before = getattr(getattr(world, part), name)
    return replace(world, **{part: replace(getattr(world, part), **{name: change(before)})})


def with_value(value: float, where: Any = 0) -> Any:
    def change(array: Any) -> Any:
        if not isinstance(array, np.ndarray):
            return value
        copy = array.copy()
        copy[where] = value
        return copy

    return change


@pytest.mark.parametrize(
    ("part", "name", "change", "words"),
    [
        ("people", "group", lambda array: array[1:], "people.group: its shape"),
        ("people", "commune", with_value(99), "people.commune: 99"),
        ("people", "own", with_value(-2), "people.own: -2"),
        ("groups", "needs", with_value(-1.0), "groups.needs: -1.0"),
        ("groups", "needs", with_value(np.nan), "groups.needs: nan"),
        ("groups", "needs", with_value(1.0, (1, int(Kind.FOLLOW))), "come from visits"),
        ("groups", "direct", with_value(1.5), "groups.direct: 1.5"),
        ("agendas", "places", with_value(-3), "agendas.places: -3"),
        ("agendas", "places", lambda array: array[:, :-1], "agendas.places: its shape"),
        ("ways", "agenda", with_value(77), "ways.agenda: 77"),
        ("ways", "starts", with_value(40, (0, 1)), "ways.starts"),
        ("ways", "starts", with_value(9, (0, 0)), "end before they begin"),
        ("habits", "leads", with_value(HORIZON), "habits.leads"),
        ("habits", "missed", lambda array: array[:0], "habits.missed"),
        ("habits", "returns", with_value(-0.1), "habits.returns"),
        ("habits", "most", with_value(0), "habits.most: 0 attempts"),
        ("habits", "tries", with_value(-1), "habits.tries"),
        ("calendar", "weight", with_value(-1.0), "calendar.weight"),
    ],
)  # fmt: skip
def test_a_world_that_cannot_be_is_refused(part: str, name: str, change: Any, words: str) -> None:
    world = drawn_world(BUSY)
    with pytest.raises(WorldError, match=words):
        run(broken(world, part, name, change), 1, warm_up=0)


def test_a_run_needs_a_day_to_measure_and_shocks_within_it() -> None:
    world = drawn_world(BUSY)
    for warm_up in (-1, 60):
        with pytest.raises(WorldError, match="warm_up"):
            run(world, 1, warm_up=warm_up)
    for first, last in ((5, 4), (-1, 3), (0, 60)):
        with pytest.raises(WorldError, match="shock: days"):
            run(replace(world, shocks=(Shock(first, last, np.zeros(4)),)), 1, warm_up=0)
