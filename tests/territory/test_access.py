"""Accessibility over the atlas: the published formula, aggregation, travel times, the reference beside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings

from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.territory import api
from maillage.territory.actions.flows import delete_travel_matrix, import_travel_matrix
from maillage.territory.computations import array_cache, pairs_cache
from maillage.territory.computations.access import national_access, national_flows
from maillage.territory.computations.access_diagnosis import diagnose
from maillage.territory.computations.access_summary import summary
from maillage.territory.computations.apl_parameters import parameter_set, parameter_sets, reach
from maillage.territory.computations.comparisons import areas_of
from maillage.territory.computations.line_checks import TableError
from maillage.territory.computations.matrix_table import read_matrix
from maillage.territory.computations.place_names import at, of
from maillage.territory.computations.reference_comparison import Reason, agreement, differences, ranks
from maillage.territory.computations.travel_times import nearest_service, remoteness
from maillage.territory.models import Diagnosis, TravelMatrix

EVERYONE = slice(None)


def test_supply_is_shared_out_exactly(fictional_country: api.Atlas) -> None:
    for profession in ("gp", "nurse", "physiotherapist", "dentist", "midwife"):
        access = national_access(fictional_country, profession)
        assert access.demand @ access.apl + access.result.unreachable_supply == pytest.approx(
            access.supply.sum()
        )


def test_accessibility_is_the_published_formula(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    pairs, decay = access.travel.pairs, access.parameters.decay
    weights = np.zeros((pairs.n, pairs.n))
    weights[pairs.origin, pairs.destination] = decay.weigh(pairs.minutes)
    catchment = weights.T @ access.demand
    ratio = np.divide(access.supply, catchment, out=np.zeros(pairs.n), where=catchment > 0)
    np.testing.assert_allclose(access.apl, weights @ ratio, rtol=1e-12)


def test_what_a_process_computes_of_the_country_is_on_files_that_all_share(
    fictional_country: api.Atlas,
) -> None:
    access = national_access(fictional_country)
    modelled = national_flows(access)
    kept = (access.structure.by_home.data, access.structure.by_site.indices, modelled.volume, modelled.share)
    for values in kept:
        assert isinstance(_root(values), np.memmap)
    assert modelled.volume.sum() + access.result.unreachable_supply == pytest.approx(access.supply.sum())


def _root(values: np.ndarray) -> object:
    """The array that `values` is a view of, however many views ago."""
    while isinstance(values.base, np.ndarray):
        values = values.base
    return values


def test_an_older_gp_offers_what_the_parameters_say(fictional_country: api.Atlas) -> None:
    access, chosen = national_access(fictional_country), parameter_set()
    older = fictional_country.column("supply_commune.mg_liberaux_am_60plus")
    younger = access.heads - older
    counted = 1 - chosen.left_out_60plus
    np.testing.assert_allclose(
        access.offered,
        younger * chosen.activity + older * chosen.activity_60plus * counted,
        rtol=1e-12,
    )
    centres = fictional_country.column("supply_commune.centres_sante")
    np.testing.assert_allclose(access.supply - access.offered, centres * chosen.activity_centre)


def test_each_set_of_parameters_gives_its_own_numbers(fictional_country: api.Atlas) -> None:
    keys = [national_access(fictional_country, parameters=key).key for key in parameter_sets()]
    assert len(set(keys)) == len(keys) > 1
    with pytest.raises(KeyError):
        national_access(fictional_country, parameters="inconnu")


def test_the_mean_weighs_standardised_people_and_shares_weigh_people(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    found = summary(access, EVERYONE)
    under = access.apl < access.low
    assert found.mean == pytest.approx(np.average(access.apl, weights=access.demand))
    assert found.below == pytest.approx(access.people[under].sum() / access.people.sum())
    assert found.people_below == pytest.approx(access.people[under].sum())
    assert list(found.deciles) == sorted(found.deciles)


def test_nobody_has_no_figures(fictional_country: api.Atlas) -> None:
    found = summary(national_access(fictional_country), np.empty(0, np.intp))
    assert found.mean is None
    assert found.gini is None
    assert found.below is None


def test_a_commune_with_a_service_is_at_no_distance(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    nearest = nearest_service(fictional_country, access.travel, "pharmacy")
    held = fictional_country.column("supply_commune.pharmacies") > 0
    assert (nearest.minutes[held] == 0).all()
    assert (nearest.minutes[~held] > 0).all()
    found = remoteness(fictional_country, nearest.minutes, EVERYONE)
    assert list(found.share_over) == rule("territory.access.travel_bounds").value
    assert list(found.share_over.values()) == sorted(found.share_over.values(), reverse=True)


def test_figures_are_computed_once_for_the_same_inputs(fictional_country: api.Atlas) -> None:
    territory = api.create_demonstration_territory(by=None)
    positions = fictional_country.positions(api.member_codes(territory))
    access = national_access(fictional_country)
    areas = areas_of(fictional_country, positions, territory.name)
    first = diagnose(territory, fictional_country, access, areas, positions)
    again = diagnose(territory, fictional_country, access, areas, positions)
    assert first.row.pk == again.row.pk
    assert first.areas == again.areas
    assert first.row.engine_version.startswith("accessibility ")
    assert first.row.parameters["set"] == access.parameters.key
    other = national_access(fictional_country, parameters=list(parameter_sets())[1])
    assert diagnose(territory, fictional_country, other, areas, positions).row.pk != first.row.pk
    assert Diagnosis.objects.count() == 2


def test_ranks_agree_with_themselves(fictional_country: api.Atlas) -> None:
    access = national_access(fictional_country)
    compared = ranks(fictional_country, access)
    known = np.isfinite(compared.our_rank)
    assert ((compared.our_rank[known] >= 0) & (compared.our_rank[known] <= 1)).all()
    found = agreement(compared, access, EVERYONE)
    assert found is None or -1 <= found <= 1
    for one in differences(fictional_country, access, np.arange(len(fictional_country))):
        assert abs(one.gap) >= rule("territory.access.comparison_gap").value
        assert one.reasons
        assert Reason.UNEXPLAINED not in one.reasons or one.reasons == (Reason.UNEXPLAINED,)


def test_travel_times_are_built_again_where_the_cache_is_lost(
    fictional_country: api.Atlas, settings: LazySettings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    built: list[int] = []

    def build() -> dict[str, np.ndarray]:
        built.append(1)
        return {"values": np.arange(3)}

    for _ in range(2):
        assert array_cache.stored("test", "key", ("values",), build)["values"].tolist() == [0, 1, 2]
    assert len(built) == 1
    (tmp_path / "cache" / "test" / "key" / "values.npy").write_bytes(b"spoiled")
    assert array_cache.stored("test", "key", ("values",), build)["values"].tolist() == [0, 1, 2]
    assert len(built) == 2


def test_two_builders_leave_one_version(settings: LazySettings, tmp_path: Path) -> None:
    settings.HOME = tmp_path

    def read(_: int) -> list[int]:
        return array_cache.stored("test", "key", ("values",), lambda: {"values": np.arange(4)})[
            "values"
        ].tolist()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, range(4))) == [[0, 1, 2, 3]] * 4
    assert [entry.name for entry in (tmp_path / "cache" / "test").iterdir()] == ["key"]


def test_old_versions_are_forgotten(settings: LazySettings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    for version in range(array_cache.KEPT_VERSIONS + 2):
        array_cache.stored("test", str(version), ("values",), lambda: {"values": np.arange(2)})
    assert len(list((tmp_path / "cache" / "test").iterdir())) == array_cache.KEPT_VERSIONS


def matrix(codes: list[str], minutes: float) -> bytes:
    rows = [f"{a},{b},{minutes}" for a in codes for b in codes if a != b]
    return "\n".join(["origin,destination,minutes", *rows]).encode()


def test_an_imported_matrix_replaces_the_estimate_where_it_reaches(
    fictional_country: api.Atlas, coordinator: Person
) -> None:
    before = national_access(fictional_country)
    pairs = before.travel.pairs
    near = np.flatnonzero((pairs.origin != pairs.destination) & (pairs.minutes < 10))[0]
    first, second = int(pairs.origin[near]), int(pairs.destination[near])
    codes = fictional_country.codes[[first, second]].tolist()
    content = matrix(codes, 19.0)
    imported = import_travel_matrix(
        by=coordinator, provider="IGN", vintage="2025", file="m.csv", content=content
    )
    again = import_travel_matrix(
        by=coordinator, provider="IGN", vintage="2025", file="m.csv", content=content
    )
    assert again.pk == imported.pk
    travel = national_access(fictional_country).travel
    now = travel.pairs
    found = now.minutes[(now.origin == first) & (now.destination == second)]
    assert found.tolist() == [19.0]
    assert not travel.is_estimate(np.array([first, second]))
    assert travel.is_estimate(np.arange(len(fictional_country)))
    assert len(now) == len(pairs)
    nearest = travel.nearest(fictional_country, np.array([second]))
    assert nearest.minutes[first] == 19.0
    delete_travel_matrix(by=coordinator, matrix=imported)
    assert not TravelMatrix.objects.exists()
    assert national_access(fictional_country).key == before.key


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"origin,destination\n71230,71275", "minutes"),
        (b"origin,destination,minutes\n99999,99998,3", "99999"),
        (b"origin,destination,minutes\n", "vide"),
        (b"PAR1 not a parquet file", "ne se lit pas"),
    ],
)
def test_a_bad_matrix_is_refused_with_what_to_mend(
    fictional_country: api.Atlas, coordinator: Person, content: bytes, said: str
) -> None:
    with pytest.raises(TableError, match=said):
        import_travel_matrix(by=coordinator, provider="x", vintage="y", file="m.csv", content=content)
    assert not TravelMatrix.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_matrix_is_read_as_spreadsheets_write_it(encoding: str, end: str) -> None:
    lines = ["Lieu;Origine;Destination;Minutes", "Mâcon;71270;71230;3,5", "Gueugnon;71230;71270;4"]
    codes = np.array(["71230", "71270"])
    found = read_matrix(end.join(lines).encode(encoding), "m.csv", codes)
    assert found.origin.tolist() == ["71230", "71270"]
    assert found.minutes.tolist() == [4.0, 3.5]


def test_a_former_commune_of_a_matrix_is_told_its_code_of_today() -> None:
    content = b"origin,destination,minutes\n2A004,20004,3"
    with pytest.raises(TableError, match=r"aujourd’hui dans .*2A004"):
        read_matrix(content, "m.csv", np.array(["2A004"]))


def test_a_matrix_with_wrong_times_or_repeats_names_its_lines(
    fictional_country: api.Atlas, coordinator: Person
) -> None:
    a, b = fictional_country.codes[:2].tolist()
    content = f"origin;destination;minutes\n{a};{b};-4\n{b};{a};3,5\n{b};{a};4".encode()
    with pytest.raises(TableError) as caught:
        import_travel_matrix(by=coordinator, provider="x", vintage="y", file="m.csv", content=content)
    assert {(defect.kind, defect.row) for defect in caught.value.defects} >= {
        ("wrong_minutes", 1),
        ("repeated_pair", 2),
    }


def test_the_cache_is_named_by_all_it_depends_on(fictional_country: api.Atlas) -> None:
    chosen = parameter_set()
    national_access(fictional_country)
    assert pairs_cache.is_ready(fictional_country, reach(), chosen.crow_fly)
    assert not pairs_cache.is_ready(fictional_country, reach() + 1, chosen.crow_fly)


@pytest.mark.parametrize(
    ("name", "here", "from_here"),
    [
        ("Digoin", "à Digoin", "de Digoin"),
        ("Le Creusot", "au Creusot", "du Creusot"),
        ("Les Guerreaux", "aux Guerreaux", "des Guerreaux"),
        ("La Clayette", "à La Clayette", "de La Clayette"),
        ("Oyé", "à Oyé", "d’Oyé"),
    ],
)
def test_names_of_places_are_said_as_people_say_them(name: str, here: str, from_here: str) -> None:
    assert (at(name), of(name)) == (here, from_here)
