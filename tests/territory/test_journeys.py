"""Minutes from a commune to others: estimated, measured where a matrix was imported, and said so."""

import numpy as np
import pytest

from maillage.engines import traveltime
from maillage.kernel.models import Person
from maillage.territory import api
from maillage.territory.actions.flows import import_travel_matrix
from maillage.territory.models import TravelMatrix


@pytest.fixture
def communes(fictional_country: api.Atlas) -> list[api.Commune]:
    return list(api.Commune.objects.order_by("code")[:6])


def imported(by: Person, rows: list[tuple[str, str, float]]) -> None:
    lines = "".join(f"{first},{second},{minutes}\n" for first, second, minutes in rows)
    content = f"origin,destination,minutes\n{lines}".encode()
    import_travel_matrix(by=by, provider="Metric-OSRM", vintage="2024", file="m.csv", content=content)


def test_without_a_matrix_everything_is_an_estimate(communes: list[api.Commune]) -> None:
    found = api.journeys_from(communes[0], communes)
    assert found.is_estimate.all()
    assert found.source_to(1) == ""
    assert found.minutes[0] == 0
    lon, lat = [one.lon for one in communes], [one.lat for one in communes]
    expected = traveltime.crow_fly_from(lon, lat, 0, traveltime.CrowFlyModel())
    np.testing.assert_allclose(found.minutes, expected, rtol=1e-5)
    assert api.journeys_from(communes[0], []).minutes.size == 0


def test_a_matrix_decides_where_it_speaks(coordinator: Person, communes: list[api.Commune]) -> None:
    a, b, c = (one.pk for one in communes[:3])
    imported(coordinator, [(a, b, 17.5), (b, a, 18.0), (b, c, 300.0)])
    found = api.journeys_from(communes[0], communes[:4])
    assert [found.source_to(k) for k in (0, 1, 2)] == ["", "Metric-OSRM, 2024", ""]
    assert found.is_estimate.tolist() == [True, False, True, True]
    assert found.minutes[:3].tolist() == [0.0, 17.5, 300.0]  # the third: farther than the matrix reaches
    assert found.minutes[3] < 300
    other_way = api.journeys_from(communes[1], [communes[0]])
    assert other_way.minutes.tolist() == [18.0]
    assert api.journeys_from(communes[3], communes).is_estimate.all()
    assert api.journeys_from(communes[0], []).minutes.size == 0
    TravelMatrix.objects.all().delete()
    assert api.journeys_from(communes[0], communes).is_estimate.all()
