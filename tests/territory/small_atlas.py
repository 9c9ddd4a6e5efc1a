"""A hand-made atlas of a few communes, small enough to compute every figure on paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np


@dataclass(frozen=True)
class SmallAtlas:
    """Six communes in two départements and two EPCI; columns are given by the test."""

    fingerprint: str
    columns: dict[str, list[float]]
    codes: np.ndarray = field(
        default_factory=lambda: np.array(["01001", "01002", "01003", "02001", "02002", "02003"])
    )
    estimates: frozenset[str] = frozenset()

    @property
    def names(self) -> np.ndarray:
        return np.array(["Aigre", "Bois", "Combe", "Dune", "Étang", "Forêt"])

    @property
    def departements(self) -> np.ndarray:
        return np.array(["01", "01", "01", "02", "02", "02"])

    @property
    def departement_names(self) -> np.ndarray:
        return np.array(["Amont"] * 3 + ["Aval"] * 3)

    @property
    def regions(self) -> np.ndarray:
        return np.array(["11"] * 6)

    @property
    def region_names(self) -> np.ndarray:
        return np.array(["Rives"] * 6)

    @property
    def epcis(self) -> np.ndarray:
        return np.array(["E1", "E1", "E1", "E1", "E2", "E2"])

    @property
    def epci_names(self) -> np.ndarray:
        return np.array(["CC Une"] * 4 + ["CC Deux"] * 2)

    @property
    def living_areas(self) -> np.ndarray:
        return np.array(["B1", "B1", "B1", "B2", "B2", "B2"])

    @property
    def living_area_names(self) -> np.ndarray:
        return np.array(["Bassin Un"] * 3 + ["Bassin Deux"] * 3)

    @property
    def lon(self) -> np.ndarray:
        return np.array([4.0, 4.1, 4.2, 4.3, 4.4, 4.5])

    @property
    def lat(self) -> np.ndarray:
        return np.full(6, 46.0)

    def column(self, key: str) -> np.ndarray:
        return np.array(self.columns[key], dtype=float)

    def variable(self, key: str) -> SimpleNamespace:
        if key not in self.columns:
            raise KeyError(key)
        return SimpleNamespace(
            key=key, label=key, unit="", source=key.partition(".")[0], vintage="2024", licence="",
            completeness=1.0,
            estimate=key in self.estimates,
        )  # fmt: skip

    def position(self, code: str) -> int:
        return int(np.flatnonzero(self.codes == code)[0])

    def __len__(self) -> int:
        return len(self.codes)


NAN = float("nan")


def small_atlas(**changes: list[float]) -> SmallAtlas:
    """Return the atlas with some columns changed (`pop_2012=[…]`), whatever their table."""
    columns = {
        "communes.pop_municipale": [1000, 500, 100, 400, 2000, 50],
        "communes.surface_km2": [10, 10, 10, 20, 40, 10],
        "communes.pop_2012": [900, 500, NAN, 500, 2000, 50],
        "communes.pop_2017": [950, 500, 110, 450, 2000, 50],
        "communes.pop_2022": [990, 500, 105, 410, 2000, 50],
        "communes.pop_0_15": [200, 100, 10, 80, 400, 10],
        "communes.pop_16_24": [100, 50, 10, 20, 200, 5],
        "communes.pop_25_54": [400, 150, 30, 100, 800, 15],
        "communes.pop_55_64": [100, 100, 20, 100, 200, 10],
        "communes.pop_65p": [200, 100, 30, 100, 400, 10],
        "social_commune.naissances_2023": [10, 4, 1, 2, 20, 0],
        "social_commune.deces_2023": [8, 8, 2, 6, 18, 1],
        "social_commune.niveau_vie_median_2021": [22000, 20000, NAN, 18000, 24000, NAN],
        "social_commune.taux_pauvrete60_2021": [NAN, NAN, NAN, NAN, 15, NAN],
        "social_commune.personnes_menages_fiscaux_2021": [980, 490, 0, 390, 1900, 0],
        "fragilites_commune.rg_pop": [800, 400, 80, 300, 1800, NAN],
        "fragilites_commune.rg_0_15": [160, 80, 0, 60, 360, NAN],
        "fragilites_commune.rg_25_54": [320, 120, 30, 80, 700, NAN],
        "fragilites_commune.rg_55_64": [80, 80, 15, 80, 180, NAN],
        "fragilites_commune.rg_65p": [160, 80, 25, 80, 360, NAN],
        "fragilites_commune.ald_total": [160, 60, 0, 60, 300, NAN],
        "fragilites_commune.sans_mt_16p": [64, 40, 9, 0, 180, NAN],
        "fragilites_commune.cssnp_pop": [40, 20, 0, 30, 200, NAN],
        "fragilites_commune.cssp_pop": [20, 0, 0, 12, 60, NAN],
        "fragilites_commune.sans_consult_mg_24m_16p": [70, 30, 0, 30, 150, NAN],
        "fragilites_commune.sans_vaccin_grippe_65p": [60, 30, 0, 40, 150, NAN],
        "fragilites_commune.sans_depistage_colorectal_50_74": [150, 70, 20, 80, 300, NAN],
        "supply_commune.mg_liberaux_am_2024": [2, 1, 0, 0, 3, 0],
        "supply_commune.mg_liberaux_am_60plus": [1, 1, 0, 0, 0, 0],
        "supply_commune.infirmiers_bpe": [3, 1, 0, 0, 5, 0],
        "supply_commune.kines_bpe": [1, 0, 0, 0, 4, 0],
        "supply_commune.dentistes_bpe": [1, 0, 0, 0, 2, 0],
        "supply_commune.sages_femmes_bpe": [0, 0, 0, 0, 1, 0],
        "supply_commune.podologues_bpe": [0, 0, 0, 0, 1, 0],
        "supply_commune.pharmacies": [1, 0, 0, 0, 1, 0],
        "supply_commune.laboratoires": [0, 0, 0, 0, 1, 0],
        "supply_commune.msp": [1, 0, 0, 0, 0, 0],
        "supply_commune.urgences": [0, 0, 0, 0, 1, 0],
    }  # fmt: skip
    for name, values in changes.items():
        key = next(key for key in columns if key.endswith(f".{name}"))
        columns[key] = values
    estimates = frozenset(
        key for key in columns if key.startswith("communes.pop_") and not key[13:].startswith(("m", "2"))
    )
    return SmallAtlas(repr(sorted(changes.items())), columns, estimates=estimates)
