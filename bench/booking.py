"""Exact best-5 slot search beside exact SQL on PostgreSQL, at 100,000 professionals and 10 million slots.

`python -m bench.booking` writes build/bench/booking.json. PostgreSQL is that of MAILLAGE_BENCH_POSTGRES (by
default postgres@127.0.0.1:5432); a database is created there and dropped at the end. MAILLAGE_BENCH_SLOTS
asks for fewer slots, and the rows say how many were used; below 8 GB of free memory a tenth is taken.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import polars as pl
import psycopg
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from bench.data import SEED, geography
from bench.harness import Row, best_of, row, write
from bench.postgres import own_database
from maillage.engines import booking
from maillage.engines.booking import Found, Index, Professionals, Reach, Request, Slots

PROFESSIONALS, SLOTS, FREE_SHARE = 100_000, 10_000_000, 0.307
MINUTES_PER_KM, MAX_TRAVEL, WEIGHT, K = 1.56, 45.0, 4.0, 5
DAY, DAYS = 1440, 28
GENERAL_PRACTICE = 1
CHECKED, TIMED_SQL, ORIGINS = 10_000, 400, 2_000
CORES = os.cpu_count() or 1

RADIUS = """
SELECT p.id, s.start, (s.start - %(now)s) + 4 * 1.56 * (p.place <-> point(%(x)s, %(y)s)) AS score
FROM pro p CROSS JOIN LATERAL (
    SELECT start FROM slot
    WHERE pro = p.id AND free AND start BETWEEN %(now)s AND %(last)s ORDER BY start LIMIT 1) s
WHERE p.place <@ circle(point(%(x)s, %(y)s), 45 / 1.56) AND p.profession = 1
ORDER BY score, p.id LIMIT 5
"""
TRAVEL_TABLE = """
SELECT p.id, s.start, (s.start - %(now)s) + 4 * t.minutes AS score
FROM travel t JOIN pro p ON p.commune = t.commune CROSS JOIN LATERAL (
    SELECT start FROM slot
    WHERE pro = p.id AND free AND start BETWEEN %(now)s AND %(last)s ORDER BY start LIMIT 1) s
WHERE t.origin = %(origin)s AND p.profession = 1
ORDER BY score, p.id LIMIT 5
"""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Where communes lie (km), who practises where, every slot, which are free, and travel by origin."""

    places: NDArray[np.float64]
    who: Professionals
    owner: NDArray[np.int32]
    start: NDArray[np.int32]
    is_free: NDArray[np.bool_]
    reaches: dict[int, Reach]

    def free(self) -> Slots:
        """The free slots, as the index takes them."""
        owner, start = self.owner[self.is_free], self.start[self.is_free]
        ones = np.ones(owner.size, dtype=np.uint8)
        return Slots(owner, start, ones, ones)


