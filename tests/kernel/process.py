"""A process of Maillage that may be killed at a given step: `python -m tests.kernel.process COMMAND …`.

Its action writes a row and publishes a message; the inside handler writes another row, the outside one a
line in a file. A step is where the process kills itself, without a chance to clean up.
"""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.db.models.signals import post_save  # noqa: E402

from maillage.kernel import backups, journal, outbox  # noqa: E402
from maillage.kernel.models import Delivery, Scope  # noqa: E402

step = ""
lines = Path(os.environ["MAILLAGE_HOME"]) / "outside.txt"


def die_at(name: str) -> None:
    if step == name:
        os.kill(os.getpid(), signal.SIGKILL)


@outbox.handles("test.inside")
def inside(event: outbox.Event) -> None:
    Scope.objects.create(kind="effect", label=event.key)
    die_at("in the handler, its effect written")


@outbox.handles("test.outside", outside=True)
def outside(event: outbox.Event) -> None:
    with lines.open("a") as file:
        file.write(f"{event.key}\n")
    die_at("outside, its effect done")


def marked(instance: Delivery, **_signal: object) -> None:
    if instance.delivered_at is not None:
        die_at("marked, not committed")


post_save.connect(marked, sender=Delivery)


@transaction.atomic
def act(topic: str, key: str) -> None:
    Scope.objects.create(kind="write", label=key)
    transaction.on_commit(lambda: die_at("committed, nothing delivered"))
    outbox.publish(topic, {}, key=key)
    journal.record(by=None, verb="test.acted", target=key, changes={})
    die_at("before the commit")


def counts(key: str) -> dict[str, int]:
    said = lines.read_text().splitlines() if lines.exists() else []
    return {
        "writes": Scope.objects.filter(kind="write", label=key).count(),
        "effects": Scope.objects.filter(kind="effect", label=key).count() + said.count(key),
        "waiting": Delivery.objects.filter(message__key=key, delivered_at=None).count(),
    }


def recover(key: str) -> dict[str, object]:
    """Drain twice, as the next process would, and tell what there was before and after."""
    before = counts(key)
    return {"before": before, "delivered": [outbox.drain(), outbox.drain()], "after": counts(key)}


def work() -> None:
    """Run a worker as the server does until it has delivered something, and say so."""
    stop = threading.Event()
    threading.Thread(target=outbox.work, args=(stop,), daemon=True).start()
    sys.stdout.write("waiting\n")
    sys.stdout.flush()
    deadline = time.monotonic() + 60
    while not Scope.objects.filter(kind="effect").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    labels = Scope.objects.filter(kind="effect").values_list("label", flat=True)
    sys.stdout.write(f"delivered {list(labels)}\n")


def answer(value: object) -> None:
    sys.stdout.write(json.dumps(value))


def main(command: str, *arguments: str) -> None:
    global step
    if command == "act":
        topic, key, step = arguments
        act(topic, key)
    elif command == "drain":
        answer(outbox.drain())
    elif command == "recover":
        answer(recover(*arguments))
    elif command == "recover after the lease":
        Delivery.objects.filter(delivered_at=None).update(try_after="2020-01-01T00:00:00Z")
        answer(recover(*arguments))
    elif command == "publish without delivering":
        with transaction.atomic():
            for number in range(int(arguments[1])):
                outbox.publish("test.inside", {}, key=f"{arguments[0]}-{number}")
            transaction.get_connection().run_on_commit = []
    elif command == "effects":
        labels = Scope.objects.filter(kind="effect", label__startswith=arguments[0])
        answer(list(labels.values_list("label", flat=True)))
    elif command == "backup":
        backups.backup(Path(arguments[0]))
    elif command == "restore":
        backups.restore(Path(arguments[0]))
    elif command == "work":
        work()
    elif command == "record":
        for number in range(int(arguments[0])):
            journal.record(by=None, verb="test.done", target=str(number), changes={})
    elif command == "verify":
        found = journal.verify()
        answer({"entries": found.entries, "intact": found.intact})


if __name__ == "__main__":
    main(*sys.argv[1:])
