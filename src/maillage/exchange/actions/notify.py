"""Tells somebody something: by SMS, by e-mail, in the inbox, or by a call that somebody must make."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory.api import Professional
from maillage.exchange.models import ContactPreference, Notification, Parameters
from maillage.exchange.queries.quiet import quiet_hours
from maillage.exchange.queries.reach import number_of_patient, reach_of_patient, reach_of_professional
from maillage.exchange.queries.texts import LANGUAGES, asked_by
from maillage.exchange.rules.channels import Way, asks_for_a_call, way_for
from maillage.exchange.rules.quiet import leaves_at
from maillage.exchange.rules.vocabulary import SPOKEN, Channel, Failure, State, Template
from maillage.kernel import outbox
from maillage.kernel.models import Person, Scope
from maillage.kernel.sourced_rules import rule
from maillage.people.api import Patient

QUEUED = "exchange.notification_queued"
#: The worker sends, not the request of whoever booked: nobody waits for a gateway.
_HAND_OVER = timedelta(seconds=1)
Recipient = Person | Professional | Patient


@dataclass(frozen=True, slots=True)
class _Message:
    """What the rows of one call have in common."""

    key: str
    template: Template
    parameters: Parameters
    scope: Scope | None
    path: str
    urgent: bool
    not_after: datetime | None
    by: Person | None
    inbox_only: bool = False
    subject: str = ""
    mobile_only: bool = False
    has_line: bool = True
    mail_only: bool = False


def notify(
    *,
    by: Person | None,
    to: Recipient,
    template: Template,
    parameters: Parameters,
    key: str,
    scope: Scope | None = None,
    path: str = "",
    urgent: bool = False,
    not_after: datetime | None = None,
    inbox_only: bool = False,
    subject: str = "",
    mobile_only: bool = False,
    has_line: bool = True,
    mail_only: bool = False,
) -> list[Notification]:
    """Tell `to` what `template` says, in the transaction of the write it follows; the same `key` tells once.

    `key` names the change that is told, never the state it led to: what comes back to an earlier state is a
    change like another. `subject` names the row the message speaks of (`journal.target_of`), by which
    `withdraw` stops it and `message_status` says what became of it.

    A person, or a professional with an account, gets a line in the inbox, and an e-mail unless they refused
    it, the line is enough (`inbox_only`), or a summary of the day says it soon enough. A patient, or a
    professional without an account, gets an SMS, else an e-mail; a patient with an account gets the line too.
    Where nothing can be written, a call is put in the inbox of `by`, later of those who work in `scope` (a
    patient's own by default), unless no number is known: that is kept as a message without an address, for a
    voice to say. Nobody calls an account that was told, unless the person asked to be telephoned.
    `path` is the page that the line opens. What is not `urgent` waits for the end of the quiet hours, unless
    `not_after` comes first; past `not_after`, it no longer leaves.

    `mobile_only`: to a patient, by SMS and by nothing else, for what proves that they hold their telephone.
    `has_line`: False where what it tells of waits in the inbox by itself: an account then gets no line more.
    `mail_only`: to an account, by e-mail and by nothing else: the summary of its inbox.

    Permission is that of the action it follows, whose journal entry tells it. Returns the rows made, or made
    before with that key. Raises RuntimeError outside a transaction, ValidationError for parameters that are
    not exactly those of the template.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("notify() must run in the transaction of the write it follows")
    known = list(Notification.objects.with_key(key).order_by("pk"))
    if known:
        return known
    own = to.scope if isinstance(to, Patient) else None
    message = _Message(
        key,
        template,
        parameters,
        scope or own,
        path,
        urgent,
        not_after,
        by,
        inbox_only,
        subject,
        mobile_only,
        has_line,
        mail_only,
    )
    _check(message)
    account = to if isinstance(to, Person) else to.account if isinstance(to, Professional) else None
    if account is not None:
        return _tell_account(message, account)
    if isinstance(to, Patient):
        return _tell_patient(message, to)
    assert isinstance(to, Professional)
    return [_tell_professional(message, to)]


def withdraw(*, keys: Collection[str] = (), subjects: Collection[str] = ()) -> int:
    """Stop what no longer holds, where it has not left: a message waiting for the morning, a call to make.

    Returns how many rows will not leave; what left already is left as it is, and so is a line of an inbox.
    """
    chosen = Q(key__in=keys) | (Q(subject__in=subjects) & ~Q(subject=""))
    rows = Notification.objects.to_withdraw().filter(chosen)
    now = timezone.now()
    return rows.update(not_after=now - _HAND_OVER, withdrawn_at=now)


def queue(notification: Notification, *, not_before: datetime) -> None:
    """Hand a row to the worker from `not_before` on; each round of attempts is a message of its own."""
    key = f"{QUEUED}-{notification.pk}-{notification.rounds}"
    outbox.publish(QUEUED, {"notification": notification.pk}, key=key, not_before=not_before)


def ownership(by: Person, now: datetime, not_after: datetime | None) -> dict[str, Any]:
    """Return whose call it is to make, and until when it is theirs alone."""
    until = now + timedelta(hours=rule("exchange.calls.owner_hours").value)
    if not_after is not None:
        until = min(until, not_after - timedelta(minutes=rule("exchange.calls.shared_before_minutes").value))
    return {"owner": by, "owner_until": max(until, now)}


def spoken(template: Template, stored: dict[str, Any]) -> tuple[Template, dict[str, Any]]:
    """Return what is said aloud of a message, and its values: a secret address is left out of a call."""
    said = SPOKEN.get(template, template)
    return said, {name: value for name, value in stored.items() if name in asked_by(said)}


def _check(message: _Message) -> None:
    if message.parameters.given() != asked_by(message.template):
        raise ValidationError(_("Ce message n’a pas exactement les paramètres que son modèle demande."))
    if message.path and (not message.path.startswith("/") or message.path.startswith("//")):
        raise ValidationError(_("La page à ouvrir doit être une adresse de ce site."))


def _tell_account(message: _Message, person: Person) -> list[Notification]:
    chosen = ContactPreference.objects.filter(person=person).first() or ContactPreference(person=person)
    lines = (
        [_row(message, Channel.INBOX, language=chosen.language, person=person)] if message.has_line else []
    )
    has_mail = chosen.by_email and person.is_active and person.has_mailbox
    if message.mail_only:
        return [_row(message, Channel.EMAIL, language=chosen.language, person=person)] if has_mail else []
    is_summed_up = chosen.daily_at is not None and not message.urgent
    if message.inbox_only or is_summed_up or not has_mail:
        return lines
    return [*lines, _row(message, Channel.EMAIL, language=chosen.language, person=person)]


def _tell_patient(message: _Message, patient: Patient) -> list[Notification]:
    reach = reach_of_patient(patient)
    way = way_for(reach)
    language = patient.language if patient.language in LANGUAGES else "fr"
    if message.mobile_only:
        return [_row(message, Channel.SMS, language=language, patient=patient)]
    account = patient.account
    if account is None or not account.is_active or asks_for_a_call(reach):
        if way is Way.CALL and not number_of_patient(patient):
            return [_unreachable(message, language=language, patient=patient)]
        return [_row(message, _CHANNELS[way], language=language, patient=patient)]
    # The page behind a message to a patient is that of whoever calls them.
    line_is_enough = message.inbox_only or way is not Way.CALL
    told = _tell_account(replace(message, path="", inbox_only=line_is_enough), account)
    if way is Way.CALL:
        return told
    return [*told, _row(message, _CHANNELS[way], language=language, patient=patient)]


def _tell_professional(message: _Message, professional: Professional) -> Notification:
    reach = reach_of_professional(professional)
    way = way_for(reach)
    if way is Way.CALL and (message.scope is None or not reach.phones):
        return _unreachable(message, professional=professional)
    return _row(message, _CHANNELS[way], professional=professional)


def _unreachable(message: _Message, **fields: Any) -> Notification:
    """Keep what no way leads to: a call without a number is nobody's to make."""
    gone = {"state": State.ABANDONED.value, "failure": Failure.NO_ADDRESS.value}
    return _row(message, Channel.INBOX, **gone, **fields)


_CHANNELS = {Way.SMS: Channel.SMS, Way.EMAIL: Channel.EMAIL, Way.CALL: Channel.INBOX}


def _row(message: _Message, channel: Channel, *, language: str = "fr", **fields: object) -> Notification:
    now = timezone.now()
    template, stored = message.template, message.parameters.stored()
    if channel is Channel.INBOX:
        template, stored = spoken(template, stored)
        fields.setdefault("state", State.SENT.value)
        fields.setdefault("sent_at", now if fields["state"] == State.SENT.value else None)
    is_call = channel is Channel.INBOX and "person" not in fields
    leaves = now if channel is Channel.INBOX and not is_call else _leaving(message, now)
    if is_call and message.by is not None:
        fields |= ownership(message.by, leaves, message.not_after)
    if channel is not Channel.INBOX:
        leaves += _HAND_OVER
    row = Notification.objects.create(
        key=message.key,
        subject=message.subject,
        channel=channel.value,
        template=template.value,
        parameters=stored,
        path=message.path,
        leaves_at=leaves,
        scope=message.scope,
        language=language,
        not_after=message.not_after,
        created_at=now,
        created_by=message.by,
        **fields,
    )
    if channel is not Channel.INBOX:
        queue(row, not_before=leaves)
    return row


def _leaving(message: _Message, now: datetime) -> datetime:
    if message.urgent:
        return now
    return leaves_at(now, not_after=message.not_after, **quiet_hours(message.scope))
