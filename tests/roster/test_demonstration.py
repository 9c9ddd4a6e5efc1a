"""The demonstration's permanence of care: whole territory, somebody on call now, twice the same."""

from datetime import date, datetime

import pytest
import time_machine

from maillage.directory.api import Membership, Professional, Structure
from maillage.kernel.journal import verify
from maillage.kernel.models import Person
from maillage.roster import api
from maillage.roster.api import Coverage
from maillage.roster.models import Absence, Assignment, Exchange, Offer, SectorCommune, StateChange
from maillage.territory.api import Commune, Territory
from maillage.territory.models import TerritoryCommune
from tests.factories import make_commune, make_person
from tests.roster.conftest import PARIS

SATURDAY = datetime(2026, 9, 12, 14, 0, tzinfo=PARIS)
#: Code, longitude, inhabitants, doctors: two towns an hour apart, a village beside each, one in Alsace.
TOWNS = (("71001", 4.0, 9000, 6), ("71002", 4.9, 8000, 5), ("71003", 4.05, 200, 0), ("71004", 4.8, 300, 1),
         ("67001", 7.5, 900, 1))  # fmt: skip


@pytest.fixture
def populated(place: Territory, clock: time_machine.Traveller) -> Territory:
    clock.move_to(SATURDAY, tick=False)
    for code, lon, population, doctors in TOWNS:
        made = make_commune(code)
        Commune.objects.filter(pk=made.pk).update(name=f"Ville {code}", lon=lon, population=population)
        TerritoryCommune.objects.create(territory=place, commune=made)
        office = Structure.objects.create(
            id=f"test:{code}", kind="msp", name="MSP", search_name=" msp", commune=made, lon=lon, lat=46.0,
            precision="commune", count=1, source="test",
        )  # fmt: skip
        for number in range(doctors):
            doctor = Professional.objects.create(
                last_name=f"Aubépine {code} {number}", search_name=f" {code} {number}", profession="10",
                specialty="SM54", source="test", is_demonstration=True,
            )  # fmt: skip
            Membership.objects.create(professional=doctor, structure=office, source="test")
    return place


@pytest.fixture
def keeper(coordinator: Person) -> Person:
    coordinator.is_demonstration = True
    coordinator.save()
    return coordinator


def create(place: Territory) -> int:
    return api.create_demonstration_roster(by=None, place=place, today=SATURDAY.date())


def test_the_whole_territory_has_somebody_on_call_on_saturday_afternoon(
    populated: Territory, keeper: Person
) -> None:
    assert create(populated) == 3
    assert create(populated) == 3
    assert SectorCommune.objects.count() == len(TOWNS)
    covered = [api.on_call(commune, SATURDAY).coverage for commune in Commune.objects.order_by("code")]
    assert covered == [Coverage.COVERED] * len(TOWNS)
    sectors = api.Sector.objects.order_by("pk")
    assert [sorted(sector.communes.values_list("code", flat=True)) for sector in sectors] == [
        ["71001", "71003"], ["71002", "71004"], ["67001"],
    ]  # fmt: skip
    assert [sector.calendar for sector in sectors] == ["metropole", "metropole", "6AE"]
    assert verify().intact


def test_a_roster_done_one_running_one_in_draft(populated: Territory, keeper: Person) -> None:
    create(populated)
    for sector in api.Sector.objects.all():
        rosters = sector.rosters.order_by("first_day")
        assert [one.state for one in rosters] == ["duty_done", "running", "draft"]
        assert [one.first_day for one in rosters] == [date(2026, 6, 1), date(2026, 9, 1), date(2026, 12, 1)]
        assert sum(line.duties for line in api.statement(rosters[0])) > 100
        assert api.next_deadline(rosters[2], SATURDAY.date()).days_left > 0
    steps = StateChange.objects.filter(roster=rosters[0])
    assert [one.state for one in steps] == [
        "draft", "sent", "validated", "transmitted", "running", "closed", "duty_done",
    ]  # fmt: skip
    assert {one.by for one in steps if one.state in {"running", "closed"}} == {None}
    assert Absence.objects.exists()


def test_one_doctor_asks_to_be_replaced_and_another_offers(populated: Territory, keeper: Person) -> None:
    mine = Professional.objects.order_by("pk").first()
    mine.account = make_person("helene.aubepine", "physician", populated.scope)
    mine.save()
    create(populated)
    asked = Exchange.objects.get()
    assert asked.post.starts_at > SATURDAY
    assert asked.asked_by.professional != mine
    assert Offer.objects.get().volunteer.professional not in {mine, asked.asked_by.professional}
    assert Assignment.objects.get(post=asked.post).volunteer == asked.asked_by


def test_nothing_without_a_coordinator_or_without_doctors(populated: Territory, coordinator: Person) -> None:
    assert create(populated) == 0
    Person.objects.update(is_demonstration=True)
    Membership.objects.all().delete()
    assert create(populated) == 0
    assert not api.Sector.objects.exists()


def test_where_nobody_has_an_account_and_nobody_can_offer(populated: Territory, keeper: Person) -> None:
    """One doctor for each sector: nobody to offer, and posts that stay open."""
    Membership.objects.exclude(professional=Professional.objects.order_by("pk").first()).delete()
    assert create(populated) == 2
    assert Exchange.objects.count() == 1
    assert not Offer.objects.exists()


def test_where_the_only_colleague_lacks_rest_nobody_offers(populated: Territory, keeper: Person) -> None:
    """Two doctors hold every other duty: the rules keep each away from the duties beside their own."""
    kept = Professional.objects.order_by("pk")[:2]
    Membership.objects.exclude(professional__in=list(kept)).delete()
    assert create(populated) == 2
    assert Exchange.objects.count() == 1
    assert not Offer.objects.exists()
