"""White zones are the contiguous communes under the threshold; overlaps are where supply exceeds the need."""

from __future__ import annotations

import numpy as np

from maillage.kernel.sourced_rules import rule
from maillage.territory import api
from maillage.territory.computations.access import national_access
from maillage.territory.computations.white_zones import (
    overlaps,
    pharmacy_surpluses,
    white_zones,
    zone_labels,
)


def test_zones_part_the_communes_under_the_threshold(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    members = np.arange(len(fictional_country))
    zones = white_zones(fictional_country, access, members)
    inside = [int(k) for zone in zones for k in zone.members]
    under = np.flatnonzero((access.apl < access.low) & (access.people > 0))
    assert sorted(inside) == under.tolist()
    assert [zone.people for zone in zones] == sorted((zone.people for zone in zones), reverse=True)
    labels = zone_labels(fictional_country, access, members, access.apl)
    assert {zone.number: len(zone.members) for zone in zones} == {
        number: int((labels == number).sum()) for number in range(len(zones))
    }


def test_a_zone_is_in_one_piece(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    starts, neighbours = fictional_country.adjacency
    for zone in white_zones(fictional_country, access, np.arange(len(fictional_country))):
        seen, waiting = set(), [int(zone.members[0])]
        while waiting:
            k = waiting.pop()
            seen.add(k)
            around = neighbours[starts[k] : starts[k + 1]]
            waiting += [int(n) for n in around if n in zone.members and int(n) not in seen]
        assert seen == {int(k) for k in zone.members}


def test_the_alternative_is_outside_and_better_served(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    for zone in white_zones(fictional_country, access, np.arange(len(fictional_country))):
        if zone.alternative is not None:
            assert zone.alternative.position not in zone.members
            assert access.apl[zone.alternative.position] >= access.low
            assert access.heads[zone.alternative.position] > 0


def test_a_territory_without_white_zone_has_none(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    well_served = np.flatnonzero(access.apl >= access.low)
    assert white_zones(fictional_country, access, well_served) == []


def test_overlapping_sites_are_close_and_well_served(fictional_country: api.Atlas) -> None:
    within = rule("territory.overlaps.minutes").value
    for profession in ("gp", "nurse", "physiotherapist"):
        access = national_access(fictional_country, profession)
        for one in overlaps(access, np.arange(len(fictional_country))):
            assert len(one.members) >= 2
            assert one.minutes <= within
            assert one.access >= one.need
            assert (access.heads[one.members] > 0).all()


def test_pharmacies_are_counted_against_the_population_rule(fictional_country: api.Atlas) -> None:
    people = fictional_country.column("communes.pop_municipale")
    for one in pharmacy_surpluses(fictional_country, np.arange(len(fictional_country))):
        inhabitants = people[one.position]
        allowed = 0 if inhabitants < 2500 else 1 + int((inhabitants - 2500) // 4500)
        assert one.allowed == allowed < one.pharmacies
        assert one.pharmacies >= 2
