"""Minutes from one point to every other: the row of the reference that begins there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from maillage.engines.traveltime import CrowFlyModel, crow_fly_from
from maillage.engines.traveltime.reference import crow_fly_minutes
from tests.engines.test_traveltime import points


@settings(deadline=None)
@given(points)
def test_one_origin_equals_its_row_of_the_reference(where: list[tuple[float, float]]) -> None:
    lon, lat = (list(column) for column in zip(*where, strict=True))
    model = CrowFlyModel(intra_minutes=3.5)
    for origin, expected in enumerate(crow_fly_minutes(lon, lat, model)):
        np.testing.assert_allclose(crow_fly_from(lon, lat, origin, model), expected, rtol=1e-5, atol=1e-4)


def test_a_missing_coordinate_is_refused() -> None:
    with pytest.raises(ValueError, match="coordinates"):
        crow_fly_from([4.0, float("nan")], [46.0, 46.0], 0, CrowFlyModel())
