"""National pairs by the crow-fly model beside a haversine ball tree and the literal reference, in one run.

`python -m bench.traveltime` writes build/bench/traveltime.json.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from bench.data import Geography, geography
from bench.harness import Row, best_of, row, write
from maillage.engines import traveltime
from maillage.engines.traveltime import CrowFlyModel, Pairs
from maillage.engines.traveltime.model import EARTH_RADIUS_KM
from maillage.engines.traveltime.reference import great_circle_km

MODEL = CrowFlyModel()
SAMPLE = 40


def to_rows(pairs: Pairs) -> csr_array:
    """The pairs as compressed rows of minutes."""
    return csr_array((pairs.minutes, pairs.destination, pairs.row_starts()), shape=(pairs.n, pairs.n))


def sparse_distances(place: Geography, max_minutes: float) -> csr_array:
    """The usual SciPy way: distance matrix of a planar k-d tree, then minutes, then CSR."""
    north = place.lat * 111.195
    east = place.lon * 111.195 * np.cos(np.radians(place.lat.mean()))
    tree = cKDTree(np.column_stack((east, north)))
    found = tree.sparse_distance_matrix(tree, MODEL.reach_km(max_minutes), output_type="coo_matrix")
    found.data = MODEL.minutes(found.data)
    return found.tocsr()


def literal_ms(place: Geography) -> float:
    """The reference's time for all pairs, extrapolated from a sample of origins."""
    lon, lat = place.lon.tolist(), place.lat.tolist()

    def some_origins() -> int:
        near = 0
        for i in range(0, len(lon), math.ceil(len(lon) / SAMPLE)):
            for j in range(len(lon)):
                km = great_circle_km(lon[i], lat[i], lon[j], lat[j])
                near += MODEL.coefficient * km**MODEL.exponent <= 30.0
        return near

    _, elapsed = best_of(1, some_origins)
    return elapsed * len(lon) / SAMPLE


def brute_force(place: Geography, origins: np.ndarray, sites: np.ndarray) -> np.ndarray:
    """Minutes to the nearest site by trying them all, with NumPy's haversine."""
    east, north = np.radians(place.lon), np.radians(place.lat)
    cosines = np.cos(north[origins])[:, None] * np.cos(north[sites])[None, :]
    h = np.sin((north[sites][None, :] - north[origins][:, None]) / 2) ** 2
    h += cosines * np.sin((east[sites][None, :] - east[origins][:, None]) / 2) ** 2
    return MODEL.minutes(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(h))).min(axis=1)


def run() -> list[Row]:
    """Every row of the bench."""
    place = geography()
    rows = []
    for max_minutes in (20.0, 30.0):
        pairs, ours_ms = best_of(
            5, lambda limit=max_minutes: traveltime.crow_fly_pairs(place.lon, place.lat, limit, MODEL)
        )
        _, rows_ms = best_of(5, lambda kept=pairs: to_rows(kept))
        _, peer_ms = best_of(3, lambda limit=max_minutes: sparse_distances(place, limit))
        note = (
            f"{place.name}: {len(pairs)} pairs to CSR; the peer is planar, wrong far from the mean latitude"
        )
        case = f"national pairs ≤ {max_minutes:g} min to CSR"
        rows.append(row(case, ours_ms + rows_ms, "scipy sparse_distance_matrix", peer_ms, note))
    note = f"extrapolated from {SAMPLE} origins; great-circle, as ours"
    rows.append(
        row("national pairs ≤ 30 min to CSR", rows[-1].ours_ms, "literal Python", literal_ms(place), note)
    )
    sites = np.flatnonzero(place.gps > 0)
    found, ours_ms = best_of(5, lambda: traveltime.nearest(place.lon, place.lat, sites, MODEL))
    tried = np.linspace(0, place.lon.size - 1, 300).astype(int)
    expected, peer_ms = best_of(3, lambda: brute_force(place, tried, sites))
    np.testing.assert_allclose(found.minutes[tried], expected, rtol=1e-5, atol=1e-4)
    note = f"{sites.size} sites; peer extrapolated from {tried.size} communes"
    whole = peer_ms * place.lon.size / tried.size
    rows.append(row("nearest GP of every commune", ours_ms, "NumPy haversine, every site", whole, note))
    return rows


if __name__ == "__main__":
    write("traveltime", run())
