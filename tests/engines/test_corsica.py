"""Corsica, where roads wind: what its whole road network changes, beside the crow-fly estimate.

Each test needs the network and the national pack, which stand beside the sources where they are present.
"""

from __future__ import annotations

import gzip
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from maillage.directory.rules.projections import LAMBERT_93
from maillage.engines import accessibility
from maillage.engines.accessibility import Decay
from maillage.engines.traveltime import (
    CAR,
    CrowFlyModel,
    Pairs,
    RoadGraph,
    RoadTimes,
    crow_fly_pairs,
    main_network,
    minutes_between,
    road_graph,
)

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
NETWORK = SHARED / "roads" / "corsica" / "corsica_network.xml.gz"
PACK = SHARED / "starter"
pytestmark = pytest.mark.skipif(
    not (NETWORK.is_file() and PACK.is_dir()), reason="the roads of Corsica or the national pack are not here"
)
HORIZON = 20.0
DEFAULTS = {
    "trunk": 80.0, "primary": 80.0, "secondary": 30.0, "tertiary": 25.0, "residential": 15.0,
    "unclassified": 25.0, "living_street": 10.0, "primary_link": 60.0, "trunk_link": 50.0,
    "secondary_link": 30.0, "tertiary_link": 25.0,
}  # fmt: skip
"""The free speeds, km/h, that the file gives to roads without a posted limit: all others are limits."""


class Network(NamedTuple):
    """The car links of the file, by the speeds that it gives and by those of our profile."""

    as_given: RoadGraph
    by_profile: RoadGraph


class Communes(NamedTuple):
    """The 360 communes: centres, people by use of care, consultations offered, published APL, weights."""

    lon: np.ndarray
    lat: np.ndarray
    demand: np.ndarray
    supply: np.ndarray
    published: np.ndarray
    by: np.ndarray


@cache
def network() -> Network:
    positions, where, links = {}, [], []
    with gzip.open(NETWORK) as file:
        for _, element in ElementTree.iterparse(file):
            if element.tag == "node":
                positions[element.get("id")] = len(where)
                where.append(LAMBERT_93.to_degrees(float(element.get("x")), float(element.get("y"))))
            elif element.tag == "link" and "car" in element.get("modes").split(","):
                highway = element.find("./attributes/attribute[@name='osm:way:highway']").text
                ends = (positions[element.get(end)] for end in ("from", "to"))
                links.append((*ends, float(element.get("length")) / 1e3, given(element), highway))
            elif element.tag == "link":
                element.clear()
    lon, lat = zip(*where, strict=True)
    tail, head, km, kmh, highway = zip(*links, strict=True)
    ours = [
        CAR.kmh(road, None if abs(speed - DEFAULTS[road]) < 1 else speed)
        for road, speed in zip(highway, kmh, strict=True)
    ]
    return Network(
        *(
            road_graph(lon, lat, tail, head, np.array(km) / np.array(speeds) * 60, vintage="Corse")
            for speeds in (kmh, ours)
        )
    )


def given(link: ElementTree.Element) -> float:
    return float(link.get("freespeed")) * 3.6


@cache
def communes() -> Communes:
    rows = pl.read_parquet(PACK / "communes.parquet").filter(pl.col("departement").is_in(["2A", "2B"]))
    reference = pl.read_parquet(PACK / "apl_reference.parquet").filter(pl.col("niveau") == "commune")
    for table in (pl.read_parquet(PACK / "supply_commune.parquet"), reference):
        rows = rows.join(table, on="code", how="left", maintain_order="left")

    def column(name: str) -> np.ndarray:
        return rows[name].cast(pl.Float64).to_numpy()

    fitted = parameters()
    ages = [column(f"pop_{band}") for band in ("0_15", "16_24", "25_54", "55_64", "65p")]
    elders = np.minimum(column("mg_liberaux_am_60plus"), column("mg_liberaux_am_2024"))
    supply = (column("mg_liberaux_am_2024") - elders) * fitted["activity"]
    supply += elders * fitted["activity_60plus"] + column("centres_sante") * fitted["activity_centre"]
    return Communes(
        column("lon"),
        column("lat"),
        accessibility.standardise(np.array(ages), fitted["use_by_age"]),
        supply,
        column("t_apl_mg"),
        column("t_pop_std_mg"),
    )


