"""The lines of the administrator's list, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from maillage.exchange.models import CHANNEL_LABELS, FAILURE_LABELS, STATE_LABELS, Notification
from maillage.exchange.rules.vocabulary import Channel, Failure, State
from maillage.kernel.sourced_rules import rule


@dataclass(frozen=True, slots=True)
class TroubleRow:
    """One delivery that failed: the row, and what the page says of it."""

    notification: Notification
    subject: str
    recipient: str
    channel: str | Promise
    state: str | Promise
    failure: str | Promise
    may_retry: bool


def trouble_rows(notifications: Iterable[Notification]) -> list[TroubleRow]:
    """Return the lines to show; a patient is a number there, for an administrator reads no patient's name."""
    return [_trouble_row(one) for one in notifications]


def _trouble_row(one: Notification) -> TroubleRow:
    label = rule(f"exchange.template.{one.template}").label
    is_over = one.state == State.ABANDONED.value
    return TroubleRow(
        one,
        label,
        _recipient(one),
        CHANNEL_LABELS[Channel(one.channel)],
        STATE_LABELS[State(one.state)],
        FAILURE_LABELS[Failure(one.failure)],
        is_over and one.channel != Channel.INBOX.value,
    )


def _recipient(one: Notification) -> str:
    if one.patient_id is not None:
        return _("Patient nº\u00a0{number}").format(number=one.patient_id)
    return str(one.person or one.professional)
