"""All that differs between SQLite and PostgreSQL: append-only triggers, waking up, bulk load, snapshots.

Everything else is the same schema, the same constraints and the same queries. See docs/adr/0002.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Func, Model

Row = TypeVar("Row", bound=Model)

_REFUSAL = "append-only table"
#: Values in one statement: SQLite takes 32,766, PostgreSQL 65,535.
MOST_VALUES = 32_000


class EpochSeconds(Func):
    """An instant as whole seconds since 1 January 1970, universal time; null where it is null.

    For rows that are only counted: reading as many datetimes takes longer than counting them.
    """

    output_field = BigIntegerField()
    template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s)) AS BIGINT)"

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Read the text that Django keeps, in universal time, without the fraction of its second.

        By the Julian day (1970 begins at 2440587.5): `strftime` would want a percent sign, which
        stands for a parameter here.
        """
        template = "CAST(ROUND((julianday(substr(%(expressions)s, 1, 19)) - 2440587.5) * 86400) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)


_TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
        "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION maillage_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION maillage_refuse_change()",
        "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION maillage_refuse_change()",
        "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION maillage_refuse_change()",
    ),
}
_UNTRIGGERS = {
    "sqlite": ("DROP TRIGGER IF EXISTS {table}_no_update", "DROP TRIGGER IF EXISTS {table}_no_delete"),
    "postgresql": (
        "DROP TRIGGER IF EXISTS {table}_no_update ON {table}",
        "DROP TRIGGER IF EXISTS {table}_no_delete ON {table}",
        "DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
    ),
}


_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER {table}_guard BEFORE INSERT ON {table} WHEN EXISTS ({found}) "
        "BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION maillage_{table}_guard() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF EXISTS ({found}) THEN RAISE EXCEPTION '{refusal}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER {table}_guard BEFORE INSERT ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION maillage_{table}_guard()",
    ),
}
_UNGUARDS = {
    "sqlite": ("DROP TRIGGER IF EXISTS {table}_guard",),
    "postgresql": (
        "DROP TRIGGER IF EXISTS {table}_guard ON {table}",
        "DROP FUNCTION IF EXISTS maillage_{table}_guard()",
    ),
}


def guard_inserts(table: str, found: str, refusal: str, on: BaseDatabaseWrapper = connection) -> None:
    """Make the database itself refuse a new row of `table` for which the query `found` finds something.

    The query names the columns of the new row `NEW.column`, and is the same on both databases.
    """
    with on.cursor() as cursor:
        for statement in _GUARDS[on.vendor]:
            cursor.execute(statement.format(table=table, found=found, refusal=refusal))


def unguard_inserts(table: str, on: BaseDatabaseWrapper = connection) -> None:
    """Take the guard of `table` away: a migration undone."""
    _run(_UNGUARDS, table, on)


@contextmanager
def _guards_lifted() -> Iterator[None]:
    """Let rows in without their guards: those of a restore were all guarded once, in another order."""
    if connection.vendor == "postgresql":
        found = (
            "SELECT tgrelid::regclass::text FROM pg_trigger "
            "WHERE tgname = tgrelid::regclass::text || '_guard'"
        )
        with connection.cursor() as cursor:
            cursor.execute(found)
            tables = [table for (table,) in cursor.fetchall()]
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_guard")
        yield
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_guard")
        return
    found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name = tbl_name || '_guard'"
    with connection.cursor() as cursor:
        cursor.execute(found)
        guards = cursor.fetchall()
        for name, _sql in guards:
            cursor.execute(f"DROP TRIGGER {name}")
    yield
    with connection.cursor() as cursor:
        for _name, sql in guards:
            cursor.execute(sql)


def forbid_changes(table: str, on: BaseDatabaseWrapper = connection) -> None:
    """Make the database itself refuse to update, delete or truncate rows of `table`."""
    _run(_TRIGGERS, table, on)


def allow_changes(table: str, on: BaseDatabaseWrapper = connection) -> None:
    """Take the refusal away: only a restore (and a test that tampers) does so."""
    _run(_UNTRIGGERS, table, on)