@cache
def parameters() -> dict:
    with (ROOT / "src/maillage/territory/sourced/apl.toml").open("rb") as file:
        rules = {rule["key"]: rule["value"] for rule in tomllib.load(file)["rule"]}
    return rules["territory.apl.calibrated"]


def crow_fly() -> Pairs:
    return crow_fly_pairs(communes().lon, communes().lat, HORIZON, CrowFlyModel())


def by_roads(graph: RoadGraph) -> Pairs:
    """The pairs by roads; where the pack puts a commune is its middle, often a mountain: access is free."""
    return RoadTimes(graph, access_kmh=np.inf).pairs(communes().lon, communes().lat, HORIZON)


def agreement(pairs: Pairs, *, weighted: bool = True) -> float:
    """Rank agreement of the APL with the published one, on the 360 communes."""
    place = communes()
    decay = Decay(tuple(parameters()["bounds"]), tuple(parameters()["weights"]), "linear")
    ours = accessibility.compute(
        accessibility.prepare(pairs, decay, place.supply > 0), place.demand, place.supply
    ).apl
    return accessibility.spearman(ours, place.published, place.by if weighted else np.ones(ours.size))


def share_kept(estimated: Pairs, measured: Pairs) -> float:
    """Of the pairs of two communes within the horizon by the estimate, the share that roads put there."""
    ours, theirs = (
        set(zip(pairs.origin.tolist(), pairs.destination.tolist(), strict=True))
        for pairs in (measured, estimated)
    )
    apart = {(i, j) for i, j in theirs if i != j}
    return len(apart & ours) / len(apart)


def test_the_whole_island_is_read_and_nearly_all_of_it_is_one_network():
    for graph in network():
        assert (graph.n, len(graph)) == (31_340, 64_648)  # 65,009 links, less those side by side
        assert main_network(graph).mean() > 0.999


def test_minutes_between_all_communes_equal_scipy_to_the_last_bit():
    graph = network().by_profile
    nodes = RoadTimes(graph).snap(communes().lon, communes().lat).node[::6]
    links = csr_array((graph.minutes, graph.head, graph.starts), shape=(graph.n, graph.n))
    for limit in (HORIZON, np.inf):
        found = minutes_between(graph, nodes, nodes, limit)
        table = np.full((nodes.size, nodes.size), np.inf)
        table[found.origin, found.destination] = found.minutes
        np.testing.assert_array_equal(table, dijkstra(links, indices=nodes, limit=limit)[:, nodes])
    assert np.isfinite(table).all()


def test_few_of_the_pairs_within_20_minutes_as_the_crow_flies_are_by_road():
    estimated = crow_fly()
    assert share_kept(estimated, by_roads(network().as_given)) == pytest.approx(0.08, abs=0.005)
    assert share_kept(estimated, by_roads(network().by_profile)) == pytest.approx(0.16, abs=0.005)


def test_the_middle_of_a_commune_may_be_kilometres_from_any_road():
    snapped = RoadTimes(network().by_profile).snap(communes().lon, communes().lat)
    assert (snapped.node >= 0).all()
    assert np.median(snapped.km) == pytest.approx(0.41, abs=0.01)
    assert snapped.km.max() == pytest.approx(3.76, abs=0.02)


@pytest.mark.parametrize("weighted", [True, False])
def test_roads_bring_the_apl_nearer_to_the_published_one(weighted):
    crow, given, ours = (
        agreement(pairs, weighted=weighted)
        for pairs in (crow_fly(), by_roads(network().as_given), by_roads(network().by_profile))
    )
    assert crow < given < ours
    expected = (0.556, 0.646, 0.728) if weighted else (0.569, 0.598, 0.644)
    assert (crow, given, ours) == pytest.approx(expected, abs=0.004)
