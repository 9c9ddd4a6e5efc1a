"""Writes the fictional pack: the tables, the outlines and the manifest of a real one."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.kernel.later import polars as pl
from maillage.territory.packs.fictional import care, land, names, people
from maillage.territory.rules.kinds import FICTIONAL, FICTIONAL_EPCIS

EPCI_NAMES = (
    "CC Val de Brume",
    "CC Corvenne et Aulnaies",
    "CC du Haut-Aubrelieu",
    "CC Portes de l’Est",
    "CC du Plateau nord",
)
_EPCI_CODES = (*FICTIONAL_EPCIS, "000000004", "000000005")
_PUBLISHER = "Données fictives, engendrées par Maillage"
_TITLES = {
    "communes": "Communes fictives",
    "supply_commune": "Offre fictive par commune",
    "fragilites_commune": "Vulnérabilités fictives",
    "social_commune": "Revenus, naissances et décès fictifs",
    "structures": "Structures fictives",
    "demographie_departement": "Professionnels fictifs par département",
}


def write(folder: Path, seed: int) -> Path:
    """Write the pack of `seed` in `folder`, as `fictional.write_pack` says."""
    rng = np.random.default_rng(seed)
    ground = land.make_land(rng)
    towns = people.towns_of(ground)
    titles = names.make_names(towns, ground.on_river, rng)
    population = people.make_populations(ground, towns, rng)
    ages = people.make_ages(ground, towns, population, rng)
    communes = _communes(ground, titles, population, ages, rng)
    codes = communes["code"].to_list()
    supply = care.make_supply(codes, population, towns, rng)
    tables = {
        "communes": communes,
        "supply_commune": supply,
        "fragilites_commune": people.make_fragility(codes, ages, people.distance_to(ground, towns), rng),
        "social_commune": people.make_social(codes, ages, towns, rng),
        "structures": care.make_structures(codes, titles, ground.degrees(), supply, towns, rng),
        "demographie_departement": care.make_workforce(supply, int(population.sum())),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for stem, table in tables.items():
        table.write_parquet(folder / f"{stem}.parquet")
    (folder / "communes_france.topojson").write_text(_topojson(ground, codes, titles), encoding="utf-8")
    (folder / "manifest.json").write_text(_manifest(tables), encoding="utf-8")
    return folder


def _communes(
    ground: land.Land,
    titles: list[str],
    population: NDArray[np.int64],
    ages: NDArray[np.float64],
    rng: np.random.Generator,
) -> pl.DataFrame:
    count = len(titles)
    growth = rng.normal(0.002, 0.006, count)
    places = ground.degrees()
    codes = [f"00{number:03d}" for number in range(1, count + 1)]
    living_areas = [codes[int(np.flatnonzero(ground.epci == epci)[0])] for epci in ground.epci]
    earlier = {
        f"pop_{year}": np.maximum(population * (1 + growth) ** (year - 2023), 1).astype(np.int32)
        for year in (2012, 2017, 2022)
    }
    return pl.DataFrame(
        {
            "code": codes,
            "nom": titles,
            "departement": ["00"] * count,
            "nom_departement": ["Pays de Brume (fictif)"] * count,
            "region": ["00"] * count,
            "nom_region": ["Région fictive"] * count,
            "epci": [_EPCI_CODES[epci] for epci in ground.epci],
            "nom_epci": [EPCI_NAMES[epci] for epci in ground.epci],
            "bv2022": living_areas,
            "nom_bv2022": [f"Bassin de {EPCI_NAMES[epci].removeprefix('CC ')}" for epci in ground.epci],
            "zone": [FICTIONAL] * count,
            "codes_postaux": [f"00{100 + 100 * epci:03d}" for epci in ground.epci],
            "lon": places[:, 0],
            "lat": places[:, 1],
            "surface_km2": np.round(ground.areas, 2),
            "surface_source": [FICTIONAL] * count,
            "pop_municipale": population.astype(np.int32),
            **earlier,
            **{f"pop_{age}": ages[:, i] for i, age in enumerate(people.AGES)},
            "part_regime_general": np.round(rng.uniform(0.86, 0.97, count), 3),
        }
    )


def _topojson(ground: land.Land, codes: list[str], titles: list[str]) -> str:
    """Return the outlines as a quantised TopoJSON: first point absolute, the others as differences."""
    arcs = [[arc[0], *([q[0] - p[0], q[1] - p[1]] for p, q in pairwise(arc))] for arc in ground.arcs]
    geometries = [
        {"type": "Polygon", "arcs": [ring], "properties": {"code": code, "nom": title}}
        for ring, code, title in zip(ground.rings, codes, titles, strict=True)
    ]
    topology = {
        "type": "Topology",
        "transform": {"scale": [land.QUANTUM, land.QUANTUM], "translate": [0, 0]},
        "arcs": arcs,
        "objects": {"communes": {"type": "GeometryCollection", "geometries": geometries}},
    }
    return json.dumps(topology, ensure_ascii=False, separators=(",", ":"))


def _manifest(tables: dict[str, pl.DataFrame]) -> str:
    shared = {"publisher": _PUBLISHER, "vintage": "fictif", "licence": "Apache-2.0"}
    files: list[dict[str, Any]] = [
        {
            "file": f"{stem}.parquet",
            "title": _TITLES[stem],
            **shared,
            "rows": table.height,
            "columns": {
                name: "str" if dtype == pl.String else str(dtype) for name, dtype in table.schema.items()
            },
        }
        for stem, table in tables.items()
    ]
    files.append({"file": "communes_france.topojson", "title": "Contours fictifs", **shared})
    manifest = {
        "name": "fictif",
        "title": "Pays de Brume, territoire fictif",
        "geography": FICTIONAL,
        "created": "2026-03-14",
        "files": files,
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1)
