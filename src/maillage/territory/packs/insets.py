"""Puts back where they are the overseas départements that a file draws beside metropolitan France.

Map files commonly move and scale them into insets. Structures and distances are in true coordinates,
so an affine map is fitted by least squares from the centres of the outlines to the known centres of
the communes; what remains is told in kilometres.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST = 6
"""Communes needed to fit the six coefficients with something left to judge the fit."""

MARGIN = 0.05
"""Degrees by which simplified outlines may miss the centre of their commune."""

WORST_KM = 30.0
"""Median distance above which an inset is not recognised, and the outlines are left to be refused."""

KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Inset:
    """A département that was drawn elsewhere, and how well it was put back (median distance of centres)."""

    departement: str
    communes: int
    median_km: float


def departement_of(code: str) -> str:
    """Return the département that a commune's code begins with.

    >>> departement_of("97411"), departement_of("2A004")
    ('974', '2A')
    """
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def put_back(
    points: NDArray[np.float64],
    codes: Sequence[str],
    boxes: NDArray[np.float64],
    centres: Mapping[str, tuple[float, float]],
    rows_of: Callable[[NDArray[np.int64]], NDArray[np.int64]],
) -> tuple[Inset, ...]:
    """Move in place the `points` of départements whose communes' centres are mostly out of their outlines.

    `boxes` is float64[n, 4] by outline; `rows_of` gives the rows of `points` of some outlines.
    """
    known = np.array([centres.get(code, (np.nan, np.nan)) for code in codes]).reshape(-1, 2)
    low, high = boxes[:, :2] - MARGIN, boxes[:, 2:] + MARGIN
    away = np.any((known < low) | (known > high), axis=1)
    departements = np.array([departement_of(code) for code in codes])
    insets = []
    for departement in np.unique(departements[away]):
        members = np.flatnonzero(departements == departement)
        placed = members[~np.isnan(known[members, 0])]
        if len(placed) < FEWEST or away[placed].mean() < 0.5:
            continue
        drawn = (boxes[placed, :2] + boxes[placed, 2:]) / 2
        affine, median_km = _fit(drawn, known[placed])
        if median_km <= WORST_KM:
            rows = np.unique(rows_of(members))
            points[rows] = _homogeneous(points[rows]) @ affine
            insets.append(Inset(str(departement), len(members), median_km))
    return tuple(insets)


def _homogeneous(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([points, np.ones(len(points))])


def _fit(drawn: NDArray[np.float64], known: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return the affine map (float64[3, 2]) from drawn to known centres and the median distance left."""
    affine = np.asarray(np.linalg.lstsq(_homogeneous(drawn), known, rcond=None)[0], dtype=np.float64)
    left = (_homogeneous(drawn) @ affine - known) * KM_PER_DEGREE
    left[:, 0] *= np.cos(np.radians(known[:, 1].mean()))
    return affine, float(np.median(np.hypot(left[:, 0], left[:, 1])))
