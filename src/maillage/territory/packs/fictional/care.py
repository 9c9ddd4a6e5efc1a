"""Professionals and structures: dense in towns, thin in villages: white zones and overlaps both exist."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.kernel.later import polars as pl

PROFESSIONS = {
    # inhabitants per professional, and the share of them that practise in towns
    "mg_liberaux_am_2024": (1_350, 0.62),
    "infirmiers_bpe": (640, 0.5),
    "kines_bpe": (980, 0.66),
    "dentistes_bpe": (2_000, 0.8),
    "sages_femmes_bpe": (8_500, 0.85),
    "podologues_bpe": (5_200, 0.8),
    "pharmacies": (2_900, 0.6),
    "laboratoires": (14_000, 1.0),
    "ambulances": (7_500, 0.75),
    "heb_personnes_agees": (8_000, 0.6),
    "services_soins_domicile": (16_000, 1.0),
    "services_aide_domicile": (9_000, 0.8),
}
IN_TOWNS = {
    # how many each town has, in the order of the towns
    "urgences": (1, 0, 0, 0, 1),
    "maternites": (1, 0, 0, 0, 0),
    "hop_court_sejour": (1, 0, 0, 0, 1),
    "hop_moyen_sejour": (1, 1, 0, 0, 1),
    "hop_long_sejour": (1, 0, 1, 0, 0),
    "hop_psychiatrie": (1, 0, 0, 0, 0),
    "msp": (1, 1, 1, 0, 1),
    "centres_sante": (1, 0, 0, 1, 0),
}
STRUCTURES = {
    "urgences": ("urgences", "Service d’urgences"),
    "maternites": ("maternite", "Maternité"),
    "msp": ("msp", "Maison de santé pluriprofessionnelle"),
    "centres_sante": ("centre_sante", "Centre de santé"),
    "pharmacies": ("pharmacie", "Pharmacie"),
    "laboratoires": ("laboratoire", "Laboratoire"),
}
SOURCE = "maillage_fictif"


def make_supply(
    codes: list[str], population: NDArray[np.int64], towns: NDArray[np.int64], rng: np.random.Generator
) -> pl.DataFrame:
    """Return the table supply_commune, whole numbers."""
    count = len(codes)
    is_town = np.isin(np.arange(count), towns)
    columns: dict[str, NDArray[Any]] = {}
    for name, (per_head, in_towns) in PROFESSIONS.items():
        total = round(int(population.sum()) / per_head)
        weight = np.where(is_town, in_towns, 1 - in_towns) * population**1.2
        weight = np.where(is_town, weight, np.where(population > 420, weight, 0))
        for group, share in ((is_town, in_towns), (~is_town, 1 - in_towns)):
            weight[group] *= share / max(weight[group].sum(), 1e-9)
        columns[name] = rng.multinomial(total, weight / weight.sum())
    for name, numbers in IN_TOWNS.items():
        columns[name] = np.zeros(count, np.int64)
        columns[name][towns] = numbers
    doctors = columns["mg_liberaux_am_2024"]
    columns["mg_liberaux_am_60plus"] = rng.binomial(doctors, 0.36)
    columns["mg_bpe"] = doctors + rng.binomial(doctors, 0.05)
    columns["places_personnes_agees"] = columns["heb_personnes_agees"] * rng.integers(45, 95, count)
    return pl.DataFrame(
        {"code": codes, **{name: values.astype(np.int32) for name, values in sorted(columns.items())}}
    )


def make_structures(
    codes: list[str],
    names: list[str],
    places: NDArray[np.float64],
    supply: pl.DataFrame,
    towns: NDArray[np.int64],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Return the table structures: hospitals and EHPAD at an address, the rest at the commune's centre."""
    rows: list[dict[str, Any]] = []
    for town in towns[supply["hop_court_sejour"].to_numpy()[towns] > 0]:
        name = f"CENTRE HOSPITALIER DE {names[town].upper()}"
        row = _row(f"fictif:hopital:{codes[town]}", "hopital", "Centre Hospitalier (C.H.)", name, codes[town])
        lon, lat = _near(places[town], rng)
        rows.append(row | {"lon": lon, "lat": lat, "statut": "public", "ville": names[town]})
    homes = supply["heb_personnes_agees"].to_list()
    for position, count in enumerate(homes):
        for number in range(1, count + 1):
            key = f"fictif:ehpad:{codes[position]}:{number}"
            name = f"EHPAD LES AULNES {number} {names[position].upper()}"
            lon, lat = _near(places[position], rng)
            rows.append(
                _row(key, "ehpad", "EHPAD", name, codes[position])
                | {"lon": lon, "lat": lat, "ville": names[position]}
                | {"statut": ("public", "prive_associatif")[number % 2]}
                | {"prix_mensuel_chambre_simple": float(rng.integers(1_700, 2_300))}
                | {"tarif_mensuel_gir12": float(rng.integers(520, 720))}
            )
    for column, (kind, category) in STRUCTURES.items():
        for position, number in enumerate(supply[column].to_list()):
            if number:
                lon, lat = places[position]
                rows.append(
                    _row(f"fictif:{kind}:{codes[position]}", kind, category, names[position], codes[position])
                    | {"lon": float(lon), "lat": float(lat), "precision": "centre de commune"}
                    | {"nombre": number, "ville": names[position]}
                )
    return pl.DataFrame(rows, schema=_SCHEMA)


_TEXTS = ("id", "source", "type", "categorie", "nom", "statut", "adresse", "code_postal", "ville")
_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(_TEXTS, pl.String),
    "lon": pl.Float64,
    "lat": pl.Float64,
    "precision": pl.String,
    "nombre": pl.Int64,
    "prix_mensuel_chambre_simple": pl.Float64,
    "tarif_mensuel_gir12": pl.Float64,
    "code_commune": pl.String,
    "departement": pl.String,
}


def _row(key: str, kind: str, category: str, name: str, code: str) -> dict[str, Any]:
    """Return a structure at an address, one of its kind, the rest to be filled in."""
    row: dict[str, Any] = dict.fromkeys(_SCHEMA)
    row |= {"id": key, "source": SOURCE, "type": kind, "categorie": category, "nom": name}
    return row | {"precision": "adresse", "nombre": 1, "code_commune": code, "departement": "00"}


def _near(place: NDArray[np.float64], rng: np.random.Generator) -> tuple[float, float]:
    lon, lat = np.round(place + rng.uniform(-0.004, 0.004, 2), 5)
    return float(lon), float(lat)


def make_workforce(supply: pl.DataFrame, population: int) -> pl.DataFrame:
    """Return the table demographie_departement of the one fictional département."""
    professions = {
        "Médecins généralistes (hors médecins à expertise particulière - MEP)": "mg_liberaux_am_2024",
        "Infirmiers": "infirmiers_bpe",
        "Masseurs-kinésithérapeutes": "kines_bpe",
        "Sages-femmes": "sages_femmes_bpe",
        "Chirurgiens-dentistes": "dentistes_bpe",
    }
    counts = [int(supply[column].sum()) for column in professions.values()]
    return pl.DataFrame(
        {
            "annee": [2024] * len(counts),
            "departement": ["00"] * len(counts),
            "libelle_departement": ["Pays de Brume"] * len(counts),
            "profession_sante": list(professions),
            "effectif": counts,
            "densite": [round(count * 100_000 / population, 1) for count in counts],
        }
    )
