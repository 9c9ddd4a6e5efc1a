"""Runs clients statement by statement, in a given order: `python -m tests.agenda.interleaving`.

Each client is a thread with its own connection.
Before each statement, and before its commit, it waits for its
turn; the order of the turns is what Hypothesis draws. A client that waits for another's lock loses its turn
and goes on when the lock is free. The straw man checks that the slot is free, then inserts: Hypothesis must
find its double booking, and none of ours. The answer is JSON: what each of the two did.
"""

import json
import sys
import threading
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import django

django.setup()

from django.db import close_old_connections, connection, transaction  # noqa: E402
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from maillage.agenda import api  # noqa: E402
from maillage.agenda.models import Appointment, Slot  # noqa: E402
from maillage.kernel.models import Person  # noqa: E402
from maillage.people.api import Patient  # noqa: E402
from maillage.territory.api import Territory  # noqa: E402
from tests.factories import make_patient  # noqa: E402
from tests.faults.preparation import prepare  # noqa: E402

BLOCKED = 0.05  # seconds after which a client that has its turn is taken to wait for another's lock
Client = Callable[[], object]
CLIENTS = 3
numbers = count()


class Turns:
    """Lets one client at a time run one statement."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: set[int] = set()
        self._granted: set[int] = set()
        self._done: set[int] = set()
        self._free = False

    def pause(self, client: int) -> None:
        """Called by a client: wait for the turn."""
        with self._changed:
            self._waiting.add(client)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._free or client in self._granted)
            self._granted.discard(client)
            self._waiting.discard(client)

    def finish(self, client: int) -> None:
        """Called by a client at its end."""
        with self._changed:
            self._done.add(client)
            self._changed.notify_all()

    def give(self, client: int) -> None:
        """Let `client` run until it asks again, ends, or waits for a lock."""
        with self._changed:
            if client in self._done:
                return
            if not self._changed.wait_for(lambda: client in self._waiting | self._done, BLOCKED):
                return
            self._granted.add(client)
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: client in self._done or (client in self._waiting and client not in self._granted),
                BLOCKED,
            )

    def release(self) -> None:
        """Let everybody run to the end."""
        with self._changed:
            self._free = True
            self._changed.notify_all()


def run(clients: Sequence[Client], order: Sequence[int]) -> list[object]:
    """Run the clients in that order of statements; return what each answered, refusals as their reason.

    What else a client raises is raised again here, once all have ended.
    """
    turns = Turns()
    answers: list[object] = [None] * len(clients)
    faults: list[Exception] = []

    def live(number: int, client: Client) -> None:
        def step(execute: Callable[..., Any], *arguments: Any) -> Any:
            turns.pause(number)
            return execute(*arguments)

        commit = connection._commit

        def paused_commit() -> None:
            turns.pause(number)
            commit()

        connection._commit = paused_commit
        try:
            with connection.execute_wrapper(step):
                answers[number] = client()
        except api.BookingRefusedError as refused:
            answers[number] = refused.refusal
        except Exception as fault:
            faults.append(fault)
        finally:
            turns.finish(number)
            del connection._commit
            connection.close()

    threads = [threading.Thread(target=live, args=(n, client)) for n, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for number in order:
        turns.give(number)
    turns.release()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "a client never came to its end"
    if faults:
        raise faults[0]
    return answers


def naive(slot: int, patient: int, key: str) -> object:
    """Book by checking first and inserting next: the straw man."""
    rows = Appointment._base_manager
    if rows.filter(slot=slot, state=api.State.BOOKED.value).exists():
        return api.Refusal.TAKEN
    return rows.create(slot_id=slot, patient_id=patient, state=api.State.BOOKED.value, key=key).pk


def booked(slot: int) -> int:
    """Return how many appointments hold the slot."""
    return Appointment._base_manager.filter(slot=slot, state=api.State.BOOKED.value).count()


def fresh_slot(model: Slot) -> Slot:
    """Return a new slot, minutes after all others, so that each example begins with nothing taken."""
    number = next(numbers)
    step = (model.ends_at - model.starts_at) * (number + 100)
    return Slot.objects.create(
        agenda=model.agenda, schedule=model.schedule, opening=model.opening, kind=model.kind,
        visibility=model.visibility, starts_at=model.starts_at + step, ends_at=model.ends_at + step,
    )  # fmt: skip


def explore(book: Callable[[Slot, int], object], examples: int) -> dict[str, object]:
    """Look for an order of statements that books one slot twice; return it, and how many were tried."""
    model = Slot.objects.order_by("starts_at")[0]
    tried = 0

    found = ""

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(st.integers(0, CLIENTS - 1), min_size=2, max_size=40))
    def once(order: list[int]) -> None:
        # The first one found is kept, not raised: Hypothesis would run it again, and a thread that waits for
        # a lock may give the same order another end.
        nonlocal tried, found
        if found:
            return
        tried += 1
        slot = fresh_slot(model)
        clients = [lambda n=n: book(slot, n) for n in range(CLIENTS)]
        run(clients, order)
        if booked(slot.pk) != 1:
            found = f"booked {booked(slot.pk)} times in the order {order}"

    try:
        once()
    finally:
        close_old_connections()
    return {"tried": tried, "found": found}


def main() -> None:
    """Explore both and answer."""
    prepared = prepare()
    person = Person.objects.get(email__startswith="yanis")
    patient = Patient.objects.unscoped(reason="interleaving test").get(pk=prepared["patient"])
    territory = Territory.objects.get()
    patients = [patient.pk, *(make_patient(name, territory).pk for name in ("Orme", "Frêne"))]
    assert len(patients) == CLIENTS, (
        "one patient a client: the index of seats would refuse a second of the same"
    )

    @transaction.atomic  # each client its own transaction: none is written together with another
    def ours_alone(slot: Slot, client: int) -> object:
        return api.book(by=person, slot=slot, patient=patient, key=f"{slot.pk}-{client}").pk

    ours = explore(ours_alone, 60)
    straw = explore(lambda slot, client: naive(slot.pk, patients[client], f"{slot.pk}-{client}"), 200)
    sys.stdout.write(json.dumps({"ours": ours, "straw man": straw}))


if __name__ == "__main__":
    main()
