"""A server whose work on packs is killed, then stopped: `python -m tests.territory.killing`; JSON."""

import json
import sys
import threading
import time
from collections.abc import Callable

import django

django.setup()

from maillage.config import workers  # noqa: E402
from maillage.kernel import journal  # noqa: E402
from maillage.kernel.rules import Role  # noqa: E402
from maillage.territory.actions import pack_works  # noqa: E402
from maillage.territory.actions.pack_works import Given  # noqa: E402
from maillage.territory.models import DataPack, PackWork  # noqa: E402
from maillage.territory.queries.asked import read_asked  # noqa: E402
from tests.factories import make_person  # noqa: E402
from tests.local_server import Day, Served, serving  # noqa: E402
from tests.roster.solving import kill, processes_of  # noqa: E402
from tests.territory import published  # noqa: E402

LONGEST = 150


def until(holds: Callable[[], bool]) -> None:
    """Wait for something to be so."""
    begun = time.monotonic()
    while not holds():
        if time.monotonic() - begun > LONGEST:
            raise TimeoutError(holds)
        time.sleep(0.05)


def again(work: PackWork) -> PackWork:
    """Read a piece of work as it is now."""
    work.refresh_from_db()
    return work


def killed_while_it_downloads(work: PackWork, served: Served) -> int:
    """Kill the first process when it has fetched a few files, and let the next one end."""
    until(lambda: again(work).state == "running" and len(served.asked) > 4)
    killed = kill(work.worker)
    for name in published.every_file():
        served.always[name] = Day()
    until(lambda: not again(work).is_active)
    return killed


def main() -> None:
    """Prepare a pack, its process killed; import it, its process killed; stop an update half-way."""
    keeper = make_person("agnes.muguet", Role.ADMINISTRATOR, None)
    stop = threading.Event()
    watch = threading.Thread(target=workers.watch_packs, args=(stop,))
    watch.start()
    with serving() as served:
        served.files = published.every_file()
        served.always = {name: Day(pause=0.1) for name in served.files}
        given = [Given(name, served.url(name)) for name in served.files]
        begun = time.monotonic()
        work = pack_works.ask_build(by=keeper, asked=read_asked("71"), given=given)
        answered = time.monotonic() - begun
        killed = killed_while_it_downloads(work, served)
        taken = pack_works.ask_import(by=keeper, work=work)
        until(lambda: again(taken).state != "queued")
        killed += kill(taken.worker)
        until(lambda: not again(taken).is_active)
        served.always = {name: Day(pause=0.5) for name in served.files}
        served.files["contours"] += b" " * 80_000
        update = pack_works.ask_update(by=keeper, work=work)
        until(lambda: again(update).state == "running" and bool(update.step))
        told = update.step
        pack_works.stop(by=keeper, work=update)
        until(lambda: not processes_of(update.worker))
    stop.set()
    watch.join()
    sys.stdout.write(
        json.dumps(
            {
                "killed": killed,
                "answered": answered,
                "built": [work.state, work.attempts, work.said],
                "imported": [taken.state, taken.attempts, taken.said],
                "told": told,
                "stopped": [again(update).state, update.stopped_by_id == keeper.pk],
                "packs": DataPack.objects.count(),
                "intact": journal.verify().intact,
            }
        )
    )


if __name__ == "__main__":
    main()
