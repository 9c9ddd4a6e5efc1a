"""The regulation desk through HTTP, as its screens use it: searches and screens at a pace, live screens open.

`python -m bench.search` writes build/bench/search.json. The server is `maillage serve --workers 2` on a
database of its own (`--database postgres`, in the server of MAILLAGE_BENCH_POSTGRES, or `sqlite`), with what
the demonstration has: the national pack where MAILLAGE_DATA or the checkout has one. A client on that machine
does what the scripts of the desk do: a search is posted and its answer is what it changes; a screen is a
request opened in the desk; a live screen listens, and asks for its queue once it is told of a change, every
three seconds at most. The client keeps its pace whether or not answers come back, and a time counts from when
the question was due. Each answer is checked for what it must hold.

First each kind alone, to know the processor that one takes (that of the server's processes, what they take
idle left out); then all together, a little faster each time, until an answer fails or one in a hundred takes
longer than the goal; then all together at the goal's rate for MAILLAGE_BENCH_SECONDS (60). The times are
those of the answers given: those refused or failed are counted beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

import numpy as np

from bench.harness import Row, row, write
from bench.http import LONGEST, Client, paced
from bench.postgres import own_database
from bench.processes import memory, processor, workers_of

RATE = int(os.environ.get("MAILLAGE_BENCH_RATE", "50"))
SECONDS = int(os.environ.get("MAILLAGE_BENCH_SECONDS", "60"))
STREAMS = int(os.environ.get("MAILLAGE_BENCH_STREAMS", "40"))
DATABASE = os.environ.get("MAILLAGE_BENCH_DATABASE", "postgres")
WORKERS, REQUESTS = 2, 40
#: Each kind alone: so many a second for so long, after as long again idle.
ALONE_RATE, ALONE_SECONDS, IDLE_SECONDS = 20, 10, 4
CALM = 3.0  # s between two looks of a live screen, as assets/js/desk.js has it
GOALS = {"search": 10.0, "screen": 15.0, "whole page": 15.0}  # ms of processor
GOAL_P50, GOAL_P99 = 30.0, 150.0
#: So many searches and as many screens a second, each for so long.
LADDER, LADDER_SECONDS = (5, 10, 15, 20, 25, 30, 40, 50), 8
Ask = Callable[[int], Awaitable[bool]]


@dataclass
class Desk:
    """The desk as its scripts see it: each question checks its answer, and counts what is wrong with it."""

    client: Client
    numbers: list[int]
    wrong: Counter[str] = field(default_factory=Counter)
    told: int = 0
    looked: list[float] = field(default_factory=list)

    async def search(self, turn: int) -> bool:
        """Post a search; its answer has the proposals of that request."""
        pk = self.numbers[turn % len(self.numbers)]
        marks = (f'data-request="{pk}"', 'id="desk-cards"', 'id="proposal-', f'id="demande-{pk}"')
        return await self._check(
            "search", "POST", f"/regulation/{pk}/chercher/", marks, form={}, by_script=True
        )

    async def screen(self, turn: int) -> bool:
        """Open a request in the desk; the answer is that request, with the proposals of its last search."""
        pk = self.numbers[(turn * 7) % len(self.numbers)]
        marks = (f'data-request="{pk}"', 'id="desk-proposals"', 'id="proposal-')
        return await self._check("screen", "GET", f"/regulation/{pk}/", marks, by_script=True)

    async def page(self, turn: int) -> bool:
        """Ask for the whole page of a request: what a browser without scripts, or a reload, shows."""
        pk = self.numbers[(turn * 7) % len(self.numbers)]
        marks = ("<html", f'data-request="{pk}"', f'id="demande-{pk}"', 'id="desk-day"', "masthead")
        return await self._check("whole page", "GET", f"/regulation/{pk}/", marks)

    async def live(self, place: int, until: float) -> None:
        """Keep a screen open: listen, and look at the queue at each change told, as often as CALM allows."""
        looked = 0.0
        await asyncio.sleep(place / STREAMS)  # nobody opens forty screens in one instant

        async def told(event: str) -> None:
            nonlocal looked
            self.told += event == "changed"
            if event == "changed" and time.perf_counter() - looked > CALM:
                began = looked = time.perf_counter()
                await self._check("queue", "GET", "/regulation/file/", ('class="queue"', "data-version"))
                self.looked.append((time.perf_counter() - began) * 1e3)

        try:
            async with asyncio.timeout(max(0.0, until - time.perf_counter())):
                while True:  # the server ends a stream now and then, and the browser opens another
                    await self.client.listen("/regulation/flux/", told)
        except TimeoutError:
            return
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            self.wrong[f"stream: {error!r:.120}"] += 1

    async def _check(
        self, kind: str, method: str, path: str, marks: tuple[str, ...], *,
        form: dict[str, str] | None = None, by_script: bool = False,
    ) -> bool:  # fmt: skip
        try:
            answer = await self.client.ask(method, path, form, by_script=by_script)
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            self.wrong[f"{kind}: {error!r:.120}"] += 1
            return False
        missing = [mark for mark in marks if mark not in answer.text]
        if answer.status != 200 or missing:
            said = f", without {', '.join(missing)}" if answer.status == 200 else ""
            self.wrong[f"{kind}: {answer.status}{said}"] += 1
            return False
        return True


def run() -> list[Row]:
    """Measure on a server and a database of its own."""
    postgres = DATABASE == "postgres"
    database = own_database() if postgres else nullcontext("")
    with tempfile.TemporaryDirectory(prefix="maillage-bench-") as home, database as url:
        environment = os.environ | {"MAILLAGE_HOME": home, "MAILLAGE_DEMO": "1"}
        environment["DATABASE_URL"] = url if postgres else f"sqlite:///{home}/maillage.sqlite3"
        numbers = [int(one) for one in _python(environment, "-m", "bench.search", "prepare").split()]
        port = _free_port()
        with _serving(environment, port) as server:
            return asyncio.run(_measured(port, server, numbers))


async def _measured(port: int, server: int, numbers: list[int]) -> list[Row]:
    client = Client(port)
    await client.sign_in("regulator")
    desk = Desk(client, numbers)
    workers = workers_of(server)
    await paced(ALONE_RATE, 2 * REQUESTS / ALONE_RATE, desk.search)  # each process builds what it keeps
    await paced(ALONE_RATE, 2, desk.page)
    idle = await _idle(workers)
    kinds: dict[str, Ask] = {"search": desk.search, "screen": desk.screen, "whole page": desk.page}
    rows = []
    for name, ask in kinds.items():
        before = processor(workers)
        elapsed = await paced(ALONE_RATE, ALONE_SECONDS, ask)
        taken = (processor(workers) - before - idle * ALONE_SECONDS) * 1e3 / max(1, len(elapsed))
        note = f"{len(elapsed)} alone at {ALONE_RATE} a second; p50 {_point(elapsed, 50):.1f} ms"
        rows.append(row(f"processor of a {name}", taken, "the goal", GOALS[name], note))
    rows.append(await _highest(client, numbers, workers))
    all_at_once = await _together(client, numbers, workers, RATE, SECONDS)
    desk, note = all_at_once.desk, all_at_once.said()
    client.close()
    for name, found in all_at_once.by_kind():
        for point, goal in ((50, GOAL_P50), (99, GOAL_P99)):
            rows.append(row(f"{name} through HTTP, p{point}", _point(found, point), "the goal", goal, note))
    for place, pid in enumerate(workers, start=1):
        held = memory(pid)
        note = f"RSS {held.rss} MiB, PSS {held.pss} MiB, private {held.private} MiB; goal 300 MiB"
        rows.append(row(f"memory of process {place} (PSS)", held.pss, "the goal", 300.0, note, unit="MiB"))
    for said, count in desk.wrong.most_common(10):
        print(f"{count} × {said}", file=sys.stderr)
    return rows


@dataclass
class Together:
    """Searches and screens asked at a pace beside live screens: the milliseconds of each answer given."""

    desk: Desk
    rate: float
    seconds: float
    searches: list[float]
    screens: list[float]
    busy: float

    def by_kind(self) -> tuple[tuple[str, list[float]], ...]:
        """Return the times of each kind, named."""
        return ("search", self.searches), ("screen", self.screens)

    @property
    def is_held(self) -> bool:
        """Whether every answer came, all but one in a hundred within the goal."""
        points = [_point(found, 99) for _name, found in self.by_kind()]
        return not self.desk.wrong and max(points) <= GOAL_P99

    def said(self) -> str:
        """Say what was asked, what was answered, and what the server took for it."""
        wrong = self.desk.wrong
        refused = sum(count for what, count in wrong.items() if what.endswith(": 503"))
        answered = [len(found) / self.seconds for _name, found in self.by_kind()]
        looks = self.desk.looked or [0.0]
        parts = (
            f"{self.rate:g} searches and {self.rate:g} screens a second for {self.seconds:g} s, "
            f"{STREAMS} live screens, {DATABASE}",
            f"answered: {answered[0]:.1f} and {answered[1]:.1f} a second",
            f"{refused} refused at once, {sum(wrong.values()) - refused} other errors",
            f"the server's processes took {self.busy:.2f} cores",
            f"{self.desk.told} changes told, {len(looks)} looks at the queue (p50 {np.median(looks):.1f} ms)",
        )
        return "; ".join(parts)


async def _together(
    client: Client, numbers: list[int], workers: list[int], rate: float, seconds: float
) -> Together:
    desk = Desk(client, numbers)
    before, until = processor(workers), time.perf_counter() + seconds
    live = [asyncio.create_task(desk.live(place, until)) for place in range(STREAMS)]
    searches, screens = await asyncio.gather(
        paced(rate, seconds, desk.search), paced(rate, seconds, desk.screen)
    )
    busy = (processor(workers) - before) / (time.perf_counter() - until + seconds)
    await asyncio.gather(*live)
    return Together(desk, rate, seconds, searches, screens, busy)


async def _highest(client: Client, numbers: list[int], workers: list[int]) -> Row:
    """Climb the ladder; return the highest rate at which every answer came in time."""
    highest, note = 0.0, ""
    for rate in LADDER:
        found = await _together(client, numbers, workers, rate, LADDER_SECONDS)
        points = [f"{name} p99 {_point(times, 99):.0f} ms" for name, times in found.by_kind()]
        note += f"{rate} a second: {', '.join(points)}, {sum(found.desk.wrong.values())} errors; "
        if not found.is_held:
            break
        highest = float(rate)
    case = "searches, and as many screens, a second"
    return row(case, max(highest, 0.1), "the goal", float(RATE), note.rstrip("; "), unit="/s")


def _point(found: list[float], point: int) -> float:
    """Return a percentile of milliseconds; that of no answer at all is the longest wait."""
    return float(np.percentile(found, point)) if found else LONGEST * 1e3


async def _idle(workers: list[int]) -> float:
    """Return the seconds of processor that the server takes a second while nobody asks."""
    before = processor(workers)
    await asyncio.sleep(IDLE_SECONDS)
    return (processor(workers) - before) / IDLE_SECONDS


def prepare() -> list[int]:
    """Fill the database as `maillage demo` does and open requests; return their numbers."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
    django.setup()
    from maillage.config import demonstration
    from maillage.kernel.api import demonstration_account
    from maillage.kernel.rules import Role
    from maillage.orientation import api
    from maillage.people.api import Patient
    from maillage.territory.api import Commune, member_codes

    place = demonstration.prepare(lambda _title, _done, _total: None).territory
    regulator = demonstration_account(Role.REGULATOR)
    if regulator is None:
        raise RuntimeError("the demonstration has no regulator")
    communes = list(Commune.objects.filter(code__in=member_codes(place)).order_by("-population", "code"))
    # The eldest: no motive is vital by their age.
    patients = list(Patient.objects.in_scope(place.scope).order_by("birth_date", "pk")[:REQUESTS])
    opened = [
        api.open_request(
            by=regulator, scope=place.scope, origin=api.Origin.SINGLE_NUMBER, key=f"bench-{number}",
            values={
                "motive": "M03.22", "priority": "P2", "patient": patient,
                "commune": communes[number % len(communes)],
            },
        )
        for number, patient in enumerate(patients)
    ]  # fmt: skip
    for one in opened:
        if api.clearance(one).obstacle is api.Obstacle.UNCHECKED:
            said_by, note = api.CallerKind.PATIENT, "Mesure."
            api.confirm_spoken_check(by=regulator, request=one, said_by=said_by, note=note)
    return [one.pk for one in opened if api.clearance(one).obstacle is None]


def _python(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, timeout=600
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


@contextmanager
def _serving(environment: dict[str, str], port: int) -> Iterator[int]:
    """Run `maillage serve` until the end of the block; give its number once every process answers."""
    words = [
        sys.executable,
        "-m",
        "maillage",
        "serve",
        "--port",
        str(port),
        "--workers",
        str(WORKERS),
        "--quiet",
    ]
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            for _attempt in range(480):
                time.sleep(0.25)
                if server.poll() is not None:
                    raise RuntimeError(f"the server ended with status {server.returncode}")
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0 and len(workers_of(server.pid)) == WORKERS:
                        break
            time.sleep(5)  # what each process reads at its start is no part of an answer
            yield server.pid
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _chosen() -> None:
    """Read the options of the command line: they go before the environment."""
    global DATABASE, SECONDS, RATE, STREAMS
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=("postgres", "sqlite"), default=DATABASE)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--streams", type=int, default=STREAMS)
    given = parser.parse_args()
    DATABASE, SECONDS, RATE, STREAMS = given.database, given.seconds, given.rate, given.streams


if __name__ == "__main__":
    if sys.argv[1:] == ["prepare"]:
        print(*prepare())
    else:
        _chosen()
        write("search", run())
