"""A server whose process of computations is killed: `python -m tests.roster.solving`; the answer is JSON."""

import json
import os
import signal
import sys
import threading
import time
from datetime import date
from pathlib import Path

import django

django.setup()

from maillage.config import workers  # noqa: E402
from maillage.kernel import journal  # noqa: E402
from maillage.kernel.rules import Role  # noqa: E402
from maillage.roster import api  # noqa: E402
from maillage.roster.models import Job  # noqa: E402
from tests.factories import make_commune, make_person, make_professional, make_territory  # noqa: E402

LONGEST = 120


def main() -> None:
    """Ask for six months, kill the first process that computes it, tell what came of it."""
    place = make_territory()
    keeper = make_person("camille.bruyere", Role.COORDINATOR, place.scope)
    sector = api.create_sector(by=keeper, place=place, name="Brume", communes=[make_commune()])
    for number in range(8):
        doctor = make_professional(f"Aubépine {number}", "Hélène")
        api.set_volunteer(by=keeper, sector=sector, professional=doctor, share=1 - number % 3 / 4)
    roster = api.create_roster(
        by=keeper, sector=sector, first_day=date(2026, 5, 1), last_day=date(2026, 10, 31)
    )
    stop = threading.Event()
    watch = threading.Thread(target=workers.watch_solves, args=(stop,))
    watch.start()
    begun = time.monotonic()
    job = api.ask_solve(by=keeper, roster=roster, seconds=2)
    answered = time.monotonic() - begun
    states, killed = ["queued"], 0
    while job.is_active and time.monotonic() - begun < LONGEST:
        time.sleep(0.02)
        job.refresh_from_db()
        if job.state != states[-1]:
            states.append(job.state)
        if job.state == "running" and not killed:
            killed = kill(job.worker)
    stop.set()
    watch.join()
    job = Job.objects.get()
    sys.stdout.write(
        json.dumps(
            {
                "killed": killed,
                "states": states,
                "answered": answered,
                "intact": journal.verify().intact,
                "job": {
                    "state": job.state,
                    "attempts": job.attempts,
                    "said": job.said,
                    "missing": api.missing_posts(roster),
                },
            }
        )
    )


def kill(worker: str) -> int:
    """Kill the process of that name; return how many there were."""
    found = processes_of(worker)
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    return len(found)


def processes_of(worker: str) -> list[int]:
    """Return the processes that have that name in their command line."""
    return [
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit() and int(folder.name) != os.getpid() and worker in _command(folder)
    ]


def _command(folder: Path) -> str:
    try:
        return (folder / "cmdline").read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
