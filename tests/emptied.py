"""Empties the test database after a transactional test: the tables that hold rows, and no other.

Django truncates every table and writes its content types anew, which takes seconds on PostgreSQL. Here the
rows that the migrations of Django wrote stay, and those of a test go, append-only tables included.
"""

from collections.abc import Iterator
from functools import cache

import pytest

#: Written by the migrations, the same for every test.
KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})


@pytest.fixture(scope="session", autouse=True)
def empty_only_what_holds_rows(pytestconfig: pytest.Config) -> Iterator[None]:
    """Take the place of Django's flush."""
    if not pytestconfig.pluginmanager.hasplugin("django"):
        yield  # the engines are tested without Django
        return
    from django.test import TransactionTestCase

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty())
        yield


def empty() -> None:
    """Delete every row that was committed; the refusals of append-only tables are back afterwards."""
    from django.db import connection, transaction

    from maillage.kernel.databases import append_only_lifted

    quote = connection.ops.quote_name
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in tables()
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(asked)
        found = [table for (table,) in cursor.fetchall()]
        if not found:
            return
        # Foreign keys are checked at the commit, when both ends are gone.
        with append_only_lifted():
            for table in found:
                cursor.execute(f"DELETE FROM {quote(table)}")


@cache
def tables() -> list[str]:
    """Return every table of a model but those whose rows are kept."""
    from django.db import connection

    return sorted({*connection.introspection.django_table_names(include_views=False)} - KEPT)
