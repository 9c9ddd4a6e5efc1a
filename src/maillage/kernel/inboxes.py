"""What waits for a person, of every kind that the contexts declare, read in one statement.

The masthead counts it on each page, the inbox lists it, and a block of the first screen asks nothing of the
database where nothing of its kind waits. The same statement tells what the person put off, and whether
somebody confided theirs (`kernel.confiding`): what waits for them is then read in the same way, as theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Case, DateTimeField, F, QuerySet, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from maillage.kernel import confiding
from maillage.kernel.access import roles_of
from maillage.kernel.contributions import InboxSource, Pending, Waits, contributions, inbox_sources_of
from maillage.kernel.models import InboxHolding, Person, Snooze
from maillage.kernel.once import once
from maillage.kernel.rules import Role
from maillage.kernel.statements import Statement, check_scope, given, renamed

#: The places, in the statement of a person, of the inboxes that they hold for others, and of what they put
#: off: the first kind of all those that the contexts declare, then the others, downwards.
_HELD, _PUT_OFF = -1, -2
#: How many kinds one statement reads: SQLite takes 500 at most in a union, and anybody may confide theirs.
_MOST_KINDS = 200
Found = dict[InboxSource, list[Pending]]
#: What may wait for somebody, of some sources; the circle is asked of all of them at once.
Asked = tuple[Person, Found]


@dataclass(frozen=True, slots=True)
class Held:
    """What waits for the owner of an inbox that somebody holds, by source."""

    holding: InboxHolding
    found: Found


@dataclass(frozen=True, slots=True)
class _Read:
    """All that is read of a person's inbox: their own, those that they hold, what they put off until when."""

    own: Found
    held: list[Held]
    asleep: dict[tuple[str, int], datetime]


def waiting(person: Person) -> Found:
    """Return what waits by source, in the order of the sources of the person; names nobody."""
    return _read(person).own


def held_by(person: Person) -> list[Held]:
    """Return what waits in the inboxes that `person` holds today: the same rows as their owners have.

    What waits for `person` too is theirs, and in no second list.
    """
    return _read(person).held


def asleep(person: Person) -> dict[tuple[str, int], datetime]:
    """Return what `person` has put off and until when, by kind and row."""
    return _read(person).asleep


def waiting_of(person: Person, kind: str) -> list[Pending] | None:
    """Return what waits of one kind; None where it is no kind of the inbox of that person."""
    return next((rows for source, rows in waiting(person).items() if source.kind == kind), None)


def nothing_waits(person: Person, kind: str) -> bool:
    """Return whether a kind of the inbox of that person is empty: a block has nothing to ask for."""
    return waiting_of(person, kind) == []


@once
def _read(person: Person) -> _Read:
    own = _sources(person)
    if not own:
        return _Read({}, [], {})
    kinds = tuple(one.kind for part in contributions() for one in part.inbox)
    found: Found = {source: [] for source in own}
    keys: list[int] = []
    put_off: dict[tuple[str, int], datetime] = {}
    for place, pk, since, due in _rows_of([(person, found)], kinds):
        if place >= 0:
            found[own[place]].append(Pending(pk, since, due))
        elif place == _HELD:
            keys.append(pk)
        else:
            put_off[kinds[_PUT_OFF - place], pk] = since
    held = _held(person, keys) if keys else []
    _ask([(person, found), *((one.holding.owner, one.found) for one in held)])
    _each_once(found, held)
    return _Read(found, held, put_off)


def _sources(person: Person) -> list[InboxSource]:
    return inbox_sources_of(Role(one.role) for one in roles_of(person))


def _held(person: Person, keys: list[int]) -> list[Held]:
    """Return what may wait in the inboxes of some holdings, those whose people still work together."""
    held = [Held(one, {source: [] for source in _confided(one)}) for one in confiding.standing(person, keys)]
    for asked in _parts([(one.holding.owner, one.found) for one in held if one.found]):
        places = [(found, source) for _owner, found in asked for source in found]
        for place, pk, since, due in _rows_of(asked):
            found, source = places[place]
            found[source].append(Pending(pk, since, due))
    return held


def _parts(asked: Iterable[Asked]) -> list[list[Asked]]:
    """Return what is asked in as many parts as statements hold it; one for almost everybody."""
    parts: list[list[Asked]] = []
    count = 0
    for one in asked:
        if not parts or count + len(one[1]) > _MOST_KINDS:
            parts.append([])
            count = 0
        parts[-1].append(one)
        count += len(one[1])
    return parts


