"""A sector of two communes, a coordinator, four volunteers, a draft of three months; a clock that stands."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.roster import api
from maillage.territory.api import Commune, Territory
from tests.factories import make_commune, make_person, make_professional
from tests.factories.fixtures import coordinator, place

__all__ = ["coordinator", "place"]
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=PARIS)
FIRST, LAST = date(2026, 5, 1), date(2026, 7, 31)


@pytest.fixture(autouse=True)
def clock() -> time_machine.Traveller:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def communes(db: None) -> list[Commune]:
    return [make_commune("71230"), make_commune("71231")]


@pytest.fixture
def sector(coordinator: Person, place: Territory, communes: list[Commune]) -> api.Sector:
    return api.create_sector(by=coordinator, place=place, name="Brume", communes=communes)


@pytest.fixture
def volunteers(coordinator: Person, place: Territory, sector: api.Sector) -> list[api.Volunteer]:
    """Four doctors, each with an account."""
    names = [("helene", "aubepine"), ("marc", "bouleau"), ("nour", "cypres"), ("paul", "drave")]
    made = []
    for first, last in names:
        account = make_person(f"{first}.{last}", Role.PHYSICIAN, place.scope)
        professional = make_professional(last.title(), first.title(), account)
        made.append(api.set_volunteer(by=coordinator, sector=sector, professional=professional))
    return made


@pytest.fixture
def roster(coordinator: Person, sector: api.Sector) -> api.Roster:
    return api.create_roster(by=coordinator, sector=sector, first_day=FIRST, last_day=LAST)


@pytest.fixture
def posts(roster: api.Roster) -> list[api.Post]:
    return list(api.posts_of(roster))
