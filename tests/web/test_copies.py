"""The copy of somebody whom every context knows holds every row of every context."""

import pytest

from maillage.config import demonstration
from maillage.kernel.contributions import records
from maillage.people.models import Patient
from maillage.people.queries.rights import parts, rows_of
from maillage.territory import api as territory
from tests.packs import fictional_country, fictional_pack

__all__ = ["fictional_country", "fictional_pack"]
pytestmark = pytest.mark.django_db


def test_it_holds_every_row_of_every_context(fictional_country: territory.Atlas) -> None:
    demonstration.populate(territory.create_demonstration_territory(by=None))
    given = [one for one in records() if not one.aside]
    seen: set[str] = set()
    for patient in Patient._base_manager.select_related("scope").order_by("pk")[:12]:
        found = [(one.table, len(one.raw), len(one.said)) for one in parts(patient)]
        counts = [(one.model._meta.label_lower, rows_of(one, patient).count()) for one in given]
        assert found == [(table, count, count) for table, count in counts if count], patient.pk
        seen |= {table.partition(".")[0] for table, _count, _said in found}
    assert seen >= {"people", "care", "agenda"}, seen
