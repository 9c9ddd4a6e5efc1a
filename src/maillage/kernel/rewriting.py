"""Rewrites columns that are derived from others, or stored in a form that changed: for data migrations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model

_AT_ONCE = 500


def rewrite(model: type[Model], columns: Sequence[str], change: Callable[[Any], None]) -> int:
    """Let `change` set the `columns` of each row, and return how many changed.

    `model` is a migration's historical one; rows are read and written a few hundred at a time.
    """
    rows, count = model._base_manager.order_by("pk"), 0
    read = list(rows[:_AT_ONCE])
    while read:
        before = {row.pk: [getattr(row, column) for column in columns] for row in read}
        for row in read:
            change(row)
        changed = [row for row in read if [getattr(row, column) for column in columns] != before[row.pk]]
        model._base_manager.bulk_update(changed, columns)
        count += len(changed)
        read = list(rows.filter(pk__gt=read[-1].pk)[:_AT_ONCE])
    return count
