"""What must follow a write (a notice, a feed, another context's row), neither lost nor repeated by a crash.

A message is published in the transaction of the write, so both exist or neither. It is handed to each
handler of its topic on commit, and again by `drain` if the process died meanwhile.

- An *inside* handler writes in our own database: its effect and the mark « delivered » are one
  transaction, so the effect happens exactly once.
- An *outside* handler (mail, another server) cannot share that transaction: it is called at least once,
  and gets the message's key to let the other side recognise a repetition.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from maillage.kernel import databases
from maillage.kernel.models import Delivery, Message

logger = logging.getLogger("maillage.outbox")

CHANNEL = "maillage_outbox"
#: An outside handler that takes longer is taken for dead, and its message handed out again.
LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)
AFTER_A_FAULT = 5.0  # s


@dataclass(frozen=True, slots=True)
class Event:
    """What a handler receives. `key` is the same at each repetition of the same message."""

    topic: str
    key: str
    payload: dict[str, Any]
    published_at: datetime


Handler = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class _Registration:
    call: Handler
    outside: bool
    by_worker: bool


_handlers: dict[str, dict[str, _Registration]] = {}


def handles(topic: str, *, outside: bool = False, by_worker: bool = False) -> Callable[[Handler], Handler]:
    """Register the decorated function for `topic`; contexts do so in modules their AppConfig imports.

    What is left `by_worker` is not handed out on commit: whoever wrote waits for none of it.
    The function's dotted name is stored with each delivery: renaming it needs a data migration.
    """

    def register(handler: Handler) -> Handler:
        name = f"{handler.__module__}.{handler.__qualname__}"
        _handlers.setdefault(topic, {})[name] = _Registration(handler, outside, by_worker)
        return handler

    return register


def publish(topic: str, payload: dict[str, Any], *, key: str, not_before: datetime | None = None) -> Message:
    """Write a message in the current transaction, to be handed to the handlers of `topic` on commit.

    With `not_before`, a worker hands it out from that moment on. The same topic and key published again
    change nothing and return the first message. Raises RuntimeError outside a transaction, where a crash
    could lose the message.
    """
    message = Message(topic=topic, key=key, payload=payload)
    if publish_all([message], not_before=not_before):
        return message
    return Message.objects.get(topic=topic, key=key)


def publish_all(messages: Sequence[Message], *, not_before: datetime | None = None) -> list[Message]:
    """Publish several messages at once, as `publish` does; return those that were not published before."""
    if not connection.in_atomic_block:
        raise RuntimeError("publish() must run in the transaction of the write it follows")
    new = databases.insert_new(messages, unique=("topic", "key"))
    deliveries = [
        Delivery(message=message, handler=name, try_after=not_before or timezone.now())
        for message in new
        for name in sorted(_handlers.get(message.topic, {}))
    ]
    if deliveries:
        databases.insert(deliveries)
        databases.notify(CHANNEL)
        for message in new:
            if not all(one.by_worker for one in _handlers.get(message.topic, {}).values()):
                transaction.on_commit(partial(_deliver_now, message.pk), robust=True)
    return new


@dataclass(frozen=True, slots=True)
class Told:
    """That a message was published: its number, its topic, the key of the scope that its payload names."""

    number: int
    topic: str
    scope: int | None
    at: datetime


def last_number() -> int:
    """Return the number of the last message, 0 where there is none."""
    return Message.objects.aggregate(last=Max("pk"))["last"] or 0


def told_after(number: int, topics: Collection[str]) -> list[Told]:
    """Return what was published on `topics` after message `number`, in order; one statement.

    Numbers are given before the commit: a message may appear here after one with a greater number.
    """
    rows = Message.objects.filter(pk__gt=number, topic__in=sorted(topics)).order_by("pk")
    return [Told(*row) for row in rows.values_list("pk", "topic", "payload__scope", "published_at")]


def drain(*, limit: int = 1000) -> int:
    """Hand out up to `limit` messages that are due, and return how many were delivered."""
    due = Delivery.objects.due(timezone.now()).values_list("pk", flat=True)[:limit]
    return sum(_deliver(pk) for pk in list(due))


def late(*, since: timedelta = timedelta(minutes=10)) -> int:
    """Return how many messages have been waiting for longer than `since`, put off on purpose aside."""
    now = timezone.now()
    waiting = Delivery.objects.filter(delivered_at=None, message__published_at__lt=now - since)
    return waiting.exclude(attempts=0, try_after__gt=now - since).count()


def work(stop: threading.Event, *, every: float = 2.0) -> None:
    """Drain until `stop` is set, waking at each message on PostgreSQL and every `every` seconds elsewhere.

    Begins again with a new connection where the database went away for a while.
    """
    while not stop.is_set():
        try:
            drain()
            databases.wait(CHANNEL, every, stop)
        except DatabaseError:
            logger.exception("the outbox lost the database")
            stop.wait(AFTER_A_FAULT)
            connection.close()
    connection.close()


def _deliver_now(message: int) -> None:
    waiting = Delivery.objects.filter(message=message, delivered_at=None)
    for pk, topic, name in list(waiting.values_list("pk", "message__topic", "handler")):
        if not _handlers[topic][name].by_worker:
            _deliver(pk)


def _deliver(pk: int) -> bool:
    """Hand one delivery out; return whether it is done, False if another worker has it or it failed."""
    topic, name = Delivery.objects.values_list("message__topic", "handler").get(pk=pk)
    registration = _handlers.get(topic, {}).get(name)
    try:
        if registration is None:
            raise LookupError(f"no handler {name} for {topic}")
        return (_deliver_outside if registration.outside else _deliver_inside)(pk, registration.call)
    except Exception as error:  # a handler may fail in any way; the others still get theirs
        logger.exception("delivery %s of %s to %s failed", pk, topic, name)
        _try_later(pk, error)
        return False


def _deliver_inside(pk: int, handler: Handler) -> bool:
    with transaction.atomic():
        delivery = _claimed(pk)
        if delivery is None:
            return False
        handler(_event(delivery))
        _mark_delivered(delivery)
    return True


def _deliver_outside(pk: int, handler: Handler) -> bool:
    with transaction.atomic():
        delivery = _claimed(pk)
        if delivery is None:
            return False
        delivery.try_after = timezone.now() + LEASE
        delivery.save(update_fields=["try_after"])
    handler(_event(delivery))
    _mark_delivered(delivery)
    return True


def _claimed(pk: int) -> Delivery | None:
    """Lock the delivery if it is due and nobody else holds it."""
    due = Delivery.objects.due(timezone.now()).filter(pk=pk)
    return due.select_for_update(skip_locked=True, of=("self",)).select_related("message").first()


def _mark_delivered(delivery: Delivery) -> None:
    delivery.delivered_at = timezone.now()
    delivery.attempts += 1
    delivery.last_error = ""
    delivery.save(update_fields=["delivered_at", "attempts", "last_error"])


def _try_later(pk: int, error: Exception) -> None:
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=pk)
        delivery.attempts += 1
        delivery.try_after = timezone.now() + _wait_after(delivery.attempts)
        delivery.last_error = f"{type(error).__name__}: {error}"
        delivery.save(update_fields=["attempts", "try_after", "last_error"])


def _wait_after(attempts: int) -> timedelta:
    """Return 2, 4, 8… seconds, one hour at most."""
    return min(timedelta(seconds=2 ** min(attempts, 20)), LONGEST_WAIT)


def _event(delivery: Delivery) -> Event:
    message = delivery.message
    return Event(message.topic, message.key, message.payload, message.published_at)
