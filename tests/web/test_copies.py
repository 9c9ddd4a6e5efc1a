"""The copy of somebody whom every context knows holds every row of every context; erased, none is left."""

import pytest
from django.db import connection

from maillage.kernel.contributions import records
from maillage.people.actions.retention import erase_whole, note_files_at_their_term
from maillage.people.models import Patient
from maillage.people.queries.rights import parts, rows_of
from tests.demonstrated import populated
from tests.packs import fictional_pack

__all__ = ["fictional_pack", "populated"]
pytestmark = pytest.mark.django_db


def test_it_holds_every_row_and_the_erasure_leaves_none(populated: None) -> None:
    assert note_files_at_their_term() == 3
    given = [one for one in records() if not one.aside]
    seen: set[str] = set()
    for patient in Patient._base_manager.select_related("scope").order_by("pk")[:12]:
        found = [(one.table, len(one.raw), len(one.said)) for one in parts(patient)]
        counts = [(one.model._meta.label_lower, rows_of(one, patient).count()) for one in given]
        assert found == [(table, count, count) for table, count in counts if count], patient.pk
        seen |= {table.partition(".")[0] for table, _count, _said in found}
    assert seen >= {"people", "care", "agenda"}, seen
    for patient in Patient._base_manager.select_related("scope", "account").order_by("pk")[:12]:
        done, pk = erase_whole(patient), patient.pk
        assert sum(done.values()) > 1
        left = [one for one in given if one.model._base_manager.filter(**{one.path or "pk": pk}).exists()]
        assert left == [], pk
    connection.check_constraints()
