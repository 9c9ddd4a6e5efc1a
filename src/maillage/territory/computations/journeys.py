"""Travel minutes from one commune to some others: an imported matrix where it speaks, else the estimate."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.engines import traveltime
from maillage.kernel.sourced_rules import rule
from maillage.territory.computations.apl_parameters import CROW_FLY_RULE
from maillage.territory.computations.memo import Memo
from maillage.territory.models import Commune, TravelMatrix

INTRA_RULE = "territory.traveltime.intra_minutes"


@dataclass(frozen=True, slots=True, eq=False)
class Journeys:
    """Minutes from a commune to m others, and whether each is a crow-fly estimate, both of shape (m,).

    `source`: provider and vintage of the measured minutes; empty where no matrix was imported.
    """

    minutes: NDArray[np.float32]
    is_estimate: NDArray[np.bool_]
    source: str

    def source_to(self, place: int) -> str:
        """Return where the minutes to one of the communes come from; empty where they are an estimate."""
        return "" if self.is_estimate[place] else self.source


@dataclass(frozen=True, slots=True, eq=False)
class _Matrix:
    """Imported pairs by commune code, sorted by origin, then destination; `farthest`: its longest journey."""

    origin: NDArray[np.str_]
    destination: NDArray[np.str_]
    minutes: NDArray[np.float32]
    reached: NDArray[np.str_]
    farthest: float
    source: str


_matrices: Memo[_Matrix] = Memo(1)


def journeys_from(origin: Commune, destinations: Sequence[Commune]) -> Journeys:
    """Return the minutes from a commune to each of `destinations`, in their order.

    Between two communes that the matrix covers, a pair it leaves out is farther than it reaches: the
    estimate holds, and is never shorter than the longest journey of the matrix.
    """
    estimated = _estimated(origin, destinations)
    everywhere = np.ones(len(destinations), dtype=bool)
    matrix = _matrix()
    if matrix is None:
        return Journeys(estimated, everywhere, "")
    first, last = np.searchsorted(matrix.origin, [origin.pk, f"{origin.pk}\uffff"])
    codes = np.array([one.pk for one in destinations], dtype=np.str_)
    if first == last or not codes.size:
        return Journeys(estimated, everywhere, matrix.source)
    known, at = _found(matrix.destination[first:last], codes)
    covered, _place = _found(matrix.reached, codes)
    beyond = covered & ~known & (codes != origin.pk)
    minutes = np.where(beyond, np.maximum(estimated, np.float32(matrix.farthest)), estimated)
    minutes[known] = matrix.minutes[first:last][at[known]]
    return Journeys(minutes, ~known, matrix.source)


def _estimated(origin: Commune, destinations: Sequence[Commune]) -> NDArray[np.float32]:
    intra = float(rule(INTRA_RULE).value)
    model = traveltime.CrowFlyModel(**rule(CROW_FLY_RULE).value, intra_minutes=intra)
    places = [origin, *destinations]
    lon, lat = [one.lon for one in places], [one.lat for one in places]
    minutes = traveltime.crow_fly_from(lon, lat, 0, model)[1:].astype(np.float32)
    minutes[[one.pk == origin.pk for one in destinations]] = intra
    return minutes


def _matrix() -> _Matrix | None:
    """Return the matrix in use, read once; one short query says which."""
    row = TravelMatrix.objects.values_list("pk", "fingerprint").first()
    return None if row is None else _matrices.get(row, lambda: _read(row[0]))


def _read(pk: int) -> _Matrix:
    stored = TravelMatrix.objects.get(pk=pk)
    with np.load(io.BytesIO(bytes(stored.payload)), allow_pickle=False) as table:
        origin, destination, minutes = (table[name] for name in ("origin", "destination", "minutes"))
    order = np.lexsort((destination, origin))
    return _Matrix(
        origin[order],
        destination[order],
        minutes[order].astype(np.float32),
        np.unique(destination),
        float(minutes.max(initial=0.0)),
        f"{stored.provider}, {stored.vintage}",
    )


def _found(ordered: NDArray[np.str_], wanted: NDArray[np.str_]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return which of `wanted` are in `ordered` (ascending, not empty), and where."""
    at = np.minimum(np.searchsorted(ordered, wanted), ordered.size - 1)
    return ordered[at] == wanted, at
