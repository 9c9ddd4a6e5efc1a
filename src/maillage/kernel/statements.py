"""Querysets whose SQL is written once a process and read many times with other values.

Django writes the SQL of a queryset anew each time it is read, which for a row with what it stands beside
costs more than asking the database. A `Statement` keeps what Django wrote, and gives the same rows:

    _FILE = Statement(lambda: Request.objects.keyed(given("pk")).select_related("patient"))
    row = _FILE.first(pk=5)

What varies is `given`; all else is fixed when the statement is first read: no instant, no language, no rule.
The scope that rows about patients must be read in is asked for as everywhere else.

Where a queryset must be built anew, a condition that it shares with many is written once all the same, as
`Keys` of another table:

    _ABSENT = Keys(lambda: Absence.objects.filter(until__gt=given("day")).values("professional"))
    rows = Professional.objects.filter(~Q(pk__in=_ABSENT.of(day=today)))
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import date
from functools import reduce
from inspect import getattr_static
from operator import or_
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState
from django.db.models.expressions import Expression
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.signals import post_init, pre_init
from django.db.models.sql.subqueries import UpdateQuery
from django.db.transaction import TransactionManagementError

from maillage.kernel import databases

Found = TypeVar("Found")
Built = TypeVar("Built")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}")


_MOST = 2**63 - 1


class Given(Expression):
    """Stands in a queryset for a value of the reader's."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=models.Field())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # noqa: ARG002 (Django's names)
        return "%s", [self]

    def __str__(self) -> str:
        """Refuse to be a text: a lookup that makes one of its value would ask for the text for ever."""
        raise TypeError(f"the value {self.name} was to be compared, not turned into a text: write it with =")


_plainly: ContextVar[dict[str, Any] | None] = ContextVar("_plainly", default=None)
_renamed: ContextVar[dict[str, str] | None] = ContextVar("_renamed", default=None)


def given(name: str) -> Any:
    """Return what stands for the value that `Statement.rows` gets under `name`: a key, a text, an instant."""
    values, name = _plainly.get(), (_renamed.get() or {}).get(name, name)
    return Given(name) if values is None else values[name]


@contextmanager
def renamed(**names: str) -> Iterator[None]:
    """Let `given("person")` stand for a value named otherwise, in what is built until the end of the block.

    `renamed(person="person2")` lets one statement hold the same rows of several people.
    """
    token = _renamed.set(names)
    try:
        yield
    finally:
        _renamed.reset(token)


def any_of(count: int, **lookups: str) -> models.Q:
    """Return the condition of the rows that match one of `count` sets of given values.

    `any_of(2, agenda="agenda", starts_at__gte="from")` is for a statement whose values `numbered` makes.
    """
    sets = ({lookup: given(f"{name}{place}") for lookup, name in lookups.items()} for place in range(count))
    return reduce(or_, (models.Q(**one) for one in sets))


def numbered(count: int, **values: Sequence[Any]) -> dict[str, Any]:
    """Return the values of `any_of`: `agenda0`, `agenda1`…; those of the last set again, up to `count`."""
    return {
        f"{name}{place}": column[min(place, len(column) - 1)]
        for name, column in values.items()
        for place in range(count)
    }


def rounded(count: int) -> int:
    """Return the next power of two: so many lengths, and no more, have a statement of their own."""
    return 1 << max(0, count - 1).bit_length()


def _built_for(values: dict[str, Any], build: Callable[[], Built]) -> Built:
    """Return what `build` makes where each `given` is its value."""
    token = _plainly.set(values)
    try:
        return build()
    finally:
        _plainly.reset(token)


class Statement(Generic[Found]):
    """A queryset, built by `build` when it is first read; thread-safe."""

    def __init__(self, build: Callable[[], models.QuerySet[Any, Found]]) -> None:
        self._build = build
        self._written: dict[str, _Written] = {}
        self._guard = threading.Lock()

    def rows(self, **values: Any) -> list[Found]:
        """Return the rows for these values, none for a number that no column holds.

        Raises KeyError where a value is missing.

        An address may carry any number: Django's own lookups find nothing by one of more than 64 bits, which
        the drivers refuse to be given.
        """
        if any(isinstance(one, int) and not -_MOST <= one <= _MOST for one in values.values()):
            return []
        connection = connections[DEFAULT_DB_ALIAS]
        with self._guard:
            written = self._written.get(connection.vendor)
            if written is None:
                written = self._written[connection.vendor] = _Written(self._build(), connection)
        return written.read(connection, values)

    def first(self, **values: Any) -> Found | None:
        """Return the first row, which alone is best asked for in the queryset; None where there is none."""
        return next(iter(self.rows(**values)), None)

    def plain(self, **values: Any) -> models.QuerySet[Any, Found]:
        """Return the queryset with the values in their places, as Django itself reads it."""
        return _built_for(values, self._build)


