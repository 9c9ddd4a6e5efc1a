"""The worlds on which the twin and its peers are timed: agendas in line, a territory of any size."""

from __future__ import annotations

import numpy as np

from bench.data import SEED
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
    Ways,
    World,
)
from maillage.engines.twin.compute import YEAR

WEEK, OPEN = 7, 5
EVERY_KIND = (1 << KINDS) - 1


def agendas_in_line(agendas: int, panel: int, places: int, load: float, days: int) -> World:
    """As many doctors alone with their panel, `places` visits every day, `load` needs a day for each."""
    people = agendas * panel
    table = np.full((agendas, days + HORIZON), places, dtype=np.int16)
    needs = np.zeros((1, KINDS))
    needs[0, Kind.ACUTE] = load / panel * YEAR
    none = np.zeros(KINDS)
    return World(
        people=People(
            np.zeros(people, dtype=np.int32),
            np.zeros(people, dtype=np.uint8),
            (np.arange(people) // panel).astype(np.int32),
        ),
        groups=Groups(needs, np.zeros(1), np.zeros(1), np.zeros((1, KINDS)), np.zeros(1), np.zeros(1)),
        agendas=Agendas(
            table,
            np.zeros_like(table),
            np.full(agendas, EVERY_KIND, dtype=np.uint8),
            np.ones(agendas),
            np.zeros(agendas, dtype=np.int32),
        ),
        ways=Ways(np.zeros((1, len(Door) + 1), dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0)),
        calendar=Calendar(np.ones(days), np.zeros(days, dtype=np.bool_)),
        habits=Habits(
            leads=np.zeros((KINDS, LEADS), dtype=np.int32),
            patience=np.full((KINDS, 2), 60, dtype=np.int32),
            tries=0, protocol=none, number=none, closed_call=0.0, closed_direct=1.0, fallback=none,
            returns=0.0, return_after=0.0, most=1, missed=np.zeros(1), missed_again=0.0, worse=0.0, worst=0,
            rhythm_known=0.0,
        ),
    )  # fmt: skip


def territory(people: int, doctors: int, days: int, seed: int = SEED) -> World:
    """Inhabitants by age and state in 40 communes, doctors with a panel each, practices shut at week-ends.

    Rates are of the order of those that are published (about five contacts a year and a person); they are not
    calibrated: what is timed is the loop.
    """
    rng = np.random.default_rng(seed)
    communes, groups = 40, 10
    chronic = np.arange(groups) >= 5
    needs = np.zeros((groups, KINDS))
    needs[:, Kind.ACUTE] = np.linspace(1.2, 2.2, groups)
    needs[:, Kind.CHECK] = np.where(chronic, 0.4, 0.5)
    needs[:, Kind.ADMIN] = 0.6
    followed = np.zeros((groups, KINDS))
    followed[:, Kind.ACUTE] = 0.15
    followed[chronic, Kind.CHECK] = followed[chronic, Kind.FOLLOW] = 0.9
    length = days + HORIZON
    weekday = np.arange(length) % WEEK
    places = np.where(weekday < OPEN, rng.integers(19, 29, (doctors, 1)), 0).astype(np.int16)
    for doctor in range(doctors):
        for away in rng.integers(0, length - WEEK, 5):
            places[doctor, away : away + WEEK] = 0
    on_call = np.where(weekday < OPEN, 0, 200).astype(np.int16)[None]
    places = np.concatenate([places, on_call])
    where = rng.random((communes, 2)) * 40.0
    home = rng.integers(0, communes, doctors + 1)
    starts = np.zeros((communes, len(Door) + 1), dtype=np.int64)
    agenda: list[int] = []
    minutes: list[float] = []
    for commune in range(communes):
        far = np.hypot(*(where[home[:doctors]] - where[commune]).T)
        near = np.argsort(far)[:25]
        starts[commune, Door.OTHER] = len(agenda)
        agenda += near.tolist()
        minutes += far[near].tolist()
        starts[commune, Door.PROTOCOL :] = len(agenda)
        agenda.append(doctors)
        minutes.append(10.0)
        starts[commune, Door.ON_CALL + 1] = len(agenda)
    weight = np.where(weekday[:days] == 0, 1.3, np.where(weekday[:days] < OPEN, 1.05, 0.75))
    kinds = np.full(doctors + 1, EVERY_KIND & ~(1 << Kind.NIGHT), dtype=np.uint8)
    kinds[doctors] = 1 << Kind.ACUTE | 1 << Kind.NIGHT
    leads = np.zeros((KINDS, LEADS), dtype=np.int32)
    leads[Kind.ACUTE] = np.repeat([0, 1], LEADS // 2)
    for kind, longest in ((Kind.CHECK, 20), (Kind.ADMIN, 10), (Kind.FOLLOW, 14)):
        leads[kind] = np.linspace(0, longest, LEADS)
    return World(
        people=People(
            rng.integers(0, communes, people).astype(np.int32),
            rng.integers(0, groups, people).astype(np.uint8),
            rng.integers(-1, doctors, people).astype(np.int32),
        ),
        groups=Groups(
            needs=needs,
            direct=np.full(groups, 0.08),
            reach=np.full(groups, 30.0),
            followed=followed,
            rhythm=np.where(chronic, 90.0, 14.0),
            stay=np.where(chronic, 0.004, 0.0),
        ),
        agendas=Agendas(
            places,
            (places * 0.3).astype(np.int16),
            kinds,
            np.append(np.full(doctors, 0.5), 1.0),
            home.astype(np.int32),
        ),
        ways=Ways(starts, np.array(agenda, dtype=np.int32), np.array(minutes)),
        calendar=Calendar(weight / weight.mean(), weekday[:days] >= OPEN),
        habits=Habits(
            leads=leads,
            patience=np.array([[3, 2], [21, 7], [21, 7], [21, 7], [0, 0]], dtype=np.int32),
            tries=3,
            protocol=np.zeros(KINDS),
            number=np.zeros(KINDS),
            closed_call=0.3,
            closed_direct=1.5,
            fallback=np.array([0.1, 0.0, 0.0, 0.0, 1.0]),
            returns=0.5,
            return_after=5.0,
            most=3,
            missed=np.linspace(0.02, 0.1, 30),
            missed_again=0.6,
            worse=0.03,
            worst=30,
            rhythm_known=0.8,
        ),
    )
