"""What the journal keeps of a write about on-call duties, in the chain of its territory."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from maillage.directory.api import Professional
from maillage.kernel import journal
from maillage.kernel.models import Entry, Person
from maillage.roster.models import Sector


def record(
    about: Sector | Professional | None,
    row: Model,
    *,
    by: Person | None,
    verb: str,
    changes: dict[str, Any] | None = None,
    reason: str = "",
) -> Entry:
    """Add a row to the journal about `row`, which concerns a sector, or a professional in all their sectors.

    Where these are of several territories, or there is none, it is in the chain of the installation. Raises
    as `journal.record` does.
    """
    return journal.record(
        by=by,
        verb=verb,
        target=journal.target_of(row),
        changes=changes or {},
        reason=reason,
        scope=about.territory.scope_id if isinstance(about, Sector) else _scope_of(about),
    )


def _scope_of(professional: Professional | None) -> int | None:
    sectors = Sector.objects.filter(volunteers__professional=professional)
    scopes = set(sectors.values_list("territory__scope", flat=True)) if professional else set()
    return scopes.pop() if len(scopes) == 1 else None
