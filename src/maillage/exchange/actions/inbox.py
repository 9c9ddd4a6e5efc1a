"""What somebody does with a line of the inbox: read it, make the call, undo; choose how to be told."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from maillage.exchange.models import ContactPreference, Notification
from maillage.kernel import journal
from maillage.kernel.models import Person


@transaction.atomic
def close(*, by: Person, pk: int) -> Notification:
    """Mark a line as read, or a call as made; already so, nothing changes: the first to do it did it.

    Raises Notification.DoesNotExist where `by` does not see it.
    """
    row = _locked(by, pk)
    if row.closed_at is None:
        row.closed_at, row.closed_by = timezone.now(), by
        _save(row, by, "exchange.call_made")
    return row


@transaction.atomic
def reopen(*, by: Person, pk: int) -> Notification:
    """Undo `close`: the line is to read again, the call to make again. Raises Notification.DoesNotExist."""
    row = _locked(by, pk)
    if row.closed_at is not None:
        row.closed_at = row.closed_by = None
        _save(row, by, "exchange.call_reopened")
    return row


@transaction.atomic
def set_preference(*, by: Person, by_email: bool, language: str) -> ContactPreference:
    """Choose, for oneself, whether an e-mail doubles the inbox, and its language. Raises ValidationError."""
    chosen = ContactPreference(person=by, by_email=by_email, language=language)
    chosen.clean_fields()
    kept, _is_new = ContactPreference.objects.update_or_create(
        person=by, defaults={"by_email": by_email, "language": language}
    )
    changes = {"by_email": by_email, "language": language}
    journal.record(by=by, verb="exchange.preference_set", target=journal.target_of(kept), changes=changes)
    return kept


def _locked(by: Person, pk: int) -> Notification:
    return Notification.objects.for_person(by).select_for_update(of=("self",)).get(pk=pk)


def _save(row: Notification, by: Person, verb: str) -> None:
    """Write the row; reading one's own messages is nobody's business, a patient's call is journalled."""
    row.save(update_fields=["closed_at", "closed_by"])
    if row.is_call:
        journal.record(by=by, verb=verb, target=journal.target_of(row), changes={})
