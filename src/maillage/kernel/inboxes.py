"""What waits for a person, of every kind that the contexts declare, read in one statement.

The masthead counts it on each page, the inbox lists it, and a block of the first screen asks nothing of the
database where nothing of its kind waits.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import DateTimeField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from maillage.kernel.access import roles_of
from maillage.kernel.contributions import InboxSource, Pending, Waits, inbox_sources_of
from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.kernel.rules import Role
from maillage.kernel.statements import Statement, check_scope


@once
def waiting(person: Person) -> dict[InboxSource, list[Pending]]:
    """Return what waits by source, in the order of the sources of the person; then what each asks."""
    sources = inbox_sources_of(Role(one.role) for one in roles_of(person))
    found: dict[InboxSource, list[Pending]] = {source: [] for source in sources}
    if sources:
        statement = _union(tuple(source.pending for source in sources))
        given = {"person": person.pk, "day": timezone.localdate(), "now": timezone.now()}
        for place, pk, since, due in statement.rows(**given):
            found[sources[place]].append(Pending(pk, since, due))
    for source, rows in found.items():
        if rows and source.pending.asked is not None:
            found[source] = source.pending.asked(person)
    return found


def waiting_of(person: Person, kind: str) -> list[Pending] | None:
    """Return what waits of one kind; None where it is no kind of the inbox of that person."""
    return next((rows for source, rows in waiting(person).items() if source.kind == kind), None)


def nothing_waits(person: Person, kind: str) -> bool:
    """Return whether a kind of the inbox of that person is empty: a block has nothing to ask for."""
    return waiting_of(person, kind) == []


@cache
def _union(kinds: tuple[Waits, ...]) -> Statement[tuple[int, int, datetime, datetime | None]]:
    """Return the statement that reads what may wait: the place of its kind in `kinds`, then its row."""
    return Statement(lambda: _rows(kinds))


def _rows(kinds: tuple[Waits, ...]) -> QuerySet[Any, Any]:
    read: list[QuerySet[Any, Any]] = []
    for place, waits in enumerate(kinds):
        rows = waits.rows()
        check_scope(rows)
        read.append(
            rows.order_by()
            .annotate(
                of_kind=Value(place),
                its_key=F(waits.key),
                waits_since=F(waits.since),
                # Typed: PostgreSQL takes two nothings of a union for texts, and refuses an instant then.
                waits_until=F(waits.due) if waits.due else Cast(Value(None), DateTimeField()),
            )
            .values_list("of_kind", "its_key", "waits_since", "waits_until")
        )
    return read[0].union(*read[1:], all=True) if len(read) > 1 else read[0]
