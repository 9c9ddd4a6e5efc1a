"""Scenarios over the atlas: exact differences, limits, services, and what would lift a white zone."""

from __future__ import annotations

import numpy as np
import pytest

from maillage.engines import accessibility
from maillage.territory import api
from maillage.territory.computations.access import national_access
from maillage.territory.computations.scenario_effect import effect, reach
from maillage.territory.computations.what_if import Change, ScenarioError, best_sites, check, outcome
from maillage.territory.computations.white_zones import white_zones

NOBODY = np.empty(0, np.intp)


def place_with(atlas: api.Atlas, at_least: int) -> int:
    heads = national_access(atlas).heads
    return int(np.flatnonzero(heads >= at_least)[0])


def test_a_scenario_equals_the_full_computation(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    town, other = place_with(fictional_country, 2), int(np.argmin(access.heads))
    done = outcome(fictional_country, access, [Change("gp", town, -1), Change("gp", other, 2)])
    supply = access.supply.copy()
    supply[town] -= access.offered[town] / access.heads[town]
    supply[other] += 2 * access.unit
    full = accessibility.compute(access.structure, access.demand, supply)
    assert np.array_equal(done.after.apl, full.apl)
    assert done.heads[town] == access.heads[town] - 1
    assert set(done.changed) <= set(
        reach(access, [Change("gp", town, 1), Change("gp", other, 1)], np.arange(len(fictional_country)))
    )


def test_removing_everyone_leaves_nothing(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    town = place_with(fictional_country, 2)
    count = int(access.heads[town])
    changes = [Change("gp", town, -1) for _ in range(count)]
    done = outcome(fictional_country, access, changes)
    assert done.heads[town] == 0
    assert done.after.apl[town] < access.apl[town]
    back = outcome(fictional_country, access, [])
    assert back.after is access.result


def test_more_cannot_be_removed_than_there_is(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    town, empty = place_with(fictional_country, 1), int(np.flatnonzero(access.heads == 0)[0])
    with pytest.raises(ScenarioError, match="Il n’y a que"):
        check(fictional_country, [Change("gp", town, -99)])
    with pytest.raises(ScenarioError, match="aucun médecin généraliste"):
        check(fictional_country, [Change("gp", empty, -1)])
    with pytest.raises(ScenarioError, match="n’existe pas"):
        check(fictional_country, [Change("barber", town, 1)])
    check(fictional_country, [Change("gp", empty, 1), Change("gp", empty, -1)])


def test_a_service_that_opens_brings_its_neighbours_nearer(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    members = np.arange(len(fictional_country))
    far = int(np.argmax(access.travel.nearest(fictional_country, np.flatnonzero(
        fictional_country.column("supply_commune.pharmacies") > 0)).minutes))  # fmt: skip
    found = effect(fictional_country, access, members, NOBODY, [Change("pharmacy", far, 1)])
    (service,) = found.services
    assert service.service == "pharmacy"
    assert service.after.mean < service.before.mean
    assert found.outcome.nearest["pharmacy"].minutes[far] == 0
    assert found.moved.size == 0
    held = int(np.argmax(fictional_country.column("supply_commune.pharmacies")))
    assert not effect(fictional_country, access, members, NOBODY, [Change("pharmacy", held, 1)]).services


def test_a_change_says_which_communes_moved(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    members = np.arange(0, len(fictional_country), 2)
    found = effect(fictional_country, access, members, NOBODY, [Change("gp", int(members[0]), 1)])
    assert set(found.moved) <= set(members)
    assert (found.gain > 0).all()
    assert found.after.heads == found.before.heads + 1
    assert found.after.summary.mean > found.before.summary.mean


def test_the_best_place_relieves_most(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    members = np.arange(len(fictional_country))
    proposed = best_sites(fictional_country, access, access.result, members)
    relief = [amount for _, amount, _ in proposed]
    assert relief == sorted(relief, reverse=True)
    pharmacies = fictional_country.column("supply_commune.pharmacies")
    assert all(access.heads[place] > 0 or pharmacies[place] > 0 for place, _, _ in proposed)


def test_what_lifts_a_zone_does_lift_it(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    members = np.arange(len(fictional_country))
    for zone in white_zones(fictional_country, access, members):
        if zone.mean_lift is None:
            continue
        changes = [
            Change("gp", int(site), int(units))
            for site, units in zip(zone.mean_lift.sites, zone.mean_lift.units, strict=True)
        ]
        after = outcome(fictional_country, access, changes).after.apl[zone.members]
        assert accessibility.mean(after, access.demand[zone.members]) >= access.low - 1e-9
