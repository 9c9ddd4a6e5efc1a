"""Where the benches run: the national data pack where there is one, else a made-up France."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

SEED = 20260101


@dataclass(frozen=True, slots=True, eq=False)
class Geography:
    """Points, people and GPs by commune, each of shape (n,), and where they come from."""

    name: str
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    people: NDArray[np.float64]
    gps: NDArray[np.float64]


def pack_folder() -> Path | None:
    """The folder of the national data pack, None where there is none."""
    shared = Path(__file__).resolve().parents[2] / "shared" / "data" / "starter"
    named = os.environ.get("MAILLAGE_DATA")
    for folder in (Path(named) if named else None, shared):
        if folder is not None and (folder / "communes.parquet").exists():
            return folder
    return None


def geography() -> Geography:
    """The national pack where there is one, else 35,000 communes around made-up towns, fixed seed."""
    folder = pack_folder()
    return _synthetic() if folder is None else _national(folder)


def _national(folder: Path) -> Geography:
    communes = pl.read_parquet(folder / "communes.parquet").join(
        pl.read_parquet(folder / "supply_commune.parquet"), on="code", how="left", maintain_order="left"
    )
    columns = ("lon", "lat", "pop_municipale", "mg_liberaux_am_2024")
    return Geography("national pack", *(communes[c].cast(pl.Float64).to_numpy() for c in columns))


def _synthetic(n: int = 35_000, towns: int = 600) -> Geography:
    rng = np.random.default_rng(SEED)
    lon, lat = rng.uniform(-4.0, 7.5, n), rng.uniform(43.0, 50.5, n)
    centres = rng.uniform((-4.0, 43.0), (7.5, 50.5), (towns, 2))
    drawn = rng.integers(0, towns, n // 3)
    lon[: n // 3] = centres[drawn, 0] + rng.normal(0, 0.15, n // 3)
    lat[: n // 3] = centres[drawn, 1] + rng.normal(0, 0.1, n // 3)
    people = np.round(np.exp(rng.normal(6.2, 1.3, n)))
    gps = rng.poisson(people * 8e-4 * (rng.random(n) < 0.45) * 1.6).astype(float)
    return Geography("synthetic", lon, lat, people, gps)
