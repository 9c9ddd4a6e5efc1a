"""The supply, computed on paper for six communes."""

from __future__ import annotations

import numpy as np
import pytest

from maillage.territory.computations.supply import territory_supply
from tests.territory.small_atlas import small_atlas

TERRITORY = np.array([0, 1, 2, 3])


def test_density_and_its_comparisons() -> None:
    density = territory_supply(small_atlas(), TERRITORY, "Haut-Val").figure("gp_density")
    assert density.value == pytest.approx(3 / 2000 * 100_000)
    assert {one.label: one.value for one in density.comparisons} == pytest.approx(
        {"Amont": 3 / 1600 * 1e5, "Aval": 3 / 2450 * 1e5, "Rives": 6 / 4050 * 1e5, "France": 6 / 4050 * 1e5}
    )


def test_what_the_departure_of_the_older_gps_leaves() -> None:
    found = territory_supply(small_atlas(), TERRITORY, "Haut-Val")
    assert found.figure("gp_60").value == 2
    assert found.figure("gp_60_share").value == pytest.approx(2 / 3)
    assert found.figure("gp_density_after").value == pytest.approx(1 / 2000 * 100_000)
    assert found.losing_last_gp.positions.tolist() == [1]
    assert (found.losing_last_gp.people, found.losing_last_gp.share) == (500, 0.25)


def test_communes_without_a_gp_or_a_pharmacy_largest_first() -> None:
    found = territory_supply(small_atlas(), TERRITORY, "Haut-Val")
    assert found.without_gp.positions.tolist() == [3, 2]
    assert (found.without_gp.communes, found.without_gp.people) == (2, 500)
    assert found.without_pharmacy.positions.tolist() == [1, 3, 2]
    absent = found.figure("without_gp")
    assert absent.value == 0.25
    assert {one.label: one.value for one in absent.comparisons}["France"] == pytest.approx(550 / 4050)


def test_tables_count_places_and_compare_every_area() -> None:
    found = territory_supply(small_atlas(), TERRITORY, "Haut-Val")
    nurses = next(row for row in found.professions.rows if row.cells["name"] == "Infirmiers libéraux")
    assert (nurses.cells["count"], nurses.cells["communes"], nurses.cells["territory"]) == (4, 2, 200.0)
    assert [column.label for column in found.professions.columns[4:]] == ["Amont", "Aval", "Rives", "France"]
    assert any("deux fois" in note for note in found.professions.notes)
    kinds = {row.cells["name"] for row in found.establishments.rows}
    assert "Maternités" not in kinds, "a column that the pack lacks makes no row of zeros"


def test_a_territory_without_any_professional() -> None:
    found = territory_supply(small_atlas(), np.array([5]), "Forêt")
    assert found.figure("gp").value == 0
    assert found.figure("gp_60_share").value is None
    assert found.without_gp.share == 1
