"""Evaluations: what measures say by the surest comparison, who keeps and reads them, what the pages say."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.steering import api
from maillage.steering.actions.demonstration import create_demonstration_evaluations
from maillage.steering.computations.evaluations import Result, evaluate
from maillage.steering.contributions import last_evaluations
from maillage.steering.models import Evaluation
from maillage.steering.pages import evaluation_words as words
from maillage.steering.rules.designs import Design, Doubt, Grade
from maillage.steering.rules.directions import Better
from maillage.steering.rules.panels import Measures, read_table
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_person, make_territory

LIST = "/pilotage/evaluations/"


def measured(
    treated: int,
    compared: int,
    *,
    effect: float = -3.0,
    before: int = 12,
    after: int = 12,
    dates: int = 1,
    seed: int = 1,
) -> Measures:
    """Months of noise around a level of each unit, the treated ones changed by `effect` once it begins."""
    rng = np.random.default_rng(seed)
    units, count = treated + compared, before + after
    values = 20 + rng.normal(0, 2, (units, 1)) + rng.normal(0, 0.5, (units, count)) + np.sin(np.arange(count))
    starts = [before + one % dates if one < treated else None for one in range(units)]
    for one, start in enumerate(starts):
        if start is not None:
            values[one, start:] += effect
    lines = tuple(tuple(float(value) for value in line) for line in values)
    return Measures(tuple(f"Unité {one}" for one in range(units)), 12, 2024 * 12, lines, tuple(starts))


def kept(by: Person, place: Territory, measures: Measures, **values: Any) -> Evaluation:
    said: dict[str, Any] = {
        "title": "Permanence du soir", "described": "Un médecin le soir.", "outcome": "passages",
        "unit": "jours", "better": Better.LOWER, "source": "essai", "key": "k",
    }  # fmt: skip
    return api.keep_evaluation(by=by, scope=place.scope, measures=measures, **said | values)


@pytest.mark.parametrize(
    ("measures", "design", "grade"),
    [
        (measured(12, 12), Design.DIFFERENCES, Grade.A),
        (measured(12, 12, dates=3), Design.STAGGERED, Grade.A),
        (measured(4, 12), Design.DIFFERENCES, Grade.B),
        (measured(1, 12), Design.SYNTHETIC, Grade.B),
        (measured(1, 3), Design.DIFFERENCES, Grade.C),
        (measured(2, 0, before=24), Design.SERIES, Grade.C),
        (measured(2, 0, before=6), Design.BEFORE_AFTER, Grade.D),
    ],
    ids=lambda one: getattr(one, "value", ""),
)
def test_an_effect_that_was_put_there_is_found_by_each_comparison(
    measures: Measures, design: Design, grade: Grade
) -> None:
    result = evaluate(measures)
    assert (result.design, result.grade) == (design, grade)
    assert result.effect is not None
    assert result.effect.effect == pytest.approx(-3.0, abs=0.8)
    assert len(result.curves[0]) == measures.count
    assert (result.detectable is not None) is (result.facts.compared > 0 and len(measures.units) > 2)


def test_paths_that_part_before_are_said_and_lower_the_grade() -> None:
    measures = measured(12, 12, effect=0.0)
    parting = tuple(
        tuple(value + 0.4 * place * (start is not None) for place, value in enumerate(line))
        for line, start in zip(measures.values, measures.starts, strict=True)
    )
    result = evaluate(Measures(measures.units, 12, measures.first_period, parting, measures.starts))
    assert Doubt.DIVERGING in result.doubts
    assert result.grade is Grade.C


def test_what_is_missing_falls_back_to_what_can_be_said() -> None:
    # Nobody to compare with was measured after the start: what changed is told, as what it is.
    found = evaluate(read_table(
        "unité;période;valeur;début\nA;2022;9;2024\nA;2023;10;\nA;2024;12;\nB;2022;5;\nB;2023;5;\nB;2024;;\n"
    ))  # fmt: skip
    assert (found.design, found.grade, Doubt.HOLES in found.doubts) == (Design.BEFORE_AFTER, Grade.D, True)
    assert found.effect is not None
    assert found.effect.effect == pytest.approx(2.5)
    nothing = evaluate(read_table("unité;période;valeur;début\nA;2023;10;2024\nA;2024;;\nA;2025;;\n"))
    assert (nothing.effect, nothing.grade) == (None, None)
    assert evaluate(read_table("unité;période;valeur;début\nA;2023;;2024\nA;2024;;\n")).level is None


def test_a_measure_still_to_come_says_what_it_will_be_able_to_show() -> None:
    measures = measured(12, 12)
    ahead = Measures(measures.units, 12, measures.first_period, measures.values, tuple(
        None if one is None else 24 for one in measures.starts
    ))  # fmt: skip
    result = evaluate(ahead)
    assert (result.design, result.effect, result.grade) == (Design.PLANNED, None, None)
    assert result.detectable is not None
    assert 0 < result.detectable < 2


def test_a_measure_is_kept_once_by_who_may(analyst: Person, member: Person, place: Territory) -> None:
    measures = measured(2, 3)
    made = kept(analyst, place, measures)
    assert kept(analyst, place, measures) == made
    assert made.content == measures
    with pytest.raises(ValidationError, match="autres données"):
        kept(analyst, place, measured(2, 3, seed=2))
    # A key is its author's.
    coordinator = make_person("camille.bruyere", Role.COORDINATOR, place.scope)
    assert kept(coordinator, place, measures) != made
    with pytest.raises(PermissionDenied):
        kept(member, place, measures)
    with pytest.raises(PermissionDenied):
        kept(analyst, make_territory("Indian/Reunion"), measures)
    with pytest.raises(ValidationError, match="manque"):
        kept(analyst, place, measures, key="other", source="  ")
    assert Entry.objects.filter(verb="steering.evaluation_kept").count() == 2


def test_who_steers_the_territory_reads_and_nobody_else(
    analyst: Person, member: Person, place: Territory
) -> None:
    made = kept(analyst, place, measured(12, 12))
    page = reverse("steering:evaluation", args=[made.pk])
    elsewhere = make_person("paul.ailleurs", Role.ANALYST, make_territory("Indian/Reunion").scope)
    nurse = make_person("ines.capucine", Role.NURSE, place.scope)
    for address in (page, f"{page}donnees.csv"):
        assert client_of(member).get(address).status_code == 200
        assert client_of(elsewhere).get(address).status_code == 404
        assert client_of(nurse).get(address).status_code == 403
    assert "Permanence du soir" not in client_of(elsewhere).get(LIST).content.decode()
    assert "Évaluer une mesure" not in client_of(member).get(LIST).content.decode()
    assert client_of(member).get(f"{LIST}nouvelle/").status_code == 403
    assert last_evaluations(elsewhere) is None
    waiting = last_evaluations(member)
    assert waiting is not None
    assert [line.text for line in waiting.lines] == ["Permanence du soir"]


def sent(place: Territory, **values: Any) -> dict[str, Any]:
    return {
        "where": place.scope.pk, "title": "Permanence du soir", "described": "Un médecin.",
        "outcome": "passages", "unit": "", "better": "lower", "source": "essai", "key": "web", "table": "",
    } | values  # fmt: skip


def test_a_table_pasted_or_sent_is_kept_and_given_back_as_it_was(analyst: Person, place: Territory) -> None:
    client = client_of(analyst)
    lines = ("A;2022;9,5;2024", "A;2023;10;", "A;2024;12;", "B;2022;5;", "B;2023;;", "B;2024;6;")
    table = "\n".join(("unité;période;valeur;début", *lines))
    answer = client.post(f"{LIST}nouvelle/", sent(place, table=table), follow=True)
    assert answer.status_code == 200
    made = Evaluation.objects.in_scope(place.scope).get()
    exported = client.get(reverse("steering:evaluation_csv", args=[made.pk])).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(exported), delimiter=";"))
    assert rows[0] == {"Unité": "A", "Période": "2022", "Valeur": "9,5", "Début": "2024"}
    assert read_table(exported).as_json() == made.measures
    # The double click makes one; the same file in another encoding reads alike.
    client.post(f"{LIST}nouvelle/", sent(place, table=table))
    latin = SimpleUploadedFile("mesures.csv", table.encode("cp1252"))
    client.post(f"{LIST}nouvelle/", sent(place, file=latin, key="file"))
    assert [one.measures for one in Evaluation.objects.in_scope(place.scope)] == [made.measures] * 2


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "Aucune mesure"),
        ({"table": "n’importe quoi"}, "La première ligne doit nommer les colonnes"),
        ({"table": "unité;période;valeur;début\nA;hier;1;2024\n"}, "Ligne 2"),
        ({"table": "unité;période;valeur;début\nA;2023;1;2024\nA;2024;1;", "title": ""}, "obligatoire"),
        ({"table": "unité;période;valeur;début\nA;2023;1;2024\nA;2024;1;", "where": "0"}, "Territoire"),
        ({"file": SimpleUploadedFile("x.csv", b"\x00\xe9\xff")}, "La première ligne"),
        ({"file": SimpleUploadedFile("x.csv", b"\x81")}, "pas un texte"),
        ({"file": SimpleUploadedFile("x.csv", b"x" * 2_000_001)}, "trop grand"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    analyst: Person, place: Territory, values: dict[str, Any], says: str
) -> None:
    answer = client_of(analyst).post(f"{LIST}nouvelle/", sent(place, **values))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "Un médecin." in answer.content.decode()
    assert not Evaluation.objects.in_scope(place.scope).exists()


def test_the_page_says_an_effect_only_beside_a_comparator(analyst: Person, place: Territory) -> None:
    client = client_of(analyst)

    def page(measures: Measures, key: str, **values: Any) -> str:
        made = kept(analyst, place, measures, key=key, **values)
        return client.get(reverse("steering:evaluation", args=[made.pk])).content.decode()

    sure = page(measured(12, 12), "sure")
    assert "Par rapport à ce qui était attendu" in sure
    assert "C’est le sens espéré" in sure
    assert "Intervalle à 95" in sure
    worse = page(measured(12, 12, effect=3.0), "worse")
    assert "plus haut de" in worse
    assert "l’inverse du sens espéré" in worse
    assert "Aucun effet ne se distingue du hasard" in page(measured(12, 12, effect=0.0), "none")
    alone = page(measured(1, 0, before=6), "alone")
    assert "aucune conclusion causale" in alone
    assert "Effet estimé" not in alone
    up = page(measured(1, 0, before=6, effect=4.0), "up")
    assert "aucune conclusion causale" in up
    control = page(measured(1, 12), "control")
    assert "1 unité sur 13" in control
    assert "Ce dont le témoin est fait" in control
    few = page(measured(1, 1), "few")
    assert "Aucun intervalle ne peut être donné" in few
    ahead = measured(12, 12)
    planned = Measures(ahead.units, 12, ahead.first_period, ahead.values, (30,) * 12 + (None,) * 12)
    assert "La mesure n’a pas commencé" in page(planned, "planned")
    quarters = page(Measures(ahead.units, 4, 2020 * 4, ahead.values, ahead.starts), "quarters")
    assert "T1 2020" in quarters
    empty = read_table("unité;période;valeur;début\nA;2023;10;2024\nA;2024;;\nA;2025;;\n")
    assert "Ces mesures ne suffisent pas" in page(empty, "empty")
    listed = client.get(LIST).content.decode()
    assert listed.count('<tr><th scope="row">') == 10
    assert "10 évaluations." in listed


@pytest.mark.parametrize(
    ("value", "decimals"), [(1234.0, 0), (12.3, 1), (1.23, 2), (0.123, 2), (0.0123, 4), (0.0, 2), (-12.3, 1)]
)
def test_three_figures_of_a_value_are_said(value: float, decimals: int) -> None:
    assert words.decimals_for(value) == decimals


def test_nothing_yet_says_what_to_do(analyst: Person, member: Person) -> None:
    assert "un tableau de quatre colonnes suffit" in client_of(member).get(LIST).content.decode()
    assert reverse("steering:new_evaluation") in client_of(analyst).get(LIST).content.decode()


def test_an_analyst_of_several_territories_chooses_which(place: Territory) -> None:
    everywhere = make_person("awa.partout", Role.ANALYST, None)
    other = make_territory("Indian/Reunion")
    client = client_of(everywhere)
    form = client.get(f"{LIST}nouvelle/").content.decode()
    assert all(f'<option value="{one.scope.pk}"' in form for one in (place, other))
    table = "unité;période;valeur;début\nA;2023;1;2024\nA;2024;1;"
    client.post(f"{LIST}nouvelle/", sent(other, table=table))
    assert Evaluation.objects.in_scope(other.scope).count() == 1
    assert "Permanence du soir" in client.get(LIST).content.decode()


def test_the_demonstration_has_one_of_each_kind_once(place: Territory) -> None:
    now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert create_demonstration_evaluations(place=place, now=now) == 0  # nobody analyses
    person = make_person("thomas.sorbier", Role.ANALYST, place.scope)
    Person.objects.filter(pk=person.pk).update(is_demonstration=True)
    assert create_demonstration_evaluations(place=place, now=now) == 3
    assert create_demonstration_evaluations(place=place, now=now) == 0
    found: dict[Design, Result] = {}
    for one in Evaluation.objects.in_scope(place.scope):
        result = evaluate(one.content)
        found[result.design] = result
    assert set(found) == {Design.STAGGERED, Design.SERIES, Design.PLANNED} or set(found) == {
        Design.STAGGERED, Design.BEFORE_AFTER, Design.PLANNED,
    }  # fmt: skip
    assert found[Design.STAGGERED].grade is Grade.A
