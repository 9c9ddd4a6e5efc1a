"""Where to open: the answer against the engine's reference, what is counted, and the page with its files."""

from __future__ import annotations

import csv
import io
import json
from itertools import product

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from maillage.kernel.models import Person
from maillage.territory import api
from maillage.territory.computations import siting as computation
from maillage.territory.computations import siting_words as words
from maillage.territory.computations.siting import AIMS, OPENINGS, PUBLICS, Question, where_to_open
from maillage.territory.models import Territory
from maillage.territory.rules.kinds import TerritoryKind
from tests.packs import PackCopy

NOBODY = np.empty(0, np.intp)
FIRST = Question("consultation", 1, "everyone", 15, "coverage", around=False)


@pytest.fixture(name="valley")
def _valley(fictional_country: api.Atlas) -> Territory:
    return api.create_demonstration_territory(by=None)


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer here depends on the speed of the machine."""
    monkeypatch.setattr(computation, "SECONDS", 600.0)


@pytest.fixture(name="visitor")
def _visitor(client: Client, coordinator: Person) -> Client:
    client.force_login(coordinator)
    return client


def url(name: str, territory: Territory, *more: object, query: str = "") -> str:
    return reverse(f"territory:{name}", args=[territory.slug, *more]) + query


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def rows(client: Client, territory: Territory, table: str, query: str = "") -> list[dict[str, str]]:
    answer = client.get(url("siting_csv", territory, table, query=query))
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def people_within(atlas: api.Atlas, minutes: np.ndarray, bound: float) -> float:
    return float(api.population(atlas)[minutes <= bound].sum())


@pytest.mark.parametrize("minutes", [3, 6, 10])
def test_one_more_place_is_the_one_that_brings_most_people(
    fictional_country: api.Atlas, minutes: int
) -> None:
    """Every commune tried by hand: none brings more inhabitants within reach than the one proposed."""
    everyone = np.arange(len(fictional_country))
    question = Question("consultation", 1, "everyone", minutes, "coverage", around=False)
    found = where_to_open(fictional_country, everyone, NOBODY, question)
    pairs = found.travel.pairs
    reached = []
    for place in everyone:
        after = found.before.copy()
        to_place = pairs.destination == place
        after[pairs.origin[to_place]] = np.minimum(after[pairs.origin[to_place]], pairs.minutes[to_place])
        reached.append(people_within(fictional_country, after, minutes))
    today = people_within(fictional_country, found.before, minutes)
    assert found.answer.is_proven
    assert today + found.answer.gain == pytest.approx(max(reached))
    assert people_within(fictional_country, found.after, minutes) == pytest.approx(max(reached))


@pytest.mark.parametrize(("opening", "public", "aim"), list(product(OPENINGS, PUBLICS, AIMS)))
def test_every_question_is_answered_and_adds_up(
    fictional_country: api.Atlas, opening: str, public: str, aim: str
) -> None:
    members = np.arange(0, len(fictional_country), 2)
    others = np.arange(1, len(fictional_country), 2)
    question = Question(opening, 3, public, 5, aim, around=True)
    found = where_to_open(fictional_country, members, others, question)
    assert found.answer.is_proven
    assert len(found.steps) == found.sites.size + 1
    for before, after in zip(found.steps, found.steps[1:], strict=False):
        assert (after <= before).all()
    if aim == "coverage":
        gained = found.weight[found.within(-1) & ~found.within(0)].sum()
        assert gained == pytest.approx(found.answer.gain)
    else:
        spared = found.weight @ (np.minimum(found.before, found.cap) - np.minimum(found.after, found.cap))
        assert spared == pytest.approx(found.answer.gain, rel=1e-5)
    sentence = words.finding(fictional_country, found)
    assert sentence.endswith(".")
    assert "%" not in sentence.replace("\u00a0%", "")


def test_nearer_places_are_proposed_outside_only_when_asked(fictional_country: api.Atlas) -> None:
    members, others = np.array([0, 1]), np.arange(2, len(fictional_country))
    inside, outside = (
        where_to_open(
            fictional_country, members, others, Question("stop", 2, "everyone", 5, "p_median", around)
        )
        for around in (False, True)
    )
    assert set(inside.sites) <= {0, 1}
    assert outside.candidates > inside.candidates
    assert outside.answer.value <= inside.answer.value


def test_a_health_house_stands_where_somebody_practises_already(fictional_country: api.Atlas) -> None:
    everyone = np.arange(len(fictional_country))
    found = where_to_open(
        fictional_country, everyone, NOBODY, Question("health_house", 5, "everyone", 5, "p_median", False)
    )
    gps = fictional_country.column("supply_commune.mg_liberaux_am_2024")
    pharmacies = fictional_country.column("supply_commune.pharmacies")
    assert found.sites.size
    assert all(gps[place] > 0 or pharmacies[place] > 0 for place in found.sites)


def test_small_counts_weigh_as_the_public_bounds_say_and_no_more(fictional_country: api.Atlas) -> None:
    """Nothing shown depends on a count under secrecy: those counted are bounds that anybody could write."""
    everyone = np.arange(len(fictional_country))
    found = where_to_open(
        fictional_country, everyone, NOBODY, Question("stop", 3, "no_doctor", 3, "coverage", False)
    )
    threshold = computation.secrecy_threshold()
    hidden = found.low != found.high
    whole = found.count(np.zeros(everyone.size, dtype=bool))
    assert (whole.people, whole.suppressed) == (0, False)
    for place in np.flatnonzero(hidden):
        alone = found.count(everyone == place)
        assert alone.blurred
        assert alone.suppressed == (found.low[place] < threshold)


def test_where_all_are_near_the_page_says_that_nothing_is_gained(fictional_country: api.Atlas) -> None:
    heads = fictional_country.column("supply_commune.mg_liberaux_am_2024")
    town = np.flatnonzero(heads > 0)[:1]
    found = where_to_open(fictional_country, town, NOBODY, FIRST)
    assert found.sites.size == 0
    assert "il n’y a rien à gagner" in words.finding(fictional_country, found)


def test_a_territory_without_gp_or_pharmacy_is_told_where_to_look(fictional_country: api.Atlas) -> None:
    gps = fictional_country.column("supply_commune.mg_liberaux_am_2024")
    pharmacies = fictional_country.column("supply_commune.pharmacies")
    houses = fictional_country.column("supply_commune.msp")
    bare = np.flatnonzero((gps == 0) & (pharmacies == 0) & (houses == 0))
    far = where_to_open(
        fictional_country, bare, NOBODY, Question("health_house", 1, "everyone", 1, "coverage", False)
    )
    assert far.candidates == 0
    assert "hors du territoire" in words.finding(fictional_country, far)
    near = where_to_open(
        fictional_country, bare, NOBODY, Question("stop", 1, "everyone", 1, "coverage", False)
    )
    assert near.sites.size == 1


def test_a_public_that_the_pack_does_not_count_is_not_offered(pack_copy: PackCopy, visitor: Client) -> None:
    for stem, column in (("communes", "pop_65p"), ("supply_commune", "msp")):
        pack_copy.table(stem, lambda table, column=column: table.drop(column))
        pack_copy.manifest(
            lambda manifest, stem=stem, column=column: next(
                one for one in manifest["files"] if one["file"] == f"{stem}.parquet"
            )["columns"].pop(column)
        )
    api.import_pack(by=None, folder=pack_copy.folder)
    valley = api.create_demonstration_territory(by=None)
    assert "Les 65 ans et plus" not in text(visitor, url("siting", valley))
    page = text(visitor, url("siting", valley, query="?pour=older"))
    assert "À corriger avant" in page
    houses = text(visitor, url("siting", valley, query="?quoi=health_house"))
    assert "Le jeu de données ne dit pas où il y en a déjà" in houses


def test_an_answer_that_is_not_proved_says_how_far_it_may_be(
    fictional_country: api.Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The solver is told that the problem is too large for it, and the bound ends at once."""
    monkeypatch.setattr("maillage.engines.siting.compute.EXACT_COLUMNS", 0)
    monkeypatch.setattr("maillage.engines.siting.compute.BOUND_ROUNDS", 1)
    monkeypatch.setattr("maillage.engines.siting.compute.CHUNK", 5)
    everyone = np.arange(len(fictional_country))
    found = where_to_open(
        fictional_country, everyone, NOBODY, Question("stop", 4, "everyone", 3, "p_median", False)
    )
    assert not found.answer.is_proven
    assert "au-dessous du meilleur possible" in words.proof(found)


