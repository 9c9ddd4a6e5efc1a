"""The lines of the report of deliveries, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from maillage.exchange.models import (
    CHANNEL_LABELS,
    FAILURE_LABELS,
    OUTCOME_LABELS,
    STATE_LABELS,
    Notification,
)
from maillage.exchange.rules.vocabulary import CallOutcome, Channel, Failure, State
from maillage.kernel.sourced_rules import rule

_TAGS = {State.SENT: "good", State.FAILED: "attention", State.ABANDONED: "attention"}


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery: the row, and what the page says of it."""

    notification: Notification
    subject: str
    recipient: str
    channel: str | Promise
    state: str | Promise
    tag: str
    why: str | Promise
    tries: int
    may_retry: bool


def delivery_rows(notifications: Iterable[Notification]) -> list[DeliveryRow]:
    """Return the lines to show; a patient is a number there: who reads the report reads no patient's name."""
    return [_delivery_row(one) for one in notifications]


def _delivery_row(one: Notification) -> DeliveryRow:
    subject = rule(f"exchange.template.{one.template}").value[f"{one.language}_subject"]
    state = State(one.state)
    if one.is_call and state is State.SENT:
        tries = len(one.calls.all())
        return DeliveryRow(one, subject, _recipient(one), _("Appel"), *_of_call(one), tries, may_retry=False)
    why = FAILURE_LABELS[Failure(one.failure)] if one.failure else ""
    may_retry = state is State.ABANDONED and one.channel != Channel.INBOX.value
    channel = CHANNEL_LABELS[Channel(one.channel)]
    tag = _TAGS.get(state, "")
    label = STATE_LABELS[state]
    return DeliveryRow(one, subject, _recipient(one), channel, label, tag, why, one.attempts, may_retry)


def _of_call(one: Notification) -> tuple[str, str, str | Promise]:
    """Return where a call stands: its state, tag, and the outcome of the last try."""
    tried = list(one.calls.all())
    last = OUTCOME_LABELS[CallOutcome(tried[-1].outcome)] if tried else ""
    if one.closed_at is None:
        return _("À passer"), "attention", last
    return _("Passé"), "good", last


def _recipient(one: Notification) -> str:
    if one.patient_id is not None:
        return _("Patient nº\u00a0{number}").format(number=one.patient_id)
    return str(one.person or one.professional)
