"""What the journal keeps of a write about an agenda, in the chain of its territory."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from maillage.agenda.models import Agenda
from maillage.kernel import journal
from maillage.kernel.models import Entry, Person


def record(
    agenda: Agenda,
    row: Model,
    *,
    by: Person | None,
    verb: str,
    changes: dict[str, Any] | None = None,
    reason: str = "",
) -> Entry:
    """Add a row to the journal about `row`, which belongs to `agenda`. Raises as `journal.record` does."""
    return journal.record(
        by=by,
        verb=verb,
        target=journal.target_of(row),
        changes=changes or {},
        reason=reason,
        scope=agenda.territory.scope_id,
    )
