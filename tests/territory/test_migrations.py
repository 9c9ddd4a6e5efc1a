"""What territories hold is kept by the migrations of their tables, forwards and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from maillage.kernel.models import Scope
from maillage.territory.models import Territory
from tests.migrated import another_database

BEFORE = ("territory", "0004_scopes_take_the_time_zone")
AFTER = ("territory", "0005_time_zone_of_the_scope")


def migrate(*targets: tuple[str, str]) -> Any:
    """Bring the database to some migrations; return the models as they are there."""
    executor = MigrationExecutor(connection)
    return executor.migrate(list(targets)).apps


@pytest.mark.no_cover  # nothing of the program but models of then
@pytest.mark.django_db(transaction=True)
def test_the_time_zone_of_a_territory_goes_to_its_scope_and_comes_back(tmp_path: Path) -> None:
    # In a database that these migrations make: bringing all the others back and again would take minutes.
    with another_database(tmp_path):
        latest = MigrationExecutor(connection).loader.graph.leaf_nodes("kernel")
        territories = migrate(*latest, BEFORE).get_model("territory", "Territory").objects
        for number, zone in enumerate(("Indian/Reunion", "America/Cayenne", "Europe/Paris")):
            scope = Scope.objects.create(kind="territory", label=zone, time_zone="Europe/Paris")
            territories.create(kind="libre", name=zone, slug=f"t{number}", scope_id=scope.pk, time_zone=zone)
        migrate(AFTER)
        assert {one.name: one.zone.key for one in Territory.objects.all()} == {
            "Indian/Reunion": "Indian/Reunion",
            "America/Cayenne": "America/Cayenne",
            "Europe/Paris": "Europe/Paris",
        }
        back = migrate(BEFORE).get_model("territory", "Territory").objects
        assert all(one.time_zone == one.name for one in back.all())
