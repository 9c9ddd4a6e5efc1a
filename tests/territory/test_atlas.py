"""The atlas gives all communes as arrays, mapped from files that can be rebuilt."""

import shutil

import numpy as np
import pytest

from maillage.territory import api, atlas


def test_arrays_are_sorted_by_code_and_read_only(fictional_country: api.Atlas) -> None:
    assert len(fictional_country) == 96
    assert fictional_country.codes.tolist() == sorted(fictional_country.codes.tolist())
    assert isinstance(fictional_country.lon, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        fictional_country.lon[0] = 0


def test_every_text_of_a_commune_is_there(fictional_country: api.Atlas) -> None:
    first = api.commune("00001")
    assert first is not None
    here = fictional_country
    row = [array[0] for array in (here.names, here.departements, here.departement_names, here.regions,
                                  here.region_names, here.epcis, here.epci_names, here.living_areas,
                                  here.living_area_names)]  # fmt: skip
    assert row == [first.name, first.departement, first.departement_name, first.region, first.region_name,
                   first.epci, first.epci_name, first.living_area, first.living_area_name]  # fmt: skip
    assert (here.lon[0], here.lat[0], here.area_km2[0]) == (first.lon, first.lat, first.area_km2)


def test_a_column_is_float_and_missing_is_nan(fictional_country: api.Atlas) -> None:
    column = fictional_country.column("fragilites_commune.sans_mt_16p")
    assert column.dtype == np.float64
    assert np.isnan(column).sum() == 2
    variable = fictional_country.variable("fragilites_commune.sans_mt_16p")
    assert variable.completeness == pytest.approx(94 / 96)
    assert variable.label == "sans médecin traitant, 16 ans et plus"
    assert variable.source.startswith("Données fictives")


def test_ages_say_that_they_are_estimates(fictional_country: api.Atlas) -> None:
    estimates = {variable.key for variable in fictional_country.variables() if variable.estimate}
    assert "communes.pop_65p" in estimates
    assert "communes.pop_municipale" not in estimates


def test_what_the_pack_lacks_is_said(fictional_country: api.Atlas) -> None:
    assert not fictional_country.has("apl_reference.apl_mg_2023")
    for ask in (fictional_country.column, fictional_country.variable):
        with pytest.raises(api.UnknownVariableError):
            ask("apl_reference.apl_mg_2023")


def test_positions(fictional_country: api.Atlas) -> None:
    assert fictional_country.position("00003") == 2
    assert fictional_country.positions(["00096", "00001"]).tolist() == [95, 0]
    assert fictional_country.positions([]).tolist() == []
    for unknown in ("99999", "00000", "0000", "000031"):
        with pytest.raises(api.UnknownCommuneError):
            fictional_country.position(unknown)


def test_contiguity_is_symmetric_and_follows_borders(fictional_country: api.Atlas) -> None:
    indptr, indices = fictional_country.adjacency
    pairs = {
        (origin, int(neighbour))
        for origin in range(96)
        for neighbour in indices[indptr[origin] : indptr[origin + 1]]
    }
    assert all((b, a) in pairs for a, b in pairs)
    assert all(a != b for a, b in pairs)
    assert {b for a, b in pairs if a == 0} == {1, 12}
    assert np.diff(indptr).max() == 6


def test_files_are_rebuilt_when_deleted(fictional_country: api.Atlas) -> None:
    before = fictional_country.column("communes.pop_municipale").copy()
    shutil.rmtree(atlas.cache_folder())
    atlas._loaded.clear()
    again = api.current_atlas()
    assert again is not fictional_country
    assert (again.column("communes.pop_municipale") == before).all()
    assert api.current_atlas() is again


def test_asking_for_the_atlas_costs_one_query(
    fictional_country: api.Atlas, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    fictional_country.column("communes.lon")
    with django_assert_num_queries(1):
        api.current_atlas().column("communes.lon")


@pytest.mark.django_db
def test_without_a_pack_the_way_out_is_said() -> None:
    with pytest.raises(api.NoPackError, match="maillage data import"):
        api.current_atlas()
