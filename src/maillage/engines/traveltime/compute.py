"""Travel times by the crow-fly model or from an imported matrix, in compressed rows ready for engines."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from maillage.engines.traveltime.columns import as_positions, canonical, refuse, repeats
from maillage.engines.traveltime.geometry import chord_between, kd_tree, km_of_chord, unit_vectors
from maillage.engines.traveltime.model import (
    EARTH_RADIUS_KM,
    CrowFlyFit,
    CrowFlyModel,
    FloatArray,
    Nearest,
    Pairs,
)

PROVIDER_CROW_FLY = "crow-fly"


def crow_fly_pairs(lon: ArrayLike, lat: ArrayLike, max_minutes: float, model: CrowFlyModel) -> Pairs:
    """All pairs of communes within `max_minutes` by the crow-fly model.

    `lon`, `lat`: WGS84 degrees, shape (n,). Raises ValueError on missing or impossible coordinates.
    """
    points = unit_vectors(lon, lat)
    n = len(points)
    reach = min(model.reach_km(max_minutes) / (2.0 * EARTH_RADIUS_KM), np.pi / 2)
    half = kd_tree(points).query_pairs(2.0 * np.sin(reach), output_type="ndarray")
    first, second = half[:, 0].astype(np.int32), half[:, 1].astype(np.int32)
    minutes = model.minutes(km_of_chord(chord_between(points, first, second))).astype(np.float32)
    own = np.arange(n, dtype=np.int32)
    return canonical(
        np.concatenate((first, second, own)),
        np.concatenate((second, first, own)),
        np.concatenate((minutes, minutes, np.full(n, model.intra_minutes, dtype=np.float32))),
        n=n,
        max_minutes=max_minutes,
        provider=PROVIDER_CROW_FLY,
        vintage=model.vintage,
        estimate=True,
    )


def crow_fly_from(lon: ArrayLike, lat: ArrayLike, origin: int, model: CrowFlyModel) -> FloatArray:
    """Minutes from the point at `origin` to every point by the crow-fly model, shape (n,).

    `lon`, `lat`: WGS84 degrees, shape (n,). To its own position it is `model.intra_minutes`; another point
    at the same place is at 0 minutes. Raises ValueError on missing or impossible coordinates.
    """
    points = unit_vectors(lon, lat)
    minutes = model.minutes(km_of_chord(np.linalg.norm(points - points[origin], axis=1)))
    minutes[origin] = model.intra_minutes
    return minutes


def pairs_from_table(
    origin: ArrayLike,
    destination: ArrayLike,
    minutes: ArrayLike,
    n: int,
    *,
    max_minutes: float,
    provider: str,
    vintage: str,
    estimate: bool = False,
    intra_minutes: float = 0.0,
) -> Pairs:
    """Pairs from an imported matrix: one row per ordered pair, in any order, asymmetric allowed.

    `origin`, `destination`: positions 0 … n−1; `minutes` ≥ 0; all of shape (m,). Rows beyond `max_minutes`
    are left out. A commune that has no row to itself gets `intra_minutes` (0 by INSEE's convention).
    Raises ValueError naming the first row (0-based) that is outside 0 … n−1, negative, missing or repeated.
    """
    rows, columns = as_positions(origin, n, "origin"), as_positions(destination, n, "destination")
    times = np.asarray(minutes, dtype=np.float32)
    if not rows.shape == columns.shape == times.shape:
        raise ValueError("origin, destination and minutes must have the same length")
    refuse(~(np.isfinite(times) & (times >= 0)), "minutes missing or negative")
    refuse(repeats(rows.astype(np.int64) * n + columns), "pair given twice")
    missing = np.setdiff1d(np.arange(n, dtype=np.int32), rows[rows == columns])
    near = times <= max_minutes
    return canonical(
        np.concatenate((rows[near], missing)),
        np.concatenate((columns[near], missing)),
        np.concatenate((times[near], np.full(missing.size, intra_minutes, dtype=np.float32))),
        n=n,
        max_minutes=max_minutes,
        provider=provider,
        vintage=vintage,
        estimate=estimate,
    )


def nearest(lon: ArrayLike, lat: ArrayLike, sites: ArrayLike, model: CrowFlyModel) -> Nearest:
    """For each commune, the nearest of `sites` (positions of communes) by the crow-fly model.

    A commune that holds a site counts `model.intra_minutes` to it, unless another site is nearer in time.
    """
    points = unit_vectors(lon, lat)
    n = len(points)
    positions = np.unique(as_positions(sites, n, "site"))
    if positions.size == 0:
        return Nearest(np.full(n, np.inf), np.full(n, -1, dtype=np.int32))
    # Two neighbours are enough: the commune's own site, whose time is not a distance, and the best other.
    neighbours = min(2, positions.size)
    chord, index = kd_tree(points[positions]).query(points, k=neighbours)
    chord, index = chord.reshape(n, neighbours), index.reshape(n, neighbours)
    found = positions[index]
    own = found == np.arange(n)[:, None]
    minutes = np.where(own, model.intra_minutes, model.minutes(km_of_chord(chord)))
    best = np.argmin(minutes, axis=1)
    every = np.arange(n)
    return Nearest(minutes[every, best], found[every, best].astype(np.int32))


def nearest_in_pairs(pairs: Pairs, sites: ArrayLike) -> Nearest:
    """For each commune, the nearest of `sites` in measured pairs; infinity and −1 beyond `max_minutes`.

    Among sites at the same time, the lowest position is taken.
    """
    is_site = np.zeros(pairs.n, dtype=bool)
    is_site[as_positions(sites, pairs.n, "site")] = True
    kept = is_site[pairs.destination]
    origin, destination, minutes = pairs.origin[kept], pairs.destination[kept], pairs.minutes[kept]
    # Stable sort: pairs arrive by destination inside an origin, which settles ties.
    order = np.lexsort((minutes, origin))
    first_origin, first = np.unique(origin[order], return_index=True)
    best_minutes, best_position = np.full(pairs.n, np.inf), np.full(pairs.n, -1, dtype=np.int32)
    best_minutes[first_origin] = minutes[order][first]
    best_position[first_origin] = destination[order][first]
    return Nearest(best_minutes, best_position)


def fit_crow_fly(
    km: ArrayLike, minutes: ArrayLike, *, vintage: str, intra_minutes: float = 0.0
) -> CrowFlyFit:
    """Fit minutes = a · km^b on routed pairs, by least absolute deviation of the logarithms.

    Absolute deviations (iteratively reweighted least squares) keep a few impossible routes from steering
    the fit. `km` and `minutes`: shape (m,); pairs at 0 are left out. Raises ValueError under 3 usable pairs.
    """
    distance, routed = np.asarray(km, dtype=np.float64), np.asarray(minutes, dtype=np.float64)
    usable = (distance > 0) & (routed > 0)
    distance, routed = distance[usable], routed[usable]
    if distance.size < 3:
        raise ValueError("at least 3 pairs with a distance and a time are needed to fit a model")
    design = np.column_stack((np.ones(distance.size), np.log(distance)))
    target = np.log(routed)
    weights = np.ones(distance.size)
    for _ in range(50):
        scale = np.sqrt(weights)
        parameters = np.linalg.lstsq(design * scale[:, None], target * scale, rcond=None)[0]
        weights = 1.0 / np.maximum(np.abs(target - design @ parameters), 1e-6)
    model = CrowFlyModel(float(np.exp(parameters[0])), float(parameters[1]), intra_minutes, vintage)
    error = np.abs(model.minutes(distance) - routed)
    return CrowFlyFit(model, float(error.mean()), float(np.median(error / routed)), int(distance.size))
