"""The portrait, computed on paper for six communes."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from django.utils import translation

from maillage.territory.computations.comparisons import areas_of
from maillage.territory.computations.measures import per_commune, read
from maillage.territory.computations.portrait import portrait
from maillage.territory.computations.portrait_measures import (
    ALD,
    C2S,
    CHANGE_2012,
    INCOME,
    NO_COLORECTAL_SCREENING,
    NO_REFERRING_DOCTOR,
    POPULATION,
    POVERTY,
)
from tests.territory.small_atlas import NAN, small_atlas

TERRITORY = np.array([0, 1, 2, 3])
ALL = slice(None)


def test_the_territory_is_compared_with_each_departement_named_with_its_share() -> None:
    areas = areas_of(small_atlas(), TERRITORY, "Haut-Val")
    assert [(area.level, area.label) for area in areas] == [
        ("territory", "Haut-Val"), ("departement", "Amont"), ("departement", "Aval"), ("region", "Rives"),
        ("france", "France"),
    ]  # fmt: skip
    assert [round(area.share, 2) for area in areas] == [1, 0.8, 0.2, 1, 1]


def test_a_departement_is_not_compared_with_itself() -> None:
    assert [area.level for area in areas_of(small_atlas(), np.array([0, 1, 2]), "Amont")] == [
        "territory", "region", "france",
    ]  # fmt: skip


def test_change_leaves_out_communes_without_an_old_population_and_says_so() -> None:
    atlas = small_atlas()
    reading = read(atlas, CHANGE_2012, TERRITORY)
    assert reading.value == pytest.approx((1000 + 500 + 400) / (900 + 500 + 500) - 1)
    assert (reading.missing, reading.completeness) == (1, 0.95)
    figure = portrait(atlas, TERRITORY, "Haut-Val").figure("change_2012")
    assert "1 commune sans donnée" in figure.provenance.note


def test_small_counts_are_hidden_and_totals_are_bounded() -> None:
    atlas = small_atlas()
    values, hidden = per_commune(atlas, NO_REFERRING_DOCTOR)
    assert hidden.tolist() == [False, False, True, True, False, False]
    assert values[0] == pytest.approx(64 / 640)
    assert np.isnan(values[2:4]).all()
    reading = read(atlas, NO_REFERRING_DOCTOR, TERRITORY)
    base = 640 + 320 + 80 + 240
    assert (reading.low, reading.high) == (pytest.approx(104 / base), pytest.approx(124 / base))
    assert reading.value == pytest.approx(114 / base)
    assert reading.masked == 2


def test_a_total_too_small_to_show_is_suppressed() -> None:
    reading = read(small_atlas(), NO_REFERRING_DOCTOR, np.array([2, 3]))
    assert (reading.value, reading.suppressed) == (None, True)


def test_two_kinds_of_c2s_add_up() -> None:
    values, hidden = per_commune(small_atlas(), C2S)
    assert values[[0, 1, 3]] == pytest.approx([60 / 800, 25 / 400, 42 / 300])
    assert hidden.tolist() == [False, False, True, False, False, False]


def test_income_is_a_weighted_mean_over_communes_where_it_is_known() -> None:
    reading = read(small_atlas(), INCOME, TERRITORY)
    assert reading.value == pytest.approx((22000 * 980 + 20000 * 490 + 18000 * 390) / (980 + 490 + 390))
    assert reading.completeness == 0.95
    assert read(small_atlas(), POVERTY, ALL).value == pytest.approx(0.15)
    assert read(small_atlas(), POVERTY, TERRITORY).value is None


def test_the_screening_denominator_is_estimated_from_the_sourced_shares() -> None:
    reading = read(small_atlas(), NO_COLORECTAL_SCREENING, np.array([0]))
    assert reading.value == pytest.approx(150 / (0.17 * 320 + 80 + 0.51 * 160))


def test_tables_hold_nothing_of_what_is_suppressed() -> None:
    table = portrait(small_atlas(), TERRITORY, "Haut-Val").communes
    combe = next(row for row in table.rows if row.code == "01003")
    assert {"ald", "no_referring_doctor", "c2s"} <= combe.suppressed
    assert combe.cells["ald"] is None
    lines = list(csv.DictReader(io.StringIO(table.as_csv().lstrip("\ufeff")), delimiter=";"))
    assert next(line for line in lines if line["code"] == "01003")["En affection de longue durée"] == "s"


def test_two_territories_that_differ_by_a_commune_do_not_give_its_count() -> None:
    """Whatever the hidden count of Combe, both totals and their difference are the same."""
    with_nine, with_none = (small_atlas(sans_mt_16p=[64, 40, hidden, 0, 180, NAN]) for hidden in (9, 0))
    for members in (TERRITORY, np.array([0, 1]), np.array([0, 1, 2])):
        assert read(with_nine, NO_REFERRING_DOCTOR, members) == read(with_none, NO_REFERRING_DOCTOR, members)


def test_age_bands_say_that_they_are_estimates() -> None:
    found = portrait(small_atlas(), TERRITORY, "Haut-Val")
    assert found.bands.provenance is not None
    assert found.bands.provenance.estimate
    assert found.figure("share_65p").provenance.estimate
    assert not found.figure("population").provenance.estimate
    shares = [float(row.cells["territory"] or 0) for row in found.bands.rows]
    assert sum(shares) == pytest.approx(1, abs=0.005 * len(shares)), "each to the precision of the screen"


def test_the_population_curve_keeps_communes_known_at_every_date() -> None:
    curve = portrait(small_atlas(), TERRITORY, "Haut-Val").curve
    assert [row.cells["people"] for row in curve.rows[:4]] == [1900, 1900, 1900, 1900]
    assert curve.rows[0].cells["index"] == 100
    assert any("1" in note for note in curve.notes[1:])


def test_one_commune_without_any_data_makes_calm_unknowns() -> None:
    found = portrait(small_atlas(), np.array([5]), "Forêt")
    assert found.figure("ald").value is None
    assert not found.figure("ald").suppressed
    assert found.figure("population").value == 50
    assert found.groups.rows[0].cells["name"] == "CC Deux"


def test_the_language_of_the_reader_is_kept() -> None:
    with translation.override("en"):
        english = portrait(small_atlas(), TERRITORY, "Haut-Val")
    assert english is not portrait(small_atlas(), TERRITORY, "Haut-Val")


def test_a_pack_without_a_table_gives_unknown_figures() -> None:
    atlas = small_atlas()
    bare = type(atlas)(
        "bare", {key: column for key, column in atlas.columns.items() if key.startswith("communes.")}
    )
    found = portrait(bare, TERRITORY, "Haut-Val")
    assert found.figure("births").value is None
    assert "absente" in found.figure("births").provenance.source
    assert read(bare, ALD, ALL).value is None
    assert read(bare, POPULATION, TERRITORY).value == 2000