class Keys:
    """The keys that a queryset of one column gives, written once: what `pk__in` compares with.

    `build` makes the queryset, whose rows depend on nothing outside it; thread-safe. The scope of its rows is
    not asked for: as any subquery, it only keeps rows of the queryset that it stands in, which has its own.
    """

    def __init__(self, build: Callable[[], models.QuerySet[Any, Any]]) -> None:
        self._build = build
        self._written: dict[str, tuple[str, Sequence[Any]] | None] = {}
        self._guard = threading.Lock()

    def of(self, **values: Any) -> Any:
        """Return the keys for these values, to a lookup `in`; in a statement, a value may be `given`."""
        return _KeysOf(self, values)

    def plain(self, **values: Any) -> models.QuerySet[Any, Any]:
        """Return the queryset with the values in their places, as Django itself reads it."""
        return _built_for(values, self._build)

    def written(self, connection: Any) -> tuple[str, Sequence[Any]]:
        """Return the SQL, in parentheses, and what it asks; raise EmptyResultSet where no row can be."""
        with self._guard:
            if connection.vendor not in self._written:
                self._written[connection.vendor] = self._write(connection)
            found = self._written[connection.vendor]
        if found is None:
            raise EmptyResultSet
        return found

    def _write(self, connection: Any) -> tuple[str, Sequence[Any]] | None:
        try:
            sql, asked = self._build().query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            return None
        _refuse_instants(asked)
        return f"({sql})", asked


class _KeysOf(Expression):
    """Keys for some values; nothing of it changes with the queryset that it stands in."""

    def __init__(self, keys: Keys, values: dict[str, Any]) -> None:
        super().__init__(output_field=models.Field())
        self._keys, self._values = keys, values

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # noqa: ARG002 (Django's names)
        sql, asked = self._keys.written(connection)
        return sql, _asked(connection, asked, self._values)

    def resolve_expression(self, *_how: Any, **_options: Any) -> _KeysOf:
        return self

    def relabeled_clone(self, _change_map: Any) -> _KeysOf:
        return self


class Change:
    """An update of the rows of a queryset, written once: `Change(build, state=given("state"))`."""

    def __init__(self, build: Callable[[], models.QuerySet[Any, Any]], **columns: Any) -> None:
        self._build, self._columns = build, columns
        self._written: dict[str, tuple[str, Sequence[Any]]] = {}
        self._guard = threading.Lock()

    def make(self, **values: Any) -> int:
        """Change the rows for these values; return how many there are. Raises KeyError without one."""
        connection = connections[DEFAULT_DB_ALIAS]
        with self._guard:
            written = self._written.get(connection.vendor)
            if written is None:
                written = self._written[connection.vendor] = self._write(connection)
        sql, asked = written
        with databases.prepared_cursor(connection) as cursor:
            cursor.execute(sql, _asked(connection, asked, values))
            return int(cursor.rowcount)

    def _write(self, connection: Any) -> tuple[str, Sequence[Any]]:
        queryset = self._build()
        check_scope(queryset)
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(self._columns)
        query.clear_ordering(force=True)
        sql, asked = query.get_compiler(connection=connection).as_sql()
        _refuse_instants(asked)
        return sql, asked


class _Written:
    """What Django wrote for a queryset, and how it turns a row into what the queryset gives."""

    def __init__(self, queryset: models.QuerySet[Any, Any], connection: Any) -> None:
        check_scope(queryset)
        if queryset._prefetch_related_lookups:  # type: ignore[attr-defined]  # not in the stubs of Django
            raise ValueError("a statement is one: prefetch_related makes others")
        self._queryset = queryset
        self._compiler = queryset.query.get_compiler(connection=connection)
        self._sql, self._values = self._compiler.as_sql()
        _refuse_instants(self._values)
        expressions = [column for column, _sql, _alias in self._compiler.select[: self._compiler.col_count]]
        self._converters = self._compiler.get_converters(expressions)
        is_of_models = getattr(queryset, "_iterable_class", None) is ModelIterable
        self._instance = _instances(self._compiler) if is_of_models else None

    def read(self, connection: Any, values: dict[str, Any]) -> list[Any]:
        """Ask the database, and return what the queryset would."""
        if self._queryset.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("a row is locked until the end of a transaction")
        with databases.prepared_cursor(connection) as cursor:
            cursor.execute(self._sql, _asked(connection, self._values, values))
            found = cursor.fetchall()
        if self._instance is not None:
            if self._converters:
                found = self._compiler.apply_converters(found, self._converters)
            return [self._instance(row) for row in found]
        compiler = copy(self._compiler)
        compiler.connection = connection
        compiler.execute_sql = lambda *_how, **_options: [found]
        compiler.get_converters = lambda _expressions: self._converters
        reader: Any = _Reader(self._queryset, compiler)
        iterable: Any = self._queryset._iterable_class
        return list(iterable(reader))


