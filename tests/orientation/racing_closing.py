"""A search and a closing at the same instant: `python -m tests.orientation.racing_closing ORDER`; JSON.

Each is a thread with its own connection, stopped before its commit until the other is done or waits for it.
The agenda is of another territory, whose journal is another chain: nothing else keeps the two apart.
"""

import json
import sys
import threading
from collections.abc import Callable
from datetime import time, timedelta

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from maillage.agenda import api as agenda  # noqa: E402
from maillage.agenda.models import Slot  # noqa: E402
from maillage.kernel import clock  # noqa: E402
from maillage.kernel.rules import Role  # noqa: E402
from maillage.orientation import api  # noqa: E402
from maillage.orientation.models import Proposal  # noqa: E402
from tests.factories import make_commune, make_person, make_professional, make_territory  # noqa: E402
from tests.orientation.racing import opened  # noqa: E402

WAITS = 1.0  # seconds after which the other is taken to wait for us


def main(order: str) -> None:
    """Race a search against the closing of the one agenda with a slot, and tell."""
    place, elsewhere = make_territory(), make_territory()
    commune = make_commune(place=place)
    regulator = make_person("yanis.fougere", Role.REGULATOR, place.scope)
    doctor = make_professional("Aubépine", "Hélène", specialty="SM54")
    diary = agenda.create_agenda(by=None, professional=doctor, place=elsewhere)
    office = agenda.add_schedule(by=None, agenda=diary, name="Cabinet", commune=commune)
    day = timezone.localdate() + timedelta(days=1)
    agenda.add_advanced_day(
        by=None, schedule=office, day=day, starts=time(8), ends=time(8, 15), minutes=15, key="day",
        kind=agenda.Kind.PRACTICE, visibility=agenda.Visibility.SNP,
    )  # fmt: skip
    request = opened(regulator, place, commune, api.Origin.SAMU, "request")
    criteria = api.Criteria(horizon_hours=72)

    def search() -> None:
        api.propose(by=regulator, request=request, criteria=criteria)

    def close() -> None:
        starts, ends = clock.bounds(day, elsewhere.scope)
        agenda.close(by=None, agenda=diary, starts_at=starts, ends_at=ends, key="away")

    first, second = (search, close) if order == "search first" else (close, search)
    failed = together(first, second)
    proposals = Proposal.objects.of_request(request)
    answer = {
        "failed": failed,
        "slots": Slot.objects.count(),
        "open": Slot.objects.filter(is_open=True).count(),
        "kinds": list(proposals.order_by("rank").values_list("kind", flat=True)),
    }
    sys.stdout.write(json.dumps(answer))


def together(first: Callable[[], None], second: Callable[[], None]) -> list[str]:
    """Run `second` once `first` is done and not committed; return what failed."""
    written, over, failed = threading.Event(), threading.Event(), []

    def run_first() -> None:
        with transaction.atomic():
            first()
            written.set()
            over.wait(timeout=WAITS)

    def run_second() -> None:
        written.wait(timeout=60)
        second()
        over.set()

    def run(client: Callable[[], None]) -> None:
        try:
            client()
        except Exception as error:
            failed.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(client,)) for client in (run_first, run_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


if __name__ == "__main__":
    main(sys.argv[1])
