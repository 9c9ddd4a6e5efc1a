"""Travel times between all communes of the pack: computed once, memory-mapped, shared by every page.

A measured table (imported, or of roads) replaces the crow-fly estimate between the communes it covers;
elsewhere the estimate stands, and says so.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.engines import traveltime
from maillage.engines.traveltime import CrowFlyModel, Nearest, Pairs
from maillage.territory.atlas import Atlas
from maillage.territory.computations import array_cache
from maillage.territory.computations.travel_layers import Layer, layers, times_of

FAMILY = "pairs"
MATRIX = "matrix"
PARTS = ("origin", "destination", "minutes")
COLUMNS = (*PARTS, *(f"measured_{part}" for part in PARTS), "layers", "reached")
KEPT = 2
"""Versions held open: the one in use, and one to compare it with."""
_lock = threading.Lock()
_loaded: dict[str, NationalPairs] = {}


@dataclass(frozen=True, slots=True, eq=False)
class NationalPairs:
    """Travel times of the whole pack.

    `pairs` holds measured times where a table covers both ends and crow-fly ones elsewhere; `measured` holds
    the tables alone, as far as they go. `sources` are the tables; bit k of `layers` and of `reached`, both of
    shape (n,), says whether table k gives some time from a commune to another, and to it from another. `key`
    names the version in the cache.
    """

    key: str
    pairs: Pairs
    measured: Pairs
    model: CrowFlyModel
    sources: tuple[Layer, ...]
    layers: NDArray[np.int64]
    reached: NDArray[np.int64]

    def sources_of(self, positions: NDArray[np.intp]) -> tuple[Layer, ...]:
        """Return the tables that give some time from the communes at `positions`."""
        seen = int(np.bitwise_or.reduce(self.layers[positions], initial=0))
        return tuple(one for k, one in enumerate(self.sources) if seen >> k & 1)

    def is_estimate(self, positions: NDArray[np.intp]) -> bool:
        """Return whether some travel time from the communes at `positions` is a crow-fly estimate."""
        return not bool(_mask(self.measured.n, self.measured.origin)[positions].all())

    def nearest(self, atlas: Atlas, sites: NDArray[np.intp]) -> Nearest:
        """Minutes from each commune to the nearest of `sites`, and its position; infinity and −1 if none.

        From a commune that a table covers, measured times to the sites it covers compete with estimates to
        the others; where neither finds one, a site is farther than the table reaches. From any other commune
        the estimate to all sites holds.
        """
        estimated = traveltime.nearest(atlas.lon, atlas.lat, sites, self.model)
        if not len(self.measured):
            return estimated
        minutes, position = estimated.minutes.copy(), estimated.position.copy()
        measured = traveltime.nearest_in_pairs(self.measured, sites)
        for tables in np.unique(self.layers[self.layers != 0]):
            here = self.layers == tables
            apart = sites[self.reached[sites] & tables == 0]
            best = _better(measured, traveltime.nearest(atlas.lon, atlas.lat, apart, self.model))
            found = here & np.isfinite(best.minutes)
            beyond = here & ~found & np.isfinite(minutes)
            minutes[beyond] = np.maximum(minutes[beyond], self.measured.max_minutes)
            minutes[found], position[found] = best.minutes[found], best.position[found]
        return Nearest(minutes, position)


def _better(first: Nearest, second: Nearest) -> Nearest:
    wins = first.minutes <= second.minutes
    return Nearest(
        np.where(wins, first.minutes, second.minutes), np.where(wins, first.position, second.position)
    )


def national_pairs(
    atlas: Atlas, max_minutes: float, model: CrowFlyModel, used: tuple[Layer, ...] | None = None
) -> NationalPairs:
    """Return the travel times up to `max_minutes` between the communes of `atlas`, computed where absent.

    `used` are the tables to believe, all where None; without any, all times are estimates.
    """
    believed = layers() if used is None else used
    key = _key(atlas.fingerprint, max_minutes, model, believed)
    with _lock:
        if key not in _loaded:
            while len(_loaded) >= KEPT:
                del _loaded[next(iter(_loaded))]
            _loaded[key] = _load(atlas, key, max_minutes, model, believed)
        return _loaded[key]


def is_ready(atlas: Atlas, max_minutes: float, model: CrowFlyModel) -> bool:
    """Return whether `national_pairs` would read the travel times instead of computing them."""
    return array_cache.is_stored(FAMILY, _key(atlas.fingerprint, max_minutes, model, layers()))


def _key(fingerprint: str, max_minutes: float, model: CrowFlyModel, used: tuple[Layer, ...]) -> str:
    tables = [one.fingerprint for one in used]
    parts = [fingerprint, max_minutes, asdict(model), tables, traveltime.VERSION]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _load(
    atlas: Atlas, key: str, max_minutes: float, model: CrowFlyModel, used: tuple[Layer, ...]
) -> NationalPairs:
    arrays = array_cache.stored(FAMILY, key, COLUMNS, lambda: _build(atlas, max_minutes, model, used))
    return NationalPairs(
        key,
        _as_pairs(arrays, "", len(atlas), max_minutes, model.vintage),
        _as_pairs(
            arrays, "measured_", len(atlas), float(np.max(arrays["measured_minutes"], initial=0.0)), ""
        ),
        model,
        used,
        np.asarray(arrays["layers"]),
        np.asarray(arrays["reached"]),
    )


def _as_pairs(
    arrays: Mapping[str, NDArray[Any]], prefix: str, n: int, max_minutes: float, vintage: str
) -> Pairs:
    origin, destination, minutes = (np.asarray(arrays[f"{prefix}{name}"]) for name in PARTS)
    return Pairs(
        origin=origin,
        destination=destination,
        minutes=minutes,
        n=n,
        max_minutes=max_minutes,
        provider=MATRIX if prefix else traveltime.PROVIDER_CROW_FLY,
        vintage=vintage,
        estimate=not prefix,
    )


def _build(
    atlas: Atlas, max_minutes: float, model: CrowFlyModel, used: tuple[Layer, ...]
) -> dict[str, NDArray[Any]]:
    pairs = traveltime.crow_fly_pairs(atlas.lon, atlas.lat, max_minutes, model)
    measured, seen, reached = _measured_pairs(atlas, used)
    if measured[0].size:
        pairs = _overlaid(pairs, *measured)
    built = (pairs.origin, pairs.destination, pairs.minutes, *measured, seen, reached)
    return dict(zip(COLUMNS, built, strict=True))


def _overlaid(
    crow: Pairs, origin: NDArray[np.int32], destination: NDArray[np.int32], minutes: NDArray[np.float32]
) -> Pairs:
    """Between covered communes the tables alone decide: a pair they leave out is farther than they reach."""
    kept = ~_covers(crow.n, origin, destination, crow.origin, crow.destination)
    return traveltime.pairs_from_table(
        np.concatenate((crow.origin[kept], origin)),
        np.concatenate((crow.destination[kept], destination)),
        np.concatenate((crow.minutes[kept], minutes)),
        crow.n,
        max_minutes=crow.max_minutes,
        provider=crow.provider,
        vintage=crow.vintage,
        estimate=True,
    )


def _mask(n: int, positions: NDArray[Any]) -> NDArray[np.bool_]:
    mask = np.zeros(n, dtype=bool)
    mask[positions] = True
    return mask


def _covers(
    n: int, origin: NDArray[Any], destination: NDArray[Any], one: NDArray[Any], other: NDArray[Any]
) -> NDArray[np.bool_]:
    """Which of the pairs one → other a table covers both ends of."""
    return np.asarray(_mask(n, origin)[one] & _mask(n, destination)[other])


Columns = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]


def _measured_pairs(
    atlas: Atlas, used: tuple[Layer, ...]
) -> tuple[Columns, NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of all tables as positions, by origin; which tables speak from and to each commune.

    Pairs of communes that left the pack are dropped.
    """
    n = len(atlas)
    origin, destination, minutes = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32)
    layer = np.empty(0, np.int64)
    for rank in reversed(range(len(used))):
        one, other, times = _positioned(atlas, used[rank])
        kept = ~_covers(n, one, other, origin, destination)
        origin, destination = np.append(origin[kept], one), np.append(destination[kept], other)
        minutes = np.append(minutes[kept], times)
        layer = np.append(layer[kept], np.full(one.size, rank))
    order = np.lexsort((destination, origin))
    seen, reached = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    apart = origin != destination
    np.bitwise_or.at(seen, origin[apart], np.int64(1) << layer[apart])
    np.bitwise_or.at(reached, destination[apart], np.int64(1) << layer[apart])
    return (origin[order], destination[order], minutes[order]), seen, reached


def _positioned(atlas: Atlas, layer: Layer) -> Columns:
    times = times_of(layer)
    one, other = _positions(atlas, times.origin), _positions(atlas, times.destination)
    known = (one >= 0) & (other >= 0)
    return one[known], other[known], times.minutes[known]


def _positions(atlas: Atlas, codes: NDArray[np.str_]) -> NDArray[np.int32]:
    """Position of each code in the atlas, −1 where it is not there; the atlas is sorted by code."""
    places = np.minimum(np.searchsorted(atlas.codes, codes), len(atlas) - 1)
    return np.where(atlas.codes[places] == codes, places, -1).astype(np.int32)