def _instances(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """Return what makes an instance of a row as `ModelIterable` does, what is the same for all at hand."""
    select, about, annotated = compiler.select, compiler.klass_info, compiler.annotation_col_map or {}
    first, end = about["select_fields"][0], about["select_fields"][-1] + 1
    names = [column.target.attname for column, _sql, _alias in select[first:end]]
    make = _Maker(about["model"])
    beside = cast(Any, get_related_populators)(about, select, DEFAULT_DB_ALIAS)
    _let_make(beside)

    def instance(row: Sequence[Any]) -> Any:
        made = make.from_db(DEFAULT_DB_ALIAS, names, row[first:end])
        for one in beside:
            one.populate(row, made)
        for name, place in annotated.items():
            setattr(made, name, row[place])
        return made

    return instance


def _let_make(populators: Iterable[Any]) -> None:
    for one in populators:
        one.model_cls = _Maker(one.model_cls)
        _let_make(one.related_populators)


class _Maker:
    """Makes instances of a model from their columns.

    As `Model.from_db`, without looking at each column for what no column read from the database may be: a
    model that listens to the making of its instances, or makes them in its own way, keeps Django's.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        ours, plain = (getattr_static(one, "from_db").__func__ for one in (model, models.Model))
        is_plain = model.__init__ is models.Model.__init__ and ours is plain
        is_heard = pre_init.has_listeners(model) or post_init.has_listeners(model)
        written = [getattr_static(model, one.attname) for one in model._meta.concrete_fields]
        setters = [getattr(type(one), "__set__", None) for one in written]
        known = {None, ForeignKeyDeferredAttribute.__set__}
        if not is_plain or is_heard or not known.issuperset(setters):
            self.from_db = model.from_db  # type: ignore[method-assign]  # one way of the model, kept close

    def from_db(self, alias: str, names: Sequence[str], values: Sequence[Any]) -> Any:
        """Return an instance as it is read from the database."""
        made = self._model.__new__(self._model)
        state = made._state = ModelState()
        made.__dict__.update(zip(names, values, strict=True))
        state.adding, state.db = False, alias
        return made


class _Reader:
    """The queryset as its own iterable reads it, the rows being there already."""

    def __init__(self, queryset: models.QuerySet[Any, Any], compiler: Any) -> None:
        self.db, self.model = DEFAULT_DB_ALIAS, queryset.model
        self.query = _Query(queryset.query, compiler)
        self._fields = queryset._fields  # type: ignore[attr-defined]  # not in the stubs of Django
        self._known_related_objects: dict[Any, Any] = {}


class _Query:
    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, *_where: Any, **_options: Any) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


def check_scope(queryset: Any) -> None:
    """Refuse a queryset of scoped rows that names no scope: `kernel.scoping`, which stands on this module."""
    check = getattr(queryset, "_check", None)
    if check is not None:
        check()


def _refuse_instants(written: Iterable[Any]) -> None:
    """Refuse a statement that would ask for ever of the instant, or of the day, at which it was written."""
    for one in written:
        if isinstance(one, date) or (isinstance(one, str) and _INSTANT.match(one)):
            raise ValueError(f"{one} is fixed in a statement: let it be given")


def _asked(connection: Any, written: Iterable[Any], values: dict[str, Any]) -> list[Any]:
    """Return what is sent with a statement: its own values, and those given in their places."""
    return [_adapted(connection, values[one.name]) if isinstance(one, Given) else one for one in written]


def _adapted(connection: Any, value: Any) -> Any:
    """Return a value as the database takes it: an instant has two forms; one given waits for its own."""
    if hasattr(value, "astimezone"):
        return connection.ops.adapt_datetimefield_value(value)
    if hasattr(value, "isoformat"):
        return connection.ops.adapt_datefield_value(value)
    return value.pk if isinstance(value, models.Model) else value
