"""The lines of the report of deliveries, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from maillage.exchange.models import (
    CHANNEL_LABELS,
    FAILURE_LABELS,
    OUTCOME_LABELS,
    STATE_LABELS,
    Notification,
)
from maillage.exchange.rules.vocabulary import TOLD, CallOutcome, Channel, Failure, State
from maillage.kernel import formats
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
    text = rule(f"exchange.template.{one.template}").value
    subject = formats.in_language(text["fr_subject"], text["en_subject"])
    state = State(one.state)
    if one.is_call and state is State.SENT:
        tries = len(one.calls.all())
        return DeliveryRow(one, subject, _recipient(one), _("Appel"), *_of_call(one), tries, may_retry=False)
    channel = CHANNEL_LABELS[Channel(one.channel)]
    if by_voice := _by_voice(one):
        said = (_("Dit de vive voix"), "good", by_voice)
        return DeliveryRow(one, subject, _recipient(one), channel, *said, one.attempts, may_retry=False)
    why = FAILURE_LABELS[Failure(one.failure)] if one.failure else ""
    may_retry = state is State.ABANDONED and one.channel != Channel.INBOX.value
    tag = _TAGS.get(state, "")
    label = STATE_LABELS[state]
    return DeliveryRow(one, subject, _recipient(one), channel, label, tag, why, one.attempts, may_retry)


def _by_voice(one: Notification) -> str:
    """Return who told somebody whom the message did not reach, and when; empty where nobody did."""
    told = [call for call in one.calls.all() if CallOutcome(call.outcome) in TOLD]
    if one.closed_at is None or not told:
        return ""
    moment = told[-1].at
    return f"{told[-1].by.get_full_name()}, {formats.date_short(moment)} {formats.time_short(moment)}"


def _of_call(one: Notification) -> tuple[str, str, str | Promise]:
    """Return where a call stands: its state, tag, and the outcome of the last try."""
    tried = list(one.calls.all())
    last = OUTCOME_LABELS[CallOutcome(tried[-1].outcome)] if tried else ""
    if one.closed_at is None and one.withdrawn_at is not None:
        return _("Sans objet"), "", last
    if one.is_missed(timezone.now()):
        return _("Jamais prévenu"), "attention", last
    if one.closed_at is None:
        return _("À passer"), "attention", last
    if tried and CallOutcome(tried[-1].outcome) not in TOLD:
        return _("Clos sans prévenir"), "attention", last
    return _("Passé"), "good", last


def _recipient(one: Notification) -> str:
    if one.patient_id is not None:
        return _("Patient nº\u00a0{number}").format(number=one.patient_id)
    return str(one.person or one.professional)
