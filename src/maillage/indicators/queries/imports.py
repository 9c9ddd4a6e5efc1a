"""Imports of files in service in a territory."""

from __future__ import annotations

from maillage.indicators.models import FileImport
from maillage.kernel.models import Scope

SHOWN = 20


def imports_of(scope: Scope) -> list[FileImport]:
    """Return the imports in service in a scope, the newest first; one statement."""
    rows = FileImport.objects.in_scope(scope).filter(replaced_by=None)
    return list(rows.select_related("by").order_by("-at", "-pk")[:SHOWN])