# The page.


def test_the_page_opens_with_a_question_answered(visitor: Client, valley: Territory) -> None:
    page = text(visitor, url("siting", valley))
    assert "Temps de trajet estimés à vol d’oiseau" in page
    assert "c’est prouvé" in page or "il n’y a rien à gagner" in page
    assert "C’est un calcul sur des temps de trajet" in page


@pytest.mark.parametrize(
    "query",
    [
        "?combien=-1",
        "?combien=99",
        "?combien=deux",
        "?minutes=-5",
        "?minutes=999",
        "?minutes=NaN",
        "?quoi=casino",
        "?pour=martiens",
        "?but=profit",
        "?combien=%00",
        "?quoi[]=stop&combien=1e9",
    ],
)
def test_what_cannot_be_asked_is_said_and_the_first_question_answered(
    visitor: Client, valley: Territory, query: str
) -> None:
    page = text(visitor, url("siting", valley, query=query))
    assert "À corriger avant" in page
    assert "la page répond à la question proposée d’abord" in page
    for file in ("siting_map", "siting_points"):
        assert visitor.get(url(file, valley, query=query)).status_code == 404
    assert visitor.get(url("siting_csv", valley, "communes", query=query)).status_code == 404


def test_the_map_the_list_and_the_points_say_the_same(visitor: Client, valley: Territory) -> None:
    query = "?quoi=stop&combien=3&minutes=3"
    drawn = json.loads(visitor.get(url("siting_map", valley, query=query)).content)
    points = json.loads(visitor.get(url("siting_points", valley, query=query)).content)
    labels = {one["key"]: one["label"] for one in drawn["categories"]}
    listed = {row["code"]: row["Ce qui change"] for row in rows(visitor, valley, "communes", query)}
    shown = {one["properties"]["code"]: labels[one["properties"]["effect"]] for one in drawn["features"]}
    assert shown == listed
    proposed = [row["code"] for row in rows(visitor, valley, "lieux", query)]
    assert [one["properties"]["code"] for one in points["features"]] == proposed
    assert 1 <= len(proposed) <= 3
    page = text(visitor, url("siting", valley, query=query))
    assert all(row["Commune"] in page for row in rows(visitor, valley, "lieux", query))
    assert visitor.get(url("siting_csv", valley, "inconnue")).status_code == 404


