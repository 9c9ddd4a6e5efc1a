"""The outbox inside one process: published once, delivered once, tried again after a failure."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from maillage.kernel import outbox
from maillage.kernel.models import Delivery, Message, Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler() -> Iterator[Callable[[outbox.Event], None]]:
    """A handler of `test.told` whose effect is a row of our own database."""

    @outbox.handles("test.told")
    def keep(event: outbox.Event) -> None:
        if event.payload.get("fails"):
            raise ValueError("the handler fails")
        Scope.objects.create(kind="told", label=event.key)

    yield keep
    del outbox._handlers["test.told"]


def told() -> list[str]:
    return list(Scope.objects.filter(kind="told").order_by("pk").values_list("label", flat=True))


def test_a_message_is_delivered_on_commit(handler, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        outbox.publish("test.told", {}, key="a")
        assert told() == []
    assert told() == ["a"]
    assert outbox.drain() == 0


def test_the_same_key_is_published_once(handler, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = outbox.publish("test.told", {}, key="a")
        assert outbox.publish("test.told", {}, key="a") == first
        outbox.publish("test.other", {}, key="a")
    assert told() == ["a"]
    assert str(first) == "test.told · a"


def test_what_is_left_to_the_worker_is_not_handed_out_on_commit(
    handler, django_capture_on_commit_callbacks
) -> None:
    @outbox.handles("test.told", by_worker=True)
    def keep_later(event: outbox.Event) -> None:
        Scope.objects.create(kind="told", label=f"{event.key} later")

    with django_capture_on_commit_callbacks(execute=True):
        outbox.publish("test.told", {}, key="a")
    assert told() == ["a"]
    assert outbox.drain() == 1
    assert told() == ["a", "a later"]


def test_several_messages_are_published_at_once_but_each_only_once(
    handler, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        outbox.publish("test.told", {"n": 1}, key="a")
        several = [Message(topic="test.told", key=key, payload={"n": 2}) for key in ("a", "b", "c")]
        assert outbox.publish_all(several) == several[1:]
    assert told() == ["a", "b", "c"]
    assert [one.payload for one in Message.objects.order_by("key")] == [{"n": 1}, {"n": 2}, {"n": 2}]


def test_a_rolled_back_message_is_never_delivered(handler) -> None:
    with transaction.atomic():
        outbox.publish("test.told", {}, key="a")
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert outbox.drain() == 0


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.publish("test.told", {}, key="a")


def test_drain_delivers_what_commit_did_not(handler) -> None:
    for key in "abc":
        outbox.publish("test.told", {}, key=key)
    assert outbox.drain(limit=2) == 2
    assert outbox.drain() == 1
    assert told() == ["a", "b", "c"]


def test_a_failure_stops_nobody_else_and_is_tried_again_later(handler) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        failing = outbox.publish("test.told", {"fails": True}, key="a")
        outbox.publish("test.told", {}, key="b")
        assert outbox.drain() == 1
        assert told() == ["b"]
        delivery = Delivery.objects.get(message=failing)
        assert (delivery.attempts, delivery.last_error) == (1, "ValueError: the handler fails")
        assert outbox.drain() == 0
        assert outbox.late() == 0
        clock.shift(timedelta(minutes=20))
        assert outbox.late() == 1
        Message.objects.filter(pk=failing.pk).update(payload={})
        assert outbox.drain() == 1
    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.last_error) == (2, "")
    assert str(delivery).startswith("test.told · a → ")


def test_the_wait_between_two_tries_has_a_limit(handler) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        outbox.publish("test.told", {"fails": True}, key="a")
        Delivery.objects.update(attempts=60)
        outbox.drain()
        assert Delivery.objects.get().try_after == timezone.now() + outbox.LONGEST_WAIT


def test_a_message_whose_handler_is_gone_waits_and_says_so(handler) -> None:
    outbox.publish("test.told", {}, key="a")
    handlers = outbox._handlers.pop("test.told")
    assert outbox.drain() == 0
    outbox._handlers["test.told"] = handlers
    assert "no handler" in Delivery.objects.get().last_error
