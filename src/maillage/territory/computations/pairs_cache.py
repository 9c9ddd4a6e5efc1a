"""Travel times between all communes of the pack: computed once, memory-mapped, shared by every page.

An imported matrix replaces the crow-fly estimate between the communes it covers; elsewhere the estimate
stands, and says so.
"""

from __future__ import annotations

import hashlib
import io
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
from maillage.territory.models import TravelMatrix

FAMILY = "pairs"
MATRIX = "matrix"
PARTS = ("origin", "destination", "minutes")
COLUMNS = (*PARTS, *(f"measured_{part}" for part in PARTS))
_lock = threading.Lock()
_loaded: dict[str, NationalPairs] = {}


@dataclass(frozen=True, slots=True, eq=False)
class NationalPairs:
    """Travel times of the whole pack.

    `pairs` holds measured times where the imported matrix covers both ends and crow-fly ones elsewhere;
    `measured` holds the matrix alone, as far as it goes. `key` names the version in the cache.
    """

    key: str
    pairs: Pairs
    measured: Pairs
    model: CrowFlyModel

    def is_estimate(self, positions: NDArray[np.intp]) -> bool:
        """Return whether some travel time from the communes at `positions` is a crow-fly estimate."""
        return not bool(_mask(self.measured.n, self.measured.origin)[positions].all())

    def nearest(self, atlas: Atlas, sites: NDArray[np.intp]) -> Nearest:
        """Minutes from each commune to the nearest of `sites`, and its position; infinity and −1 if none.

        From a commune that the matrix covers, measured times to the sites it covers compete with estimates
        to the others; where neither finds one, and from any other commune, the estimate to all sites holds.
        """
        estimated = traveltime.nearest(atlas.lon, atlas.lat, sites, self.model)
        if not len(self.measured):
            return estimated
        is_covered = _mask(self.measured.n, self.measured.destination)[sites]
        measured = traveltime.nearest_in_pairs(self.measured, sites[is_covered])
        others = traveltime.nearest(atlas.lon, atlas.lat, sites[~is_covered], self.model)
        best = _better(measured, others)
        found = _mask(self.measured.n, self.measured.origin) & np.isfinite(best.minutes)
        return Nearest(
            np.where(found, best.minutes, estimated.minutes),
            np.where(found, best.position, estimated.position).astype(np.int32),
        )


def _better(first: Nearest, second: Nearest) -> Nearest:
    wins = first.minutes <= second.minutes
    return Nearest(
        np.where(wins, first.minutes, second.minutes), np.where(wins, first.position, second.position)
    )


def national_pairs(atlas: Atlas, max_minutes: float, model: CrowFlyModel) -> NationalPairs:
    """Return the travel times up to `max_minutes` between the communes of `atlas`, computed where absent."""
    matrix = _matrix()
    key = _key(atlas.fingerprint, max_minutes, model, matrix)
    with _lock:
        if key not in _loaded:
            _loaded.clear()
            _loaded[key] = _load(atlas, key, max_minutes, model, matrix)
        return _loaded[key]


def is_ready(atlas: Atlas, max_minutes: float, model: CrowFlyModel) -> bool:
    """Return whether `national_pairs` would read the travel times instead of computing them."""
    return array_cache.is_stored(FAMILY, _key(atlas.fingerprint, max_minutes, model, _matrix()))


def _matrix() -> tuple[int, str] | None:
    return TravelMatrix.objects.values_list("pk", "fingerprint").first()


def _key(fingerprint: str, max_minutes: float, model: CrowFlyModel, matrix: tuple[int, str] | None) -> str:
    parts = [fingerprint, max_minutes, asdict(model), matrix[1] if matrix else None, traveltime.VERSION]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _load(
    atlas: Atlas, key: str, max_minutes: float, model: CrowFlyModel, matrix: tuple[int, str] | None
) -> NationalPairs:
    arrays = array_cache.stored(FAMILY, key, COLUMNS, lambda: _build(atlas, max_minutes, model, matrix))
    return NationalPairs(
        key,
        _as_pairs(arrays, "", len(atlas), max_minutes, model.vintage),
        _as_pairs(
            arrays, "measured_", len(atlas), float(np.max(arrays["measured_minutes"], initial=0.0)), ""
        ),
        model,
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
    atlas: Atlas, max_minutes: float, model: CrowFlyModel, matrix: tuple[int, str] | None
) -> dict[str, NDArray[Any]]:
    pairs = traveltime.crow_fly_pairs(atlas.lon, atlas.lat, max_minutes, model)
    measured = _measured_pairs(atlas, matrix)
    if measured[0].size:
        pairs = _overlaid(pairs, *measured)
    built = (pairs.origin, pairs.destination, pairs.minutes, *measured)
    return dict(zip(COLUMNS, built, strict=True))


def _overlaid(
    crow: Pairs, origin: NDArray[np.int32], destination: NDArray[np.int32], minutes: NDArray[np.float32]
) -> Pairs:
    """Between covered communes the matrix alone decides: a pair it leaves out is farther than it reaches."""
    kept = ~(_mask(crow.n, origin)[crow.origin] & _mask(crow.n, destination)[crow.destination])
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


def _measured_pairs(
    atlas: Atlas, matrix: tuple[int, str] | None
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Return the imported pairs as positions by origin; those of communes that left the pack are dropped."""
    if matrix is None:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32)
    payload = TravelMatrix.objects.values_list("payload", flat=True).get(pk=matrix[0])
    with np.load(io.BytesIO(bytes(payload)), allow_pickle=False) as table:
        codes = {name: table[name] for name in ("origin", "destination")}
        minutes = table["minutes"]
    places = {name: _positions(atlas, values) for name, values in codes.items()}
    known = np.flatnonzero((places["origin"] >= 0) & (places["destination"] >= 0))
    known = known[np.lexsort((places["destination"][known], places["origin"][known]))]
    return places["origin"][known], places["destination"][known], minutes[known]


def _positions(atlas: Atlas, codes: NDArray[np.str_]) -> NDArray[np.int32]:
    """Position of each code in the atlas, −1 where it is not there; the atlas is sorted by code."""
    places = np.minimum(np.searchsorted(atlas.codes, codes), len(atlas) - 1)
    return np.where(atlas.codes[places] == codes, places, -1).astype(np.int32)
