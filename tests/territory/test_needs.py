"""Priorities and comparable territories, on six communes."""

from __future__ import annotations

import numpy as np
import pytest

from maillage.territory.computations.comparable import TRAITS, level_for, profile
from maillage.territory.computations.comparisons import areas_of
from maillage.territory.computations.needs import CRITERIA, default_weights, national_scores, rank
from maillage.territory.computations.retirement import retirement
from tests.territory.small_atlas import SmallAtlas, small_atlas

TERRITORY = np.array([0, 1, 2, 3])
KEYS = [criterion.key for criterion in CRITERIA]
pytestmark = pytest.mark.django_db


@pytest.fixture(name="atlas")
def _atlas() -> SmallAtlas:
    return small_atlas()


def only(key: str) -> dict[str, float]:
    return {other: float(other == key) for other in KEYS}


def test_one_criterion_alone_ranks_by_it(atlas: SmallAtlas) -> None:
    assert rank(atlas, TERRITORY, only("share_65p")).positions.tolist() == [2, 3, 0, 1]
    poorest = rank(atlas, TERRITORY, only("income"))
    assert poorest.positions[0] == 3, "a low income raises the index"


def test_scores_are_standardised_by_the_population_of_france(atlas: SmallAtlas) -> None:
    people = np.array(atlas.columns["communes.pop_municipale"])
    shares = np.array(atlas.columns["communes.pop_65p"]) / people
    mean = np.average(shares, weights=people)
    deviation = np.sqrt(np.average((shares - mean) ** 2, weights=people))
    found = national_scores(atlas).scores[:, KEYS.index("share_65p")]
    assert found == pytest.approx(np.clip((shares - mean) / deviation, -3, 3))


def test_a_hidden_or_unknown_value_is_borrowed_from_the_living_area(atlas: SmallAtlas) -> None:
    scores, column = national_scores(atlas), KEYS.index("ald")
    assert scores.borrowed[:, column].tolist() == [False, False, True, False, False, True]
    poverty = KEYS.index("poverty")
    assert scores.neutral[:3, poverty].all()
    assert (scores.scores[:3, poverty] == 0).all()


def test_the_ranking_does_not_depend_on_hidden_counts(atlas: SmallAtlas) -> None:
    other = small_atlas(sans_mt_16p=[64, 40, 2, 7, 180, float("nan")])
    ours, theirs = (rank(one, TERRITORY, default_weights()) for one in (atlas, other))
    assert ours.index.tolist() == theirs.index.tolist()


def test_contributions_add_up_to_the_index(atlas: SmallAtlas) -> None:
    ranking = rank(atlas, TERRITORY, default_weights())
    assert ranking.contributions.sum(axis=1) == pytest.approx(ranking.index)
    assert (np.diff(ranking.index) <= 1e-9).all()


def test_the_order_of_communes_in_does_not_matter(atlas: SmallAtlas) -> None:
    weights = default_weights()
    backwards = rank(atlas, TERRITORY[::-1], weights)
    assert backwards.positions.tolist() == rank(atlas, TERRITORY, weights).positions.tolist()


def test_access_alone_has_no_need_part(atlas: SmallAtlas) -> None:
    assert rank(atlas, TERRITORY, only("access")).need is None


@pytest.mark.parametrize("weights", [dict.fromkeys(KEYS, 0.0), {**dict.fromkeys(KEYS, 1.0), "ald": -1.0}])
def test_refuses_weights_that_give_no_order(atlas: SmallAtlas, weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        rank(atlas, TERRITORY, weights)


def test_comparable_territories_leave_out_those_that_share_a_commune(atlas: SmallAtlas) -> None:
    found = profile(atlas, np.array([4, 5]), "cpts")
    assert [like.code for like in found.alike] == ["E1"]
    assert len(found.ours) == len(found.theirs) == len(found.gap) == len(TRAITS)
    population = [trait.key for trait in TRAITS].index("population")
    assert (found.ours[population], found.theirs[population]) == (2050, 2000)
    assert found.gap[population] > 0


def test_a_country_of_one_group_has_nothing_comparable(atlas: SmallAtlas) -> None:
    found = profile(atlas, TERRITORY, "region")
    assert found.alike == ()
    assert np.isnan(found.gap).all()


def test_each_kind_is_compared_with_its_like() -> None:
    assert [level_for(kind) for kind in ("cpts", "libre", "departement", "bassin_de_vie")] == [
        "epci", "epci", "departement", "living_area",
    ]  # fmt: skip


def test_retirement_can_only_lower_access(atlas: SmallAtlas) -> None:
    found = retirement(atlas, areas_of(atlas, TERRITORY, "Haut-Val"))
    assert found.now.mean is not None
    assert found.after.mean is not None
    assert found.after.mean < found.now.mean
    assert found.after.below is not None
    for figure in found.figures:
        assert figure.provenance.estimate, "travel times are estimated"
        assert [one.label for one in figure.comparisons] == [
            "Aujourd’hui, ici",
            "Amont",
            "Aval",
            "Rives",
            "France",
        ]
