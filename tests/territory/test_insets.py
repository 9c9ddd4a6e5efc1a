"""Overseas départements drawn beside the mainland go back to their place; the rest does not move."""

import numpy as np
import pytest

from maillage.territory.packs.contiguity import adjacency
from maillage.territory.packs.geometry import Contours
from maillage.territory.packs.insets import departement_of, put_back

KNOWN = np.array([[55.3, -21.2], [55.4, -21.0], [55.5, -20.9], [55.6, -21.1], [55.7, -21.3], [55.45, -21.15]])
CODES = [f"9740{number}" for number in range(6)]


def _drawn(shift: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Two corners per outline, around centres moved and scaled, and the boxes they make."""
    centres = KNOWN * scale + shift
    points = np.concatenate([centres - 0.04, centres + 0.04])
    return points, np.concatenate([centres - 0.04, centres + 0.04], axis=1)


def _rows(members: np.ndarray) -> np.ndarray:
    return np.concatenate([members, members + len(CODES)])


def test_a_departement_drawn_elsewhere_goes_back() -> None:
    points, boxes = _drawn(np.array([-108.0, 83.0]), 2.0)
    centres = dict(zip(CODES, map(tuple, KNOWN.tolist()), strict=True))
    (inset,) = put_back(points, CODES, boxes, centres, _rows)
    assert (inset.departement, inset.communes) == ("974", 6)
    assert inset.median_km == pytest.approx(0, abs=1e-6)
    assert (points[:6] + points[6:]) / 2 == pytest.approx(KNOWN)
    assert points[6:] - points[:6] == pytest.approx(0.04)


def test_what_is_in_its_place_stays() -> None:
    points, boxes = _drawn(np.zeros(2), 1.0)
    before = points.copy()
    centres = dict(zip(CODES, map(tuple, KNOWN.tolist()), strict=True))
    assert put_back(points, CODES, boxes, centres, _rows) == ()
    assert (points == before).all()


def test_too_few_communes_or_too_poor_a_fit_move_nothing() -> None:
    points, boxes = _drawn(np.array([-50.0, 60.0]), 1.0)
    few = dict(zip(CODES[:4], map(tuple, KNOWN[:4].tolist()), strict=True))
    assert put_back(points, CODES, boxes, few, _rows) == ()
    scattered = dict(zip(CODES, map(tuple, (KNOWN[[3, 0, 4, 1, 5, 2]] * [40, -40]).tolist()), strict=True))
    assert put_back(points, CODES, boxes, scattered, _rows) == ()


def test_the_departement_of_a_code() -> None:
    assert [departement_of(code) for code in ("97411", "2A004", "71230", "98735")] == [
        "974",
        "2A",
        "71",
        "987",
    ]


def test_a_commune_without_outline_touches_the_one_that_holds_it() -> None:
    square = '{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}'
    pierced = (
        '{"type":"MultiPolygon","coordinates":[[[[3,0],[6,0],[6,3],[3,3],[3,0]],'
        "[[4,1],[5,1],[5,2],[4,2],[4,1]]]]}"
    )
    contours = Contours(
        ("00001", "00003"), (square, pierced), np.array([[0.0, 0, 2, 2], [3, 0, 6, 3]]), np.array([[0, 1]])
    )
    lon, lat = np.array([1.0, 1.5, 3.5, 4.5]), np.array([1.0, 1.5, 0.5, 1.5])
    indptr, indices = adjacency(["00001", "00002", "00003", "00004"], lon, lat, contours)
    neighbours = [indices[indptr[i] : indptr[i + 1]].tolist() for i in range(4)]
    assert neighbours == [[1, 2], [0], [0], []]
