"""What a transactional test leaves behind: nothing, and the refusals of the append-only tables in force."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction

from maillage.kernel import journal
from maillage.kernel.models import Entry, Scope
from tests.emptied import KEPT, empty, tables


@pytest.mark.django_db(transaction=True)
def test_every_row_that_was_committed_goes_and_the_journal_still_refuses_changes() -> None:
    for label in ("Charolais", "Brionnais"):
        scope = Scope.objects.create(kind="territory", label=label)
        journal.record(by=None, verb="test.done", target=label, changes={}, scope=scope)
        types = ContentType.objects.count()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute("UPDATE kernel_entry SET target = 'changed'")
        empty()
        assert not Scope.objects.exists()
        assert not Entry.objects.exists()
        assert ContentType.objects.count() == types > 0
    assert "kernel_scope" in tables()
    assert not KEPT & {*tables()}