def _confided(holding: InboxHolding) -> list[InboxSource]:
    """Return the sources of the owner whose lines are confided."""
    kept = set(holding.groups)
    return [one for one in _sources(holding.owner) if one.confided and one.confided.group.value in kept]


def _each_once(own: Found, held: list[Held]) -> None:
    """Leave each row in one list: one's own, or that of the first of the owners."""
    seen = {(source, one.pk) for source, rows in own.items() for one in rows}
    for each in held:
        for source, rows in each.found.items():
            rows[:] = [one for one in rows if (source, one.pk) not in seen]
            seen |= {(source, one.pk) for one in rows}


def _ask(asked: Sequence[Asked]) -> None:
    """Leave of what may wait what does: by the circle, in one statement for all kinds, or by each kind."""
    let: list[tuple[Person, InboxSource, list[Pending]]] = []
    for person, found in asked:
        for source, rows in found.items():
            if rows and source.pending.asked is not None:
                rows[:] = source.pending.asked(person)
            elif rows and source.pending.seen is not None:
                let.append((person, source, rows))
    for first in range(0, len(let), _MOST_KINDS):
        part = let[first : first + _MOST_KINDS]
        seen = _seen(part)
        for place, (_person, _source, rows) in enumerate(part):
            rows[:] = [one for one in rows if (place, one.pk) in seen]


def _seen(let: Iterable[tuple[Person, InboxSource, list[Pending]]]) -> set[tuple[int, int]]:
    """Return which rows of which place may be seen; one statement."""
    parts = []
    for place, (person, source, rows) in enumerate(let):
        assert source.pending.seen is not None
        visible = source.pending.seen(person).filter(pk__in=[one.pk for one in rows])
        check_scope(visible)
        parts.append(visible.order_by().values_list(Value(place), "pk"))
    return set(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])


def _rows_of(
    asked: Sequence[Asked], kinds: tuple[str, ...] = ()
) -> list[tuple[int, int, datetime, datetime | None]]:
    """Return what may wait for some people, each row with the place of its source among all of theirs.

    With `kinds`, what the first of them holds and has put off too.
    """
    waits = tuple((number, one.pending) for number, (_person, found) in enumerate(asked) for one in found)
    values: dict[str, Any] = {_name(number): person.pk for number, (person, _found) in enumerate(asked)}
    return _union(waits, kinds).rows(**values, day=timezone.localdate(), now=timezone.now())


def _name(number: int) -> str:
    """Return the name under which a statement is given the person of that number; the first is the reader."""
    return f"person{number}" if number else "person"


@cache
def _union(
    waits: tuple[tuple[int, Waits], ...], kinds: tuple[str, ...]
) -> Statement[tuple[int, int, datetime, datetime | None]]:
    """Return the statement that reads what may wait: the place of its kind in `waits`, then its row."""
    return Statement(lambda: _all_rows(waits, kinds))


def _all_rows(waits: tuple[tuple[int, Waits], ...], kinds: tuple[str, ...]) -> QuerySet[Any, Any]:
    read: list[QuerySet[Any, Any]] = []
    for place, (number, one) in enumerate(waits):
        with renamed(person=_name(number)):
            rows = one.rows()
        check_scope(rows)
        read.append(_drawn(rows, Value(place), one.key, one.since, one.due))
    if kinds:
        held = InboxHolding.objects.standing(given("day")).filter(holder=given("person"))
        read.append(_drawn(held, Value(_HELD), "pk", "at"))
        off = Snooze.objects.filter(person=given("person"), until__gt=given("now"), kind__in=kinds)
        of_kind = (When(kind=kind, then=Value(_PUT_OFF - place)) for place, kind in enumerate(kinds))
        read.append(_drawn(off, Case(*of_kind), "row", "until"))
    return read[0].union(*read[1:], all=True) if len(read) > 1 else read[0]


def _drawn(rows: QuerySet[Any, Any], place: Any, key: str, since: str, due: str = "") -> QuerySet[Any, Any]:
    # Typed: PostgreSQL takes two nothings of a union for texts, and refuses an instant then.
    until = F(due) if due else Cast(Value(None), DateTimeField())
    drawn: QuerySet[Any, Any] = rows.order_by().annotate(
        of_kind=place, its_key=F(key), waits_since=F(since), waits_until=until
    )
    values: QuerySet[Any, Any] = drawn.values_list("of_kind", "its_key", "waits_since", "waits_until")
    return values
