"""Inhabitants, their age, health insurance and income: plausible orders of magnitude, no real person."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.kernel.later import polars as pl
from maillage.territory.packs.fictional.land import Land

TOWN_POPULATIONS = (11_840, 5_210, 4_460, 3_120, 6_350)
AGES = ("0_15", "16_24", "25_54", "55_64", "65p")
YOUNG = np.array([0.19, 0.10, 0.38, 0.13, 0.20])
OLD = np.array([0.14, 0.07, 0.31, 0.16, 0.32])
SMALL = 11
"""Counts below are written 0, as the real producer seems to do."""


def towns_of(land: Land) -> NDArray[np.int64]:
    """Return the communes that are towns: one by EPCI, the nearest to the river, far from edges."""
    middle = land.centres.mean(axis=0)
    distance = np.hypot(*(land.centres - middle).T) + np.where(land.on_river, 0, 25)
    every = [np.flatnonzero(land.epci == epci) for epci in range(int(land.epci.max()) + 1)]
    return np.array([group[np.argmin(_off_centre(land, group) + distance[group] / 50)] for group in every])


def _off_centre(land: Land, group: NDArray[np.int64]) -> NDArray[np.float64]:
    offset: NDArray[np.float64] = np.hypot(*(land.centres[group] - land.centres[group].mean(axis=0)).T)
    return offset


def distance_to(land: Land, places: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the crow-fly distance (km) from each commune to the nearest of `places`."""
    gaps = land.centres[:, None, :] - land.centres[places][None, :, :]
    nearest: NDArray[np.float64] = np.hypot(gaps[..., 0], gaps[..., 1]).min(axis=1)
    return nearest


def make_populations(land: Land, towns: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the inhabitants of each commune: a few towns, villages that thin out away from them."""
    remoteness = distance_to(land, towns)
    villages = rng.lognormal(6.55, 0.55, len(land.centres)) * np.exp(-remoteness / 22)
    population = np.clip(villages, 62, 2_400).astype(np.int64)
    population[towns] = TOWN_POPULATIONS
    return population


def make_ages(
    land: Land, towns: NDArray[np.int64], population: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the estimated inhabitants by age, float64[n, 5], one decimal: older away from towns."""
    ageing = np.clip(distance_to(land, towns) / 16 + rng.normal(0, 0.12, len(population)), 0, 1)[:, None]
    return np.round(population[:, None] * (YOUNG * (1 - ageing) + OLD * ageing), 1)


def make_fragility(
    codes: list[str], ages: NDArray[np.float64], remoteness: NDArray[np.float64], rng: np.random.Generator
) -> pl.DataFrame:
    """Return the table fragilites_commune: counts of insured people, two communes unknown."""
    insured = np.round(ages * rng.uniform(0.86, 0.97, (len(codes), 1)))
    total, adults, old = insured.sum(axis=1), insured[:, 1:].sum(axis=1), insured[:, 4]
    middle_aged = insured[:, 3] + 0.45 * old
    alone = np.clip(0.07 + remoteness / 110, 0, 0.3)
    shares: dict[str, tuple[NDArray[np.float64], Any]] = {
        "cssnp_pop": (total, 0.075),
        "cssp_pop": (total, 0.02),
        "sans_consult_mg_24m_16p": (adults, 0.06 + alone / 3),
        "sans_mt_16p": (adults, alone),
        "sans_mt_16_24": (insured[:, 1], alone * 2),
        "sans_mt_55_64": (insured[:, 3], alone * 0.8),
        "sans_mt_65p": (old, alone * 0.5),
        "sans_dentiste_24m_16p": (adults, 0.33 + alone / 2),
        "sans_soins_24m_16_24": (insured[:, 1], 0.06),
        "sans_gyneco_24m_f20_64": (insured[:, 2] / 2, 0.42),
        "sans_vaccin_grippe_65p": (old, 0.46),
        "sans_depistage_colorectal_50_74": (middle_aged, 0.58),
        "ald_total": (total, 0.19),
        "ald_55p": (insured[:, 3:].sum(axis=1), 0.42),
        "retraites_55p": (insured[:, 3:].sum(axis=1), 0.72),
        "retraites_exo_csg_55p": (old, 0.2),
        "pension_reversion_55p": (old, 0.22),
    }
    columns: dict[str, NDArray[Any]] = {
        "rg_pop": total,
        **{f"rg_{age}": insured[:, i] for i, age in enumerate(AGES)},
    }
    for name, (base, share) in shares.items():
        columns[name] = rng.binomial(
            base.astype(np.int64), np.clip(share * rng.normal(1, 0.1, len(base)), 0, 1)
        )
    table = pl.DataFrame({name: values.astype(np.int32) for name, values in columns.items()})
    hidden = pl.all().replace(list(range(SMALL)), [0] * SMALL)
    unknown = pl.Series(np.isin(np.arange(len(codes)), np.argsort(total)[:2]))
    table = table.select(pl.when(~unknown).then(hidden).name.keep()).cast(pl.Int32)
    return table.insert_column(0, pl.Series("code", codes))


def make_social(
    codes: list[str], ages: NDArray[np.float64], towns: NDArray[np.int64], rng: np.random.Generator
) -> pl.DataFrame:
    """Return the table social_commune: income, poverty known in towns only, births and deaths."""
    total = ages.sum(axis=1)
    count = len(codes)
    poverty = np.where(np.isin(np.arange(count), towns), np.round(rng.normal(15.5, 2.5, count), 1), np.nan)
    income = np.where(total >= 150, np.round(rng.normal(22_400, 1_500, count), -1), np.nan)
    return pl.DataFrame(
        {
            "code": codes,
            "personnes_menages_fiscaux_2021": np.round(total * 0.98).astype(np.float32),
            "niveau_vie_median_2021": income.astype(np.float32),
            "taux_pauvrete60_2021": poverty.astype(np.float32),
            "taux_pauvrete60_75p_2021": np.full(count, np.nan, np.float32),
            "naissances_2023": rng.poisson(ages[:, 2] * 0.022).astype(np.float64),
            "deces_2023": rng.poisson(ages[:, 4] * 0.046 + 0.2).astype(np.float64),
        },
        nan_to_null=True,
    )
