"""Small worlds for the tests of the twin: any size, every door, every fate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from bench.twin_worlds import agendas_in_line
from maillage.engines.twin import (
    HORIZON,
    KINDS,
    LEADS,
    Agendas,
    Calendar,
    Door,
    Groups,
    Habits,
    Kind,
    People,
    Shock,
    Ways,
    World,
)
from maillage.engines.twin.compute import YEAR

ALL_KINDS = (1 << KINDS) - 1
WEEK = 7


@dataclass(frozen=True)
class Sketch:
    """What a random world is drawn from."""

    seed: int
    people: int
    communes: int
    doctors: int
    days: int
    places: int
    busy: float
    """Needs a year and a person."""
    shocks: int
    kept: float
    most: int


sketches = st.builds(
    Sketch,
    seed=st.integers(0, 2**31),
    people=st.integers(0, 60),
    communes=st.integers(1, 4),
    doctors=st.integers(0, 5),
    days=st.integers(1, 60),
    places=st.integers(0, 6),
    busy=st.sampled_from([0.0, 3.0, 60.0, 300.0]),
    shocks=st.integers(0, 2),
    kept=st.sampled_from([0.0, 0.4, 1.0]),
    most=st.integers(1, 4),
)


def drawn_world(sketch: Sketch) -> World:
    """A world with every door and every fate possible, drawn by the seed of the sketch."""
    rng = np.random.default_rng(sketch.seed)
    groups = 4
    needs = rng.random((groups, KINDS)) * sketch.busy / KINDS
    needs[:, Kind.FOLLOW] = 0.0
    needs[0] = 0.0
    days = sketch.days + HORIZON
    seers = sketch.doctors + 3
    places = rng.integers(0, sketch.places + 1, (seers, days)).astype(np.int16)
    kinds = np.full(seers, ALL_KINDS, dtype=np.uint8)
    kinds[rng.random(seers) < 0.3] = 1 << Kind.ACUTE | 1 << Kind.NIGHT
    protocol, number, on_call = range(sketch.doctors, seers)
    ways: dict[Door, list[int]] = {
        Door.OTHER: list(range(sketch.doctors)),
        Door.PROTOCOL: [protocol],
        Door.NUMBER: [number],
        Door.ON_CALL: [on_call],
    }
    starts = np.zeros((sketch.communes, len(Door) + 1), dtype=np.int64)
    agenda: list[int] = []
    minutes: list[float] = []
    for commune in range(sketch.communes):
        for door, behind in ways.items():
            far = np.sort(rng.random(len(behind)) * 60)
            agenda += rng.permutation(behind).astype(int).tolist()
            minutes += far.tolist()
            starts[commune, door + 1] = len(agenda)
            if door is Door.OTHER:
                starts[commune, door] = len(agenda) - len(behind)
    weekday = np.arange(sketch.days) % WEEK
    return World(
        people=People(
            rng.integers(0, sketch.communes, sketch.people).astype(np.int32),
            rng.integers(0, groups, sketch.people).astype(np.uint8),
            rng.integers(-1, sketch.doctors, sketch.people).astype(np.int32),
        ),
        groups=Groups(
            needs=needs,
            direct=rng.random(groups) * 0.3,
            reach=rng.random(groups) * 60,
            followed=rng.random((groups, KINDS)),
            rhythm=np.array([0.0, 3.0, 20.0, 90.0]),
            stay=np.array([0.0, 0.01, 0.3, 1.0]),
        ),
        agendas=Agendas(
            places,
            (places * sketch.kept).astype(np.int16),
            kinds,
            rng.choice([0.0, 0.5, 1.0], seers),
            rng.integers(0, sketch.communes, seers).astype(np.int32),
        ),
        ways=Ways(starts, np.array(agenda, dtype=np.int32), np.array(minutes)),
        calendar=Calendar(np.where(weekday < 5, 1.2, 0.5), weekday >= 5),
        habits=Habits(
            leads=np.sort(rng.integers(0, 12, (KINDS, LEADS)), axis=1).astype(np.int32),
            patience=rng.integers(0, 20, (KINDS, 2)).astype(np.int32),
            tries=int(rng.integers(0, 4)),
            protocol=rng.random(KINDS),
            number=rng.random(KINDS),
            closed_call=0.5,
            closed_direct=1.5,
            fallback=rng.random(KINDS) * 0.5,
            returns=0.7,
            return_after=4.0,
            most=sketch.most,
            missed=np.linspace(0.1, 0.5, 9),
            missed_again=0.7,
            worse=0.1,
            worst=20,
            rhythm_known=0.8,
        ),
        shocks=tuple(
            Shock(0, sketch.days // (number + 1), rng.random(groups) * 0.5)
            if sketch.days // (number + 1) < sketch.days
            else Shock(0, sketch.days - 1, rng.random(groups) * 0.5)
            for number in range(sketch.shocks)
        ),
    )


def one_doctor(people: int, days: int, *, yearly: float, places: int) -> World:
    """Everybody asks one doctor for what is acute, waits as long as it takes, and always comes."""
    return agendas_in_line(1, people, places, yearly * people / YEAR, days)
