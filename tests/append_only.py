"""Lets Django empty the test database between transactional tests, where triggers keep the journal."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def flush_append_only_tables(pytestconfig: pytest.Config) -> Iterator[None]:
    """Lift the refusals while Django empties the tables; they are back before the next test."""
    if not pytestconfig.pluginmanager.hasplugin("django"):
        yield  # the engines are tested without Django
        return
    from django.db import transaction
    from django.db.backends.base.operations import BaseDatabaseOperations

    from maillage.kernel.databases import append_only_lifted

    plain_flush = BaseDatabaseOperations.execute_sql_flush

    def flush(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        with transaction.atomic(), append_only_lifted():
            plain_flush(operations, statements)

    BaseDatabaseOperations.execute_sql_flush = flush
    yield
    BaseDatabaseOperations.execute_sql_flush = plain_flush