def slots_wanted() -> int:
    """As many slots as asked for, a tenth where memory is short."""
    asked = int(os.environ.get("MAILLAGE_BENCH_SLOTS", SLOTS))
    available = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return asked if available > 8e9 else min(asked, SLOTS // 10)


def world(slots: int) -> World:
    """Professionals drawn by population, the same number of slots each over four weeks; fixed seed."""
    rng = np.random.default_rng(SEED)
    place = geography()
    east = place.lon * 111.195 * np.cos(np.radians(46.5))
    places = np.column_stack((east, place.lat * 111.195))
    people = np.nan_to_num(place.people) + 1.0
    commune = rng.choice(people.size, PROFESSIONALS, p=people / people.sum())
    ones = np.ones(PROFESSIONALS, dtype=np.int64)
    profession = np.where(rng.random(PROFESSIONALS) < 0.55, GENERAL_PRACTICE, 2)
    who = Professionals(commune, profession, ones, ones, 0 * ones, 1500 * ones, ones.astype(bool))
    each = slots // PROFESSIONALS
    quanta = np.sort(rng.random((PROFESSIONALS, each)), axis=1) * DAYS * 96
    # Ascending quarters of an hour, one apart at least, so that no start comes twice.
    start = (quanta.astype(np.int32) + np.arange(each, dtype=np.int32)) * 15
    owner = np.repeat(np.arange(PROFESSIONALS, dtype=np.int32), each)
    # Some are booked solid, some nearly empty: waits spread as they do in life.
    share = np.clip(rng.beta(0.8, 0.8 * (1 / FREE_SHARE - 1), PROFESSIONALS), 0.0, 1.0)
    is_free = rng.random(owner.size) < share[owner]
    origins = rng.choice(people.size, ORIGINS, replace=False, p=people / people.sum())
    return World(places, who, owner, start.ravel(), is_free, _reaches(places, origins))


def _reaches(places: NDArray[np.float64], origins: NDArray[np.int64]) -> dict[int, Reach]:
    near = cKDTree(places).query_ball_point(places[origins], MAX_TRAVEL / MINUTES_PER_KM)
    return {
        int(origin): Reach.of(found, minutes(places, int(origin), np.asarray(found)))
        for origin, found in zip(origins, near, strict=True)
    }


def minutes(places: NDArray[np.float64], origin: int, to: NDArray[np.int64]) -> NDArray[np.float32]:
    """Straight-line travel time, as the SQL computes it."""
    km = np.hypot(places[to, 0] - places[origin, 0], places[to, 1] - places[origin, 1])
    return (MINUTES_PER_KM * km).astype(np.float32)


def requests(here: World, count: int) -> list[tuple[int, Request]]:
    """Origins and requests: general practice within 45 minutes, at fifty moments, within two weeks."""
    rng = np.random.default_rng(SEED + 1)
    moments = rng.integers(0, (DAYS - 14) * DAY, 50)
    origins = rng.choice(list(here.reaches), count)
    asked = []
    for at, origin in enumerate(origins.tolist()):
        now = int(moments[at * moments.size // count])
        asked.append(
            (
                origin,
                Request(
                    "P3",
                    now,
                    here.reaches[origin],
                    MAX_TRAVEL,
                    latest=now + 14 * DAY,
                    professions=GENERAL_PRACTICE,
                    travel_weight=WEIGHT,
                ),
            )
        )
    return asked


def brute_force(here: World, asked: list[tuple[int, Request]]) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """For each request, how many rows there are to find and the k lowest scores, over all professionals."""
    slots, moment = here.free(), None
    owner, starts = np.asarray(slots.row), np.asarray(slots.start)
    first = np.empty(PROFESSIONALS)
    for origin, request in asked:
        if request.now != moment:
            moment = request.now
            first.fill(np.inf)
            later = (starts >= moment) & (starts <= request.latest)
            first[owner[later][::-1]] = starts[later][::-1]
            first[here.who.professions != GENERAL_PRACTICE] = np.inf
        travel = minutes(here.places, origin, np.arange(len(here.places))).astype(np.float64)
        away = travel[here.who.commune]
        score = np.where(away <= MAX_TRAVEL, (first - request.now) + WEIGHT * away, np.inf)
        best = np.sort(np.partition(score, K)[:K])
        yield int(np.isfinite(best).sum()), best


def errors(here: World, index: Index, asked: list[tuple[int, Request]]) -> int:
    """How many answers differ from brute force, to the last bit of a score."""
    wrong = 0
    for (size, expected), (_, request) in zip(brute_force(here, asked), asked, strict=True):
        found = index.search(request, K)
        wrong += not (found.score.size == size and (found.score == expected[:size]).all())
    return wrong


@contextmanager
def database() -> Iterator[tuple[str, psycopg.Connection]]:
    """The address of a database of its own, and a connection to it."""
    with own_database() as url, psycopg.connect(url, autocommit=True) as connection:
        yield url, connection


def fill(sql: psycopg.Connection, here: World) -> None:
    """Tables and the indexes that serve the two queries best; unlogged, as nothing has to last."""
    sql.execute("CREATE UNLOGGED TABLE pro (id int, commune int, profession int, place point)")
    sql.execute("CREATE UNLOGGED TABLE slot (pro int, start int, free boolean)")
    sql.execute("CREATE UNLOGGED TABLE travel (origin int, commune int, minutes real)")
    at = here.places[here.who.commune]
    spots = [f"({x!r},{y!r})" for x, y in at.tolist()]
    who = {
        "id": np.arange(PROFESSIONALS),
        "commune": here.who.commune,
        "profession": here.who.professions,
        "p": spots,
    }
    copy(sql, "pro", pl.DataFrame(who))
    copy(sql, "slot", pl.DataFrame({"pro": here.owner, "start": here.start, "free": here.is_free}))
    sizes = [reach.communes.size for reach in here.reaches.values()]
    travel = {
        "origin": np.repeat(list(here.reaches), sizes),
        "commune": np.concatenate([reach.communes for reach in here.reaches.values()]),
        "minutes": np.concatenate([reach.minutes for reach in here.reaches.values()]),
    }
    copy(sql, "travel", pl.DataFrame(travel))
    sql.execute("SET maintenance_work_mem = '512MB'")
    sql.execute("CREATE INDEX ON pro USING gist (place)")
    sql.execute("CREATE INDEX ON pro (commune)")
    sql.execute("CREATE INDEX ON pro (id)")
    sql.execute("CREATE INDEX ON slot (pro, start) WHERE free")
    sql.execute("CREATE INDEX ON travel (origin) INCLUDE (commune, minutes)")
    for table in ("pro", "slot", "travel"):
        sql.execute(f"VACUUM ANALYZE {table}")


def copy(sql: psycopg.Connection, table: str, frame: pl.DataFrame) -> None:
    """Load a frame into a table."""
    with sql.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as load:
        for part in frame.iter_slices(1_000_000):
            load.write(part.write_csv(include_header=False))


def each_ms(run: Callable[[int], object], count: int) -> NDArray[np.float64]:
    """Wall-clock milliseconds of each call."""
    elapsed = np.empty(count)
    for at in range(count):
        began = time.perf_counter()
        run(at)
        elapsed[at] = time.perf_counter() - began
    return elapsed * 1e3


def ask_sql(sql: psycopg.Connection, here: World, query: str, asked: tuple[int, Request]) -> list[tuple]:
    """One search by SQL, its statement prepared on the server."""
    origin, request = asked
    x, y = here.places[origin].tolist()
    given = {"now": request.now, "last": request.latest, "x": x, "y": y, "origin": origin}
    return sql.execute(query, given, prepare=True).fetchall()


def against_sql(
    sql: psycopg.Connection, here: World, index: Index, asked: list[tuple[int, Request]], size: str
) -> list[Row]:
    """p50 and p99 of the same requests, ours and by two exact queries, their answers compared."""
    rows = []
    for label, query in (
        ("PostgreSQL, radius + LATERAL", RADIUS),
        ("PostgreSQL, travel table + LATERAL", TRAVEL_TABLE),
    ):
        some = asked[:: len(asked) // TIMED_SQL]
        answers = [ask_sql(sql, here, query, one) for one in some]
        mine = [index.search(one[1], K) for one in some]
        differing = sum(not same(ours, theirs) for ours, theirs in zip(mine, answers, strict=True))
        theirs_ms = each_ms(lambda at, query=query, some=some: ask_sql(sql, here, query, some[at]), len(some))
        ours_ms = each_ms(lambda at, some=some: index.search(some[at % len(some)][1], K), 10 * len(some))
        for point in (50, 99):
            note = f"{size}; {len(some)} requests each asked once before, {differing} answers differ"
            ours, theirs = float(np.percentile(ours_ms, point)), float(np.percentile(theirs_ms, point))
            rows.append(row(f"best {K} within 45 min, p{point}", ours, label, theirs, note))
    return rows


def throughput(url: str, here: World, index: Index, asked: list[tuple[int, Request]], size: str) -> list[Row]:
    """Searches a second on every core: ours in batches, the exact queries with a connection a core.

    The answers of the batch are compared with those one by one.
    """
    mine = [request for _, request in asked]
    together, ours_ms = best_of(3, lambda: index.search_many(mine, K, threads=CORES))
    alone = [index.search(request, K) for request in mine]
    wrong = sum(
        not all((a == b).all() for a, b in zip(one, other, strict=True))
        for one, other in zip(together, alone, strict=True)
    )
    rows = []
    for label, query in (("radius", RADIUS), ("travel table", TRAVEL_TABLE)):
        some = asked[:: len(asked) // TIMED_SQL]

        def ask(part: int, query: str = query, some: list[tuple[int, Request]] = some) -> None:
            with psycopg.connect(url, autocommit=True) as connection:
                for one in some[part::CORES]:
                    ask_sql(connection, here, query, one)

        began = time.perf_counter()
        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(ask, range(CORES)))
        theirs_ms = (time.perf_counter() - began) * 1e3 / len(some)
        each = ours_ms / len(mine)
        note = (
            f"{1e3 / each:,.0f} searches a second beside {1e3 / theirs_ms:,.0f} on {CORES} cores, in batches "
            f"of {len(mine):,}; {wrong} answers differ from those one by one; {size}"
        )
        rows.append(row(f"throughput, best {K}, every core", each, f"PostgreSQL, {label}", theirs_ms, note))
    return rows


def same(ours: Found, theirs: list[tuple]) -> bool:
    """Whether both give the same scores, up to the single precision of travel times."""
    return len(theirs) == ours.score.size and np.allclose(ours.score, [one[2] for one in theirs], atol=1e-3)


def run() -> list[Row]:
    """Every row of the bench."""
    booking.warm()
    here = world(slots_wanted())
    size = f"{PROFESSIONALS:,} professionals, {here.owner.size:,} slots, {here.is_free.sum():,} free"
    asked = requests(here, CHECKED)
    index, build_ms = best_of(3, lambda: Index(here.who, here.free()))
    began = time.perf_counter()
    wrong = errors(here, index, asked)
    brute_ms = (time.perf_counter() - began) * 1e3 / CHECKED
    ours_ms = float(np.median(each_ms(lambda at: index.search(asked[at][1], K), CHECKED)))
    whole = f"{wrong} errors in {CHECKED:,}, scores compared bit for bit; {size}"
    rows = [row("best 5 against brute force, p50", ours_ms, "NumPy, every professional", brute_ms, whole)]
    _, choices_ms = best_of(3, lambda: [index.choices(request) for _, request in asked[:200]])
    rows.append(
        row(
            "Pareto set, mean",
            choices_ms / 200,
            "best 5 of the same index",
            ours_ms,
            "NumPy, every candidate",
        )
    )
    with database() as (url, sql):
        began = time.perf_counter()
        fill(sql, here)
        fill_ms = (time.perf_counter() - began) * 1e3
        rows += against_sql(sql, here, index, asked, size)
        rows += throughput(url, here, index, asked, size)
        change = "UPDATE slot SET free = false WHERE pro = %s AND start = %s AND free"
        sql.execute("SET synchronous_commit = off")
        taken = np.flatnonzero(here.is_free)[::5_000]
        pairs = list(zip(here.owner[taken].tolist(), here.start[taken].tolist(), strict=True))
        update_ms = np.median(each_ms(lambda at: sql.execute(change, pairs[at], prepare=True), len(pairs)))
    rows.append(
        row("index rebuilt", build_ms, "the same tables loaded and indexed", fill_ms, f"goal < 1 s; {size}")
    )
    turns = each_ms(lambda at: (index.add(at, 7, audiences=1, kinds=1), index.remove(at, 7)), 5_000)
    note = "two changes on our side, one on the other (unlogged table, no flush)"
    rows.append(row("slot added, then removed", float(np.median(turns)), "UPDATE", float(update_ms), note))
    return rows


if __name__ == "__main__":
    write("booking", run())
