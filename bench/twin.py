"""The twin beside SimPy and Ciw, a territory's year, and a country's.

`python -m bench.twin` writes build/bench/twin.json. The same world is lived by each in the same run; peers
live fewer days of it, and what is compared is the time of an event: a contact, a visit kept or missed, an
emergency attendance, an end without care, a stay. BENCH_NATIONAL=1 adds 660 territories of 100,000
inhabitants (minutes).
"""

from __future__ import annotations

import os
import resource
import time
from concurrent.futures import ThreadPoolExecutor

from bench.harness import Row, best_of, row, write
from bench.twin_peers import Territory, ciw_agendas
from bench.twin_worlds import agendas_in_line, territory
from maillage.engines.twin import run as live

YEAR, WARM_UP = 365, 60
PEOPLE, DOCTORS, TERRITORIES, CORES = 100_000, 83, 660, 2
FEW_DAYS = 40
AGENDAS, PANEL, PLACES, LOAD = 70, 1_400, 20, 18.0


def run() -> list[Row]:
    """Every row."""
    rows = [*in_line(), *a_territory()]
    return [*rows, a_country()] if os.environ.get("BENCH_NATIONAL") else rows


def in_line() -> list[Row]:
    """70 agendas in line: the one model that the three can tell."""
    world = agendas_in_line(AGENDAS, PANEL, PLACES, LOAD, YEAR)
    live(world, 0, warm_up=WARM_UP)
    ours, ours_ms = best_of(5, lambda: live(world, 1, warm_up=WARM_UP))
    short = agendas_in_line(AGENDAS, PANEL, PLACES, LOAD, FEW_DAYS)
    simpy, simpy_ms = best_of(1, lambda: Territory(short, 10, 1).run())
    ciw, ciw_ms = best_of(1, lambda: ciw_agendas(AGENDAS, PLACES, LOAD, FEW_DAYS, 10, 1))
    return [
        _row("an event, 70 agendas in line", ours_ms, ours.events, name, peer_ms, seen.events)
        for name, peer_ms, seen in (("SimPy 4", simpy_ms, simpy), ("Ciw 3", ciw_ms, ciw))
    ]


def a_territory() -> list[Row]:
    """100,000 inhabitants with every door."""
    world = territory(PEOPLE, DOCTORS, YEAR)
    live(world, 0, warm_up=WARM_UP)
    ours, ours_ms = best_of(7, lambda: live(world, 1, warm_up=WARM_UP))
    peer = Territory(territory(PEOPLE, DOCTORS, FEW_DAYS), 10, 1)
    seen, peer_ms = best_of(1, peer.run)
    return [
        _row("an event of a territory", ours_ms, ours.events, "SimPy 4", peer_ms, seen.events),
        row(
            "a year of 100,000 inhabitants",
            ours_ms,
            "SimPy 4, by its events",
            peer_ms / seen.events * ours.events,
            f"{ours.events} events; 60 ms asked",
        ),
    ]


def a_country() -> Row:
    """66 million inhabitants, a year after sixty days of warm-up, each territory made and lived in its
    turn."""
    live(territory(1_000, 1, WARM_UP), 0, warm_up=0)
    began = time.perf_counter()

    def one(seed: int) -> int:
        world = territory(PEOPLE, DOCTORS, YEAR + WARM_UP, seed)
        return live(world, seed, warm_up=WARM_UP).events

    with ThreadPoolExecutor(CORES) as pool:
        events = sum(pool.map(one, range(TERRITORIES)))
    took = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return row(
        "a country: 66 M inhabitants, 425 days, two threads",
        took * 1e3,
        "30 s asked",
        30_000.0,
        f"{events} events, {events / took / 1e6:.1f} M a second; {memory:.1f} GB at most (8 asked)",
    )


def _row(case: str, ours_ms: float, ours: int, name: str, peer_ms: float, theirs: int) -> Row:
    rate, peer_rate = (count / spent / 1e3 for count, spent in ((ours, ours_ms), (theirs, peer_ms)))
    note = f"{rate:.1f} and {peer_rate:.3f} M events a second; {ours} and {theirs} events; 300 times asked"
    return row(case, ours_ms / ours * 1e6, name, peer_ms / theirs * 1e6, note, "ns")


if __name__ == "__main__":
    write("twin", run())
