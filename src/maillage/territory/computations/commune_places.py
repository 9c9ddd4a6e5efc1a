"""Where each commune is put on the road: its town hall, else its village, else its middle.

A town hall that the map ties to a code stands for that commune; another, for the commune in whose outline it
is. Outlines are simplified for drawing, so that the name decides among several before the distance does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maillage.engines.traveltime import Landmarks
from maillage.kernel.names import place_name
from maillage.territory.atlas import Atlas
from maillage.territory.queries.contours import geometries
from maillage.territory.rules.kinds import Placing

_ANNEXES = frozenset({"annexe", "deleguee", "quartier", "ancienne"})
"""Words of the name of a town hall that is not that of the whole commune."""

Rank = tuple[bool, bool, bool, float]


class Placed(NamedTuple):
    """Where some communes are put: positions in the atlas, degrees, and how they were found."""

    position: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    how: NDArray[np.str_]


def placed(
    atlas: Atlas, positions: NDArray[np.int64], landmarks: Landmarks, given: Mapping[str, tuple[float, float]]
) -> Placed:
    """Put each commune of `positions` where `given` says (longitude and latitude by code), else as it can."""
    owner = _owners(atlas, positions, landmarks)
    seats = _settlements(atlas, landmarks, owner)
    halls = _halls(atlas, landmarks, owner, seats)
    rows = []
    for position in positions.tolist():
        code = str(atlas.codes[position])
        if code in given:
            rows.append((*given[code], Placing.GIVEN))
        elif position in halls:
            rows.append((*_at(landmarks, halls[position]), Placing.HALL))
        elif position in seats:
            rows.append((*_at(landmarks, seats[position]), Placing.SETTLEMENT))
        else:
            rows.append((float(atlas.lon[position]), float(atlas.lat[position]), Placing.CENTRE))
    lon, lat, how = zip(*rows, strict=True) if rows else ((), (), ())
    return Placed(
        positions,
        np.array(lon, dtype=np.float64),
        np.array(lat, dtype=np.float64),
        np.array(how, dtype="U10"),
    )


def covered(
    atlas: Atlas, positions: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which of the communes that no landmark names an extract covers; `lon`, `lat`: their nearest roads.

    One whose nearest road is in its own outline, or most of whose neighbours have theirs so: the roads at the
    edge of an extract are near communes that it does not cover. One without an outline is believed covered.
    """
    # Here only: GEOS weighs on a server process.
    import shapely

    inside = np.ones(positions.size, dtype=bool)
    outlines = geometries([str(code) for code in atlas.codes[positions]])
    for row, code in enumerate(atlas.codes[positions].tolist()):
        if code in outlines:
            area = shapely.from_geojson(outlines[code])
            inside[row] = bool(shapely.intersects_xy(area, lon[row], lat[row]))
    is_known = np.zeros(len(atlas), dtype=bool)
    is_known[positions[inside]] = True
    starts, neighbours = atlas.adjacency
    around = [neighbours[starts[k] : starts[k + 1]] for k in positions.tolist()]
    most = [bool(one.size) and is_known[one].sum() * 2 > one.size for one in around]
    return np.asarray(inside | np.array(most, dtype=bool))


def _at(landmarks: Landmarks, row: int) -> tuple[float, float]:
    return float(landmarks.lon[row]), float(landmarks.lat[row])


def _owners(atlas: Atlas, positions: NDArray[np.int64], landmarks: Landmarks) -> dict[int, tuple[int, bool]]:
    """The commune of each landmark that has one, and whether the map itself says so."""
    # Here only: GEOS weighs on a server process.
    import shapely

    by_code = {str(atlas.codes[position]): position for position in positions.tolist()}
    found: dict[int, tuple[int, bool]] = {}
    outlines = geometries(by_code)
    if outlines and landmarks.lon.size:
        codes = list(outlines)
        areas = shapely.from_geojson([outlines[code] for code in codes])
        points = shapely.points(landmarks.lon, landmarks.lat)
        rows, inside = shapely.STRtree(areas).query(points, predicate="intersects")
        for row, area in zip(rows.tolist()[::-1], inside.tolist()[::-1], strict=True):
            found[row] = by_code[codes[area]], False
    for row in np.flatnonzero(landmarks.code != "").tolist():
        code = str(landmarks.code[row])
        if code in by_code:
            found[row] = by_code[code], True
    return found


def _settlements(atlas: Atlas, landmarks: Landmarks, owner: dict[int, tuple[int, bool]]) -> dict[int, int]:
    """The settlement that is the seat of each commune: the one the map says, else the one of its name."""
    best: dict[int, tuple[tuple[bool, float], int]] = {}
    for row, (position, is_said) in owner.items():
        if landmarks.is_hall[row] or not (is_said or _is_named(atlas, landmarks, row, position)):
            continue
        rank = not is_said, _far(landmarks, row, float(atlas.lon[position]), float(atlas.lat[position]))
        best[position] = min(best.get(position, (rank, row)), (rank, row))
    return {position: row for position, (_rank, row) in best.items()}


def _halls(
    atlas: Atlas, landmarks: Landmarks, owner: dict[int, tuple[int, bool]], seats: dict[int, int]
) -> dict[int, int]:
    """The town hall of each commune: of several, the one whose name says so, then the nearest to its seat."""
    best: dict[int, tuple[Rank, int]] = {}
    for row, (position, is_said) in owner.items():
        if not landmarks.is_hall[row]:
            continue
        words = place_name(str(landmarks.name[row])).split()
        named = f" {place_name(str(atlas.names[position]))} " in f" {' '.join(words)} "
        centre = float(atlas.lon[position]), float(atlas.lat[position])
        seat = _at(landmarks, seats[position]) if position in seats else centre
        rank = bool(_ANNEXES & set(words)), not is_said, not named, _far(landmarks, row, *seat)
        best[position] = min(best.get(position, (rank, row)), (rank, row))
    return {position: row for position, (_rank, row) in best.items()}


def _is_named(atlas: Atlas, landmarks: Landmarks, row: int, position: int) -> bool:
    return place_name(str(landmarks.name[row])) == place_name(str(atlas.names[position]))


def _far(landmarks: Landmarks, row: int, lon: float, lat: float) -> float:
    """How far a landmark is from a point, in degrees of latitude: enough to tell the nearer of two."""
    across = (float(landmarks.lon[row]) - lon) * np.cos(np.radians(lat))
    return float(np.hypot(across, float(landmarks.lat[row]) - lat))
