"""Two regulators at the same instant: `python -m tests.orientation.racing`; the answer is JSON.

Each is a thread with its own connection. They take one request, then book the one free slot for two requests;
one of them sends the form of a call twice at once.
"""

import json
import sys
import threading
from collections.abc import Callable
from datetime import time, timedelta

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from maillage.agenda import api as agenda  # noqa: E402
from maillage.agenda.models import Occupation  # noqa: E402
from maillage.kernel import journal  # noqa: E402
from maillage.kernel.models import Person  # noqa: E402
from maillage.kernel.rules import Role  # noqa: E402
from maillage.orientation import api  # noqa: E402
from maillage.orientation.models import Proposal  # noqa: E402
from tests.factories import (  # noqa: E402
    make_commune,
    make_patient,
    make_person,
    make_professional,
    make_territory,
)
from tests.orientation.conftest import pass_safety  # noqa: E402


def together(*clients: Callable[[], str]) -> list[str]:
    """Run clients at once; return what each said, in order."""
    barrier, said = threading.Barrier(len(clients)), [""] * len(clients)

    def run(place: int, client: Callable[[], str]) -> None:
        barrier.wait()
        try:
            said[place] = client()
        except api.OrientationError as error:
            said[place] = error.refusal.value
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def main() -> None:
    """Prepare a desk with one free slot, race twice, and tell."""
    place = make_territory()
    commune = make_commune(place=place)
    pair = [make_person(name, Role.REGULATOR, place.scope) for name in ("yanis.fougere", "lea.ronce")]
    doctor = make_professional("Aubépine", "Hélène", specialty="SM54")
    diary = agenda.create_agenda(by=None, professional=doctor, place=place)
    office = agenda.add_schedule(by=None, agenda=diary, name="Cabinet")
    office.commune = commune
    office.save()
    agenda.add_advanced_day(
        by=None, schedule=office, day=timezone.localdate() + timedelta(days=1), starts=time(8),
        ends=time(8, 15), minutes=15, key="day", kind=agenda.Kind.PRACTICE, visibility=agenda.Visibility.SNP,
    )  # fmt: skip
    shared = opened(pair[0], place, commune, api.Origin.PORTAL, "shared")
    taken = together(*(lambda by=by: take(by, shared) for by in pair))
    requests = [opened(by, place, commune, api.Origin.SAMU, f"r{by.pk}") for by in pair]
    best = [proposed(by, one) for by, one in zip(pair, requests, strict=True)]
    booked = together(*(lambda by=by, one=one: book(by, one) for by, one in zip(pair, best, strict=True)))
    twice = together(*(lambda: sent(pair[0], place) for _press in range(2)))
    sys.stdout.write(
        json.dumps(
            {
                "twice": twice,
                "taken": taken,
                "booked": booked,
                "seats": Occupation.objects.count(),
                "intact": journal.verify().intact,
            }
        )
    )


def opened(by: Person, place: object, commune: str, origin: api.Origin, key: str) -> api.Request:
    values = {"motive": "M03.11", "patient": make_patient(key, place), "priority": "P2"}
    made = api.open_request(by=by, scope=place.scope, origin=origin, key=key, values=values)
    made.commune_id = commune
    made.save()
    return pass_safety(by, made) if made.state == api.State.IN_HAND else made


def sent(by: Person, place: object) -> str:
    asked = {"by": by, "scope": place.scope, "origin": api.Origin.SAMU, "key": "twice", "values": {}}
    return str(api.open_request(**asked).pk)


def proposed(by: Person, request: api.Request) -> Proposal:
    search = api.propose(by=by, request=request, criteria=api.Criteria(horizon_hours=72))
    return Proposal.objects.of_request(request).filter(search=search).first()


def take(by: Person, request: api.Request) -> str:
    return "owner" if api.take(by=by, request=request).owner == by else "other"


def book(by: Person, proposal: Proposal) -> str:
    made = api.hold_and_book(by=by, proposal=proposal, key=f"book-{by.pk}")
    return "booked" if made.appointment else f"next: {made.next_best.kind}"


if __name__ == "__main__":
    main()
