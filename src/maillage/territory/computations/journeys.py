"""Travel minutes from one commune to some others: a measured table where one speaks, else the estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.engines import traveltime
from maillage.kernel.sourced_rules import rule
from maillage.territory.computations.apl_parameters import CROW_FLY_RULE
from maillage.territory.computations.memo import Memo
from maillage.territory.computations.travel_layers import Layer, layers, times_of
from maillage.territory.models import Commune

INTRA_RULE = "territory.traveltime.intra_minutes"


@dataclass(frozen=True, slots=True, eq=False)
class Journeys:
    """Minutes from a commune to m others, and whether each is a crow-fly estimate, both of shape (m,).

    `layers`: the tables of measured minutes; `layer`: which of them speaks of each other commune, −1 where it
    is an estimate.
    """

    minutes: NDArray[np.float32]
    is_estimate: NDArray[np.bool_]
    layer: NDArray[np.int64]
    layers: tuple[Layer, ...]

    def source_to(self, place: int) -> str:
        """Return where the minutes to one of the communes come from; empty where they are an estimate."""
        return "" if self.is_estimate[place] else self.layers[self.layer[place]].named


@dataclass(frozen=True, slots=True, eq=False)
class _Matrix:
    """The pairs of a table by commune code, sorted by origin, then destination; `farthest`: its longest."""

    origin: NDArray[np.str_]
    destination: NDArray[np.str_]
    minutes: NDArray[np.float32]
    reached: NDArray[np.str_]
    farthest: float


_matrices: Memo[tuple[_Matrix, ...]] = Memo(1)


def journeys_from(origin: Commune, destinations: Sequence[Commune]) -> Journeys:
    """Return the minutes from a commune to each of `destinations`, in their order.

    Between two communes that a table covers, a pair it leaves out is farther than it reaches: the estimate
    holds, and is never shorter than the longest journey of the table.
    """
    estimated = _estimated(origin, destinations)
    minutes, used = estimated.copy(), layers()
    layer = np.full(minutes.size, -1)
    codes = np.array([one.pk for one in destinations], dtype=np.str_)
    undecided = np.ones(minutes.size, dtype=bool)
    for rank, matrix in enumerate(_read_all(used) if codes.size else ()):
        first, last = np.searchsorted(matrix.origin, [origin.pk, f"{origin.pk}\uffff"])
        if first == last:
            continue
        known, at = _found(matrix.destination[first:last], codes)
        covered = undecided & _found(matrix.reached, codes)[0]
        here, beyond = covered & known, covered & ~known & (codes != origin.pk)
        minutes[here] = matrix.minutes[first:last][at[here]]
        minutes[beyond] = np.maximum(estimated[beyond], np.float32(matrix.farthest))
        layer[here] = rank
        undecided &= ~covered
    return Journeys(minutes, layer < 0, layer, used)


def _estimated(origin: Commune, destinations: Sequence[Commune]) -> NDArray[np.float32]:
    intra = float(rule(INTRA_RULE).value)
    model = traveltime.CrowFlyModel(**rule(CROW_FLY_RULE).value, intra_minutes=intra)
    places = [origin, *destinations]
    lon, lat = [one.lon for one in places], [one.lat for one in places]
    minutes = traveltime.crow_fly_from(lon, lat, 0, model)[1:].astype(np.float32)
    minutes[[one.pk == origin.pk for one in destinations]] = intra
    return minutes


def _read_all(used: tuple[Layer, ...]) -> tuple[_Matrix, ...]:
    """Return the tables in use, read once."""
    key = tuple((one.pk, one.fingerprint) for one in used)
    return _matrices.get(key, lambda: tuple(_read(one) for one in used))


def _read(layer: Layer) -> _Matrix:
    times = times_of(layer)
    order = np.lexsort((times.destination, times.origin))
    return _Matrix(
        times.origin[order],
        times.destination[order],
        times.minutes[order].astype(np.float32),
        np.unique(times.destination),
        float(times.minutes.max(initial=0.0)),
    )


def _found(ordered: NDArray[np.str_], wanted: NDArray[np.str_]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return which of `wanted` are in `ordered` (ascending, not empty), and where."""
    at = np.minimum(np.searchsorted(ordered, wanted), ordered.size - 1)
    return ordered[at] == wanted, at
