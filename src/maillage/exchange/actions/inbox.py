"""What somebody does with a line of the inbox: read it, make the call, undo; choose how to be told."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.db import transaction
from django.utils import timezone

from maillage.exchange.models import CallAttempt, ContactPreference, Notification
from maillage.exchange.rules.vocabulary import ENDING, MESSAGES, TOLD, CallOutcome, State
from maillage.kernel import confiding, journal
from maillage.kernel.models import InboxHolding, Person


@transaction.atomic
def close(*, by: Person, pk: int) -> Notification:
    """Mark a line as read; read already, nothing changes. A call ends with its outcome, by `note_call`.

    For who receives it, or holds their inbox for them: that is journalled. Raises Notification.DoesNotExist
    where `by` does not see it, or where it is a call.
    """
    row, held = _own_or_held(by, pk)
    if row.is_call:
        raise Notification.DoesNotExist
    if row.closed_at is None:
        row.closed_at, row.closed_by = timezone.now(), by
        row.save(update_fields=["closed_at", "closed_by"])
        if held is not None:
            verb, target = "exchange.message_read", journal.target_of(row)
            confiding.note_deed(held, kind=MESSAGES, row=row.pk, target=target, verb=verb)
            changes = confiding.said(held)
            journal.record(by=by, verb=verb, target=target, changes=changes, scope=row.scope_id)
    return row


def _own_or_held(by: Person, pk: int) -> tuple[Notification, InboxHolding | None]:
    """Return a line of `by`, or of whoever confided their inbox to them, locked, and by what it is held."""
    rows = Notification.objects.of_account().select_for_update(of=("self",)).filter(pk=pk)
    row = rows.select_related("person").first()
    held = None if row is None else confiding.on_behalf(by=by, owner=row.person, kind=MESSAGES)
    if row is None or held is None:
        return _locked(by, pk), None
    return row, held


@transaction.atomic
def note_call(*, by: Person, pk: int, outcome: CallOutcome) -> Notification:
    """Note what came of a call: reached, or a wrong number, ends it; otherwise it stays to make again.

    A call that somebody ended already is left as it is. Raises Notification.DoesNotExist where `by` does not
    see it, or where it is no call.
    """
    row = _locked(by, pk)
    if not row.is_call:
        raise Notification.DoesNotExist
    if row.closed_at is not None:
        return row
    now = timezone.now()
    CallAttempt.objects.create(notification=row, outcome=outcome.value, at=now, by=by)
    if outcome in ENDING:
        row.closed_at, row.closed_by = now, by
        row.save(update_fields=["closed_at", "closed_by"])
    changes = {"outcome": outcome.value}
    journal.record(
        by=by, verb="exchange.call_made", target=journal.target_of(row), changes=changes, scope=row.scope_id
    )
    return row


@transaction.atomic
def note_told(*, by: Person, pk: int) -> Notification:
    """Note that somebody whom no message reached was told by word; told already, nothing changes.

    `pk` is that of a message given up, of one that had no address, or of a call: `to_say` of
    `message_status`. One that left is left as it is. Raises Notification.DoesNotExist where `by` neither
    caused it nor works with patients in its scope.
    """
    row = Notification.objects.to_tell(by).select_for_update(of=("self",)).get(pk=pk)
    last = CallAttempt.objects.filter(notification=row).order_by("at", "pk").last()
    is_told = row.closed_at is not None and last is not None and last.outcome in {one.value for one in TOLD}
    if is_told or not (row.state == State.ABANDONED.value or row.is_call):
        return row
    now = timezone.now()
    CallAttempt.objects.create(notification=row, outcome=CallOutcome.TOLD_OTHERWISE.value, at=now, by=by)
    row.closed_at, row.closed_by = now, by
    row.save(update_fields=["closed_at", "closed_by"])
    target = journal.target_of(row)
    journal.record(by=by, verb="exchange.told_by_word", target=target, changes={}, scope=row.scope_id)
    return row


@transaction.atomic
def reopen(*, by: Person, pk: int) -> Notification:
    """Undo: the line is to read again, the call to make again, what was told is to tell.

    Reading one's own messages is nobody's business; what concerns a patient is journalled. Raises
    Notification.DoesNotExist.
    """
    rows = Notification.objects.to_tell(by).filter(pk=pk).exclude(closed_at=None)
    row = rows.select_for_update(of=("self",)).first() or _locked(by, pk)
    if row.closed_at is not None:
        row.closed_at = row.closed_by = None
        row.save(update_fields=["closed_at", "closed_by"])
        if row.person_id is None:
            target = journal.target_of(row)
            journal.record(
                by=by, verb="exchange.call_reopened", target=target, changes={}, scope=row.scope_id
            )
    return row


@transaction.atomic
def set_preference(
    *, by: Person, by_email: bool, language: str, daily_at: time | None = None
) -> ContactPreference:
    """Choose, for oneself, whether an e-mail doubles the inbox or sums it up each day, and its language.

    Raises ValidationError.
    """
    hour = daily_at if by_email else None
    values: dict[str, Any] = {"by_email": by_email, "language": language, "daily_at": hour}
    ContactPreference(person=by, **values).clean_fields()
    kept, _is_new = ContactPreference.objects.update_or_create(person=by, defaults=values)
    changes = {**values, "daily_at": kept.daily_at and kept.daily_at.isoformat("minutes")}
    journal.record(
        by=by, verb="exchange.preference_set", target=journal.target_of(kept), changes=changes, scope=None
    )
    return kept


def _locked(by: Person, pk: int) -> Notification:
    return Notification.objects.for_person(by).select_for_update(of=("self",)).get(pk=pk)