def test_communes_around_are_drawn_only_where_one_may_open_there(visitor: Client, valley: Territory) -> None:
    around = json.loads(visitor.get(url("siting_map", valley, query="?autour=on")).content)
    alone = json.loads(visitor.get(url("siting_map", valley)).content)
    assert all(one["properties"]["inside"] for one in alone["features"])
    outside = [one["properties"] for one in around["features"] if not one["properties"]["inside"]]
    assert {one["effect"] for one in outside} <= {"autour"}


def test_a_place_is_tried_in_the_what_if(visitor: Client, valley: Territory) -> None:
    query = "?quoi=stop&combien=1&minutes=2&but=p_median"
    code = rows(visitor, valley, "lieux", query)[0]["code"]
    assert f"{url('what_if', valley)}?commune={code}" in text(visitor, url("siting", valley, query=query))
    tried = text(visitor, url("what_if", valley, query=f"?commune={code}"))
    assert f'<option value="{code}" selected>' in tried
    text(visitor, url("what_if", valley, query="?commune=99999"))


@pytest.mark.parametrize("query", ["", "?quoi=health_house&combien=5&autour=on", "?but=p_median&pour=ald"])
def test_a_territory_of_one_commune_reads(
    visitor: Client, fictional_country: api.Atlas, coordinator: Person, query: str
) -> None:
    smallest = fictional_country.codes[fictional_country.column("communes.pop_municipale").argmin()]
    alone = api.create_territory(by=coordinator, kind=TerritoryKind.FREE, name="Seule", codes=[str(smallest)])
    text(visitor, url("siting", alone, query=query))
    for table in ("lieux", "communes", "autres-choix"):
        rows(visitor, alone, table, query)


def test_whoever_reads_the_diagnosis_reads_it_and_nobody_else(
    client: Client, patient: Person, valley: Territory
) -> None:
    """As the what-if pages: the figures are open to whoever is signed in."""
    for name in ("siting", "siting_map", "siting_points"):
        assert client.get(url(name, valley)).status_code == 302
    client.force_login(patient)
    assert client.get(url("siting", valley)).status_code == client.get(url("what_if", valley)).status_code


def test_it_reads_in_english(visitor: Client, valley: Territory) -> None:
    visitor.cookies["django_language"] = "en"
    page = text(visitor, url("siting", valley, query="?quoi=stop&combien=2&minutes=3&pour=no_doctor"))
    assert "Where to open?" in page
    assert "it is proved" in page


# The program.


def ask(slug: str, **changes: object) -> api.SitingAnswer:
    first = {"opening": "stop", "sites": 2, "public": "everyone", "minutes": 3, "aim": "coverage"}
    return api.answer_siting(slug, **(first | {"around": False} | changes))


def test_a_program_reads_the_same_as_the_page(visitor: Client, valley: Territory) -> None:
    answer = ask(valley.slug).as_dict()
    query = "?quoi=stop&combien=2&minutes=3"
    assert [one["code"] for one in answer["sites"]] == [
        row["code"] for row in rows(visitor, valley, "lieux", query)
    ]
    assert answer["proven"] is True
    assert answer["gap"] == 0
    assert json.loads(json.dumps(answer)) == answer
    assert ask(valley.slug, minutes=None).as_dict()["question"]["minutes"] == 10


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"opening": "casino"}, "--opening : « casino »"),
        ({"public": "martians"}, "--public"),
        ({"aim": "profit"}, "--aim"),
        ({"sites": 0}, "--sites : 0 n’est pas entre 1 et 5"),
        ({"sites": 6}, "--sites : 6"),
        ({"minutes": -1}, "--minutes : -1"),
        ({"minutes": 600}, "--minutes : 600"),
    ],
)
def test_a_program_is_told_which_word_to_change(
    valley: Territory, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(api.QuestionError) as refused:
        ask(valley.slug, **changes)
    assert said in str(refused.value).replace("\u00a0", " ")


def test_a_program_is_told_the_territories_there_are(valley: Territory) -> None:
    with pytest.raises(api.QuestionError, match=valley.slug):
        ask("nulle-part")