@contextmanager
def append_only_lifted() -> Iterator[None]:
    """Let a restore replace the rows of every append-only table; each refuses again afterwards.

    Must run in a transaction, so that a failure brings the refusal back with the rows.
    """
    connection.check_constraints()  # PostgreSQL changes no trigger of a table with deferred checks to make
    tables = _append_only_tables()
    for table in tables:
        allow_changes(table)
    with _guards_lifted():
        yield
    for table in tables:
        forbid_changes(table)


def notify(channel: str) -> None:
    """Wake, on commit, those who `wait` on `channel`. SQLite has no such thing: its waiters poll."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [channel])


def wait(channel: str, seconds: float, stop: threading.Event) -> None:
    """Return after `notify(channel)`, when `stop` is set, or after `seconds` at most.

    Raises DatabaseError where the database goes away meanwhile. On SQLite the file's change counter is read
    five times a second, which costs microseconds.
    """
    if connection.vendor == "postgresql":
        _listen(channel, seconds)
    else:
        _watch(seconds, stop)


@contextmanager
def prepared_cursor(on: BaseDatabaseWrapper = connection) -> Iterator[Any]:
    """Give a cursor for a statement that is asked many times.

    PostgreSQL plans it once a connection (`prepare_threshold` of the settings), where Django's own cursor
    writes the values into the statement, which is planned anew each time. Where statements are noted, it is
    Django's: a statement planned before tells no text.
    """
    if on.vendor != "postgresql" or on.queries_logged:
        with on.cursor() as cursor:
            yield cursor
        return
    from django.db.backends.postgresql.base import ServerBindingCursor

    on.ensure_connection()
    wrapper, kind = cast(Any, on), cast(Any, ServerBindingCursor)
    with wrapper._prepare_cursor(kind(wrapper.connection)) as cursor:
        yield cursor


def bulk_load(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert many `rows` (values in the order of `fields`, foreign keys as keys) and return their number.

    COPY on PostgreSQL, one prepared statement on SQLite; constraints hold, `save` and signals do not run.
    """
    by_name = {column.name: column for column in model._meta.concrete_fields}
    columns = [by_name[name] for name in fields]
    prepared = (
        [column.get_db_prep_save(value, connection) for column, value in zip(columns, row, strict=True)]
        for row in rows
    )
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(column.column)) for column in columns)
    table = quote(model._meta.db_table)
    with transaction.atomic(), connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _copy(cursor, f"COPY {table} ({names}) FROM STDIN", prepared)
        marks = ", ".join(["?"] * len(columns))
        # The driver's own cursor: Django's would rewrite the statement once a row.
        raw = cursor.connection.cursor()
        raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", prepared)  # noqa: S608
        return int(raw.rowcount) if raw.rowcount > 0 else 0


def insert_new(rows: Sequence[Row], *, unique: Sequence[str]) -> list[Row]:
    """Insert the `rows` of one model that its constraint on the fields `unique` does not refuse.

    Return those that are new, with their key; one statement (very many rows: `_parts`), which waits for a
    transaction that inserts the same. Constraints hold, `save` and signals do not run.
    """
    return [row for part in _parts(rows) for row in _inserted_new(part, unique)]


