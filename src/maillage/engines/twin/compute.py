"""Running a world: the arrays that the loop reads, the room that it needs, and what it counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from maillage.engines.twin.checks import check
from maillage.engines.twin.draws import mixed
from maillage.engines.twin.kernels import (
    COMING,
    EVENTS,
    FULL_LOG,
    FULL_NODES,
    PERSON,
    ROWS,
    SPARES,
    WAITING,
    Columns,
    Settings,
    Tally,
    Work,
    kernels,
)
from maillage.engines.twin.model import DELAYS, KINDS, LOG, OUTCOMES, Kind, Run, World

YEAR = 365.25
"""Days of a year, over which needs are counted."""
_INTS = ("person", "kind", "attempt", "arose", "day", "outcome", "agenda", "visit", "stay")


def run(
    world: World, seed: int, *, warm_up: int, logged: bool = False, loop: Callable[..., int] | None = None
) -> Run:
    """Run `world` from day 0 to its last; counts named so leave out the first `warm_up` days.

    The same world and seed give the same run to the last row, on any machine and any number of threads.
    `loop` is the compiled one by default. Raises `WorldError` where the world cannot be run.
    """
    check(world, warm_up)
    columns, settings = _columns(world), _settings(world, warm_up, logged)
    room, rows = world.people.commune.size // 2 + 64, world.people.commune.size * 4 + 64 if logged else 0
    with np.errstate(over="ignore"):
        while True:
            work, tally = _work(world, room), _tally(world, rows)
            tally.counts[SPARES] = room
            lacked = (loop or kernels())(columns, settings, work, tally, np.uint64(mixed(seed)))
            if lacked == FULL_NODES:
                room *= 2
            elif lacked == FULL_LOG:
                rows = int(tally.counts[ROWS])
            else:
                return _run(world, work, tally)


def replicate(world: World, seeds: Sequence[int], *, warm_up: int, threads: int = 1) -> list[Run]:
    """Run `world` once for each seed, in the order of the seeds, on as many threads."""
    with ThreadPoolExecutor(max_workers=threads) as pool:
        return list(pool.map(lambda seed: run(world, seed, warm_up=warm_up), seeds))


def rates(world: World) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Needs by group on an average day, and the cumulative shares of ACUTE, CHECK and ADMIN among them."""
    needs = world.groups.needs
    total = needs.sum(axis=1)
    parts = np.cumsum(needs[:, [Kind.ACUTE, Kind.CHECK, Kind.ADMIN]], axis=1)
    split = np.divide(parts, total[:, None], out=np.ones_like(parts), where=total[:, None] > 0)
    return total / YEAR, split


def elapsed_days(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average days that have gone by at the beginning of each day, and at the end of the last."""
    return np.concatenate(([0.0], np.cumsum(weight)))


def _columns(world: World) -> Columns:
    groups, agendas, ways = world.groups, world.agendas, world.ways
    rate, split = rates(world)
    elapsed = elapsed_days(world.calendar.weight)
    whole = np.arange(int(np.ceil(elapsed[-1])) + 1, dtype=np.float64)
    near = np.clip(np.searchsorted(elapsed, whole, side="right") - 1, 0, world.days - 1)
    shocks = world.shocks
    habits = world.habits
    return Columns(
        rate=rate,
        split=split,
        direct=groups.direct,
        reach=groups.reach,
        followed=groups.followed,
        rhythm=groups.rhythm,
        stay=groups.stay,
        kept=agendas.kept,
        kinds=agendas.kinds,
        opened=agendas.opened,
        starts=ways.starts,
        agenda=ways.agenda,
        minutes=ways.minutes,
        elapsed=elapsed,
        near=near.astype(np.int32),
        closed=world.calendar.closed,
        leads=habits.leads,
        patience=habits.patience,
        protocol=habits.protocol,
        number=habits.number,
        fallback=habits.fallback,
        missed=habits.missed,
        shock_days=np.array([(one.first, one.last) for one in shocks], dtype=np.int32).reshape(-1, 2),
        shock_extra=np.array([one.extra for one in shocks]).reshape(len(shocks), rate.size),
    )


def _settings(world: World, warm_up: int, logged: bool) -> Settings:
    habits = world.habits
    return Settings(
        days=world.days,
        warm_up=warm_up,
        tries=habits.tries,
        closed_call=habits.closed_call,
        closed_direct=habits.closed_direct,
        returns=habits.returns,
        return_after=habits.return_after,
        most=habits.most,
        missed_again=habits.missed_again,
        worse=habits.worse,
        worst=habits.worst,
        rhythm_known=habits.rhythm_known,
        logged=logged,
    )


def _work(world: World, room: int) -> Work:
    people = np.zeros(world.people.commune.size, dtype=PERSON)
    for name in ("commune", "own", "group"):
        people[name] = getattr(world.people, name)
    return Work(
        people=people,
        coming=np.empty(room, dtype=COMING),
        left=world.agendas.places.copy(),
        hint=np.zeros(world.agendas.commune.size, dtype=np.int32),
        head=np.full(world.days, -1, dtype=np.int32),
        spare=np.arange(room, dtype=np.int32),
        today=np.empty(people.size + room, dtype=np.int32),
    )


def _tally(world: World, rows: int) -> Tally:
    days, communes = world.days, world.communes

    def zeros(*shape: int) -> NDArray[np.int64]:
        return np.zeros(shape, dtype=np.int64)

    return Tally(
        daily=zeros(days, KINDS, OUTCOMES),
        visits=zeros(days, 2),
        by_commune=zeros(communes, KINDS, OUTCOMES),
        waited=zeros(communes),
        travelled=np.zeros(communes),
        delays=zeros(KINDS, DELAYS),
        stays=zeros(days),
        stays_by_commune=zeros(communes),
        needs=zeros(KINDS),
        counts=zeros(5),
        log_need=zeros(rows),
        log_ints=np.zeros((rows, len(_INTS)), dtype=np.int32),
    )


def _run(world: World, work: Work, tally: Tally) -> Run:
    rows = int(min(tally.counts[ROWS], tally.log_need.size))
    log = np.empty(rows, dtype=LOG)
    log["need"] = tally.log_need[:rows]
    for place, name in enumerate(_INTS):
        log[name] = tally.log_ints[:rows, place]
    return Run(
        daily=tally.daily,
        visits=tally.visits,
        by_commune=tally.by_commune,
        waited=tally.waited,
        travelled=tally.travelled,
        delays=tally.delays,
        stays=tally.stays,
        stays_by_commune=tally.stays_by_commune,
        taken=world.agendas.places - work.left,
        needs=tally.needs,
        waiting=int(tally.counts[WAITING]),
        events=int(tally.counts[EVENTS]),
        log=log,
    )
