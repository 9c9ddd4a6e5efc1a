"""The demonstration prepares itself on any day: in the first hours of a year, on the 29th of February."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from maillage.config import demonstration
from maillage.directory import api as directory
from maillage.funding.models import Contract
from maillage.territory import api as territory
from tests.packs import fictional_pack

__all__ = ["fictional_pack"]
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.no_cover  # what it invents is tested where it is invented
@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment", [datetime(2027, 1, 1, 0, 30, tzinfo=PARIS), datetime(2028, 2, 29, 9, 0, tzinfo=PARIS)], ids=str
)
def test_it_is_whole_whatever_the_day(fictional_pack: Path, moment: datetime) -> None:
    with time_machine.travel(moment, tick=True):
        territory.import_pack(by=None, folder=fictional_pack, extra_loaders=[directory.structure_loader])
        place = territory.create_demonstration_territory(by=None)
        demonstration.populate(place)
        assert Contract.objects.in_scope(place.scope).count() == 3