def insert(rows: Sequence[Row]) -> list[Row]:
    """Insert the `rows` of one model and return them with their keys; one statement, written at little cost.

    Very many rows take several (see `_parts`). Constraints hold; signals do not run, nor a `save` of the
    model's own.
    """
    for part in _parts(rows):
        inserted, values = _insertion(part)
        key = connection.ops.quote_name(str(part[0]._meta.pk.column))
        with connection.cursor() as cursor:
            cursor.execute(f"{inserted} RETURNING {key}", values)
            keys = [pk for (pk,) in cursor.fetchall()]
        for row, pk in zip(part, keys, strict=True):
            row.pk, row._state.adding, row._state.db = pk, False, connection.alias
    return list(rows)


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Cut `rows` of one model so that no statement carries more values than either database takes."""
    if rows:
        many = max(1, MOST_VALUES // len(rows[0]._meta.concrete_fields))
        for first in range(0, len(rows), many):
            yield rows[first : first + many]


def _inserted_new(rows: Sequence[Row], unique: Sequence[str]) -> list[Row]:
    meta, quote = rows[0]._meta, connection.ops.quote_name
    by_name = {column.name: column for column in meta.concrete_fields}
    keys = ", ".join(quote(str(by_name[name].column)) for name in unique)
    returned = ", ".join([quote(str(meta.pk.column)), keys])
    inserted, values = _insertion(rows)
    statement = f"{inserted} ON CONFLICT ({keys}) DO NOTHING RETURNING {returned}"
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        made = {tuple(found): pk for pk, *found in cursor.fetchall()}
    new = []
    for row in rows:
        pk = made.pop(tuple(getattr(row, by_name[name].attname) for name in unique), None)
        if pk is not None:
            row.pk, row._state.adding, row._state.db = pk, False, connection.alias
            new.append(row)
    return new


def _insertion(rows: Sequence[Row]) -> tuple[str, list[Any]]:
    """Return the beginning of a statement that inserts `rows` of one model, and its values."""
    meta, quote = rows[0]._meta, connection.ops.quote_name
    columns = [column for column in meta.concrete_fields if not column.primary_key]
    names = ", ".join(quote(str(column.column)) for column in columns)
    marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
    cells = [(column, getattr(row, column.attname)) for row in rows for column in columns]
    values = [column.get_db_prep_save(value, connection) for column, value in cells]
    return f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES {marks}", values  # noqa: S608


def release_connection() -> None:
    """Give this thread's connection back to the pool, where there is one: who is about to wait keeps none."""
    if getattr(connection, "pool", None) is not None:
        connection.close()


def keep_rows(model: type[Model], keys: Collection[int]) -> set[int]:
    """Return which of the rows of these keys there are, none of which is deleted before the transaction ends.

    For whoever is about to name rows that another transaction may delete: PostgreSQL looks at a foreign key
    at the commit, too late to answer with a sentence. A row that another is deleting counts as gone; nobody
    waits. SQLite has one writer at a time: all are there.
    """
    if connection.vendor != "postgresql" or not keys:
        return set(keys)
    quote = connection.ops.quote_name
    key, table = quote(str(model._meta.pk.column)), quote(model._meta.db_table)
    with connection.cursor() as cursor:
        statement = f"SELECT {key} FROM {table} WHERE {key} = ANY(%s) ORDER BY {key}"  # noqa: S608
        cursor.execute(f"{statement} FOR KEY SHARE SKIP LOCKED", [sorted(keys)])
        return {found for (found,) in cursor.fetchall()}


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything as it is at one moment, without stopping those who write."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        else:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _append_only_tables() -> list[str]:
    query = {
        "sqlite": "SELECT tbl_name FROM sqlite_master "
        "WHERE type = 'trigger' AND name = tbl_name || '_no_update'",
        "postgresql": "SELECT tgrelid::regclass::text FROM pg_trigger "
        "WHERE tgname = tgrelid::regclass::text || '_no_update'",
    }
    with connection.cursor() as cursor:
        cursor.execute(query[connection.vendor])
        return [table for (table,) in cursor.fetchall()]


def _run(statements: dict[str, tuple[str, ...]], table: str, on: BaseDatabaseWrapper) -> None:
    with on.cursor() as cursor:
        for statement in statements[on.vendor]:
            cursor.execute(statement.format(table=table, refusal=_REFUSAL))


def _copy(cursor: Any, statement: str, rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _listen(channel: str, seconds: float) -> None:
    name = connection.ops.quote_name(channel)
    # What the driver raises itself is told as Django tells it: the loops that wait know no other error.
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.execute(f"LISTEN {name}")
        for _notice in cursor.connection.notifies(timeout=seconds, stop_after=1):
            pass
        cursor.execute(f"UNLISTEN {name}")  # the next to have this connection of the pool is not concerned


def _watch(seconds: float, stop: threading.Event) -> None:
    before = _change_counter()
    for _tick in range(max(1, round(seconds * 5))):
        if stop.wait(0.2) or _change_counter() != before:
            return


def _change_counter() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])
