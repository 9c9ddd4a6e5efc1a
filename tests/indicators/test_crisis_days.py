"""Days of crisis are kept apart: the figure is said with them and without; no published row changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from maillage.crisis.actions.cells import open_cell
from maillage.crisis.actions.reports import close_cell
from maillage.crisis.api import CrisisDay
from maillage.crisis.rules.vocabulary import Kind
from maillage.indicators.computations.catalogue import CATALOGUE, INDICATORS, Indicator
from maillage.indicators.computations.cubes import asked_for, cube_of, on_duckdb
from maillage.indicators.computations.values import Result, result_of
from maillage.indicators.pages import tables, words
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.indicators.conftest import golden_frames
from tests.indicators.test_pages import NOW, calls, card, clock, say
from tests.indicators.test_values import SHARE, TODAY, YEAR, request, requests

__all__ = ["clock"]

QUIET, HOT = date(2026, 6, 30), date(2026, 7, 2)


def computed(one: Indicator, rows: dict[str, Any], crisis: tuple[date, ...] = (HOT,)) -> Result:
    with on_duckdb(golden_frames(rows)) as opened:
        return result_of(cube_of(one, opened, asked_for(one, YEAR, TODAY, crisis), YEAR))


def season(quiet: int, hot: int) -> dict[str, Any]:
    """Requests of a quiet day, nine in ten booked soon, and of a day of crisis, one in two."""
    return requests(
        *(request(number, "71001", is_soon=number % 10 > 0, day=QUIET) for number in range(quiet)),
        *(request(1000 + number, "71001", is_soon=number % 2 > 0, day=HOT) for number in range(hot)),
    )


def said(one: Result, *, shows_small: bool = False) -> str:
    days = [CrisisDay(day, ("Canicule",)) for day in one.cube.crisis]
    return words.crisis_words(one, days, shows_small=shows_small).replace("\xa0", " ").replace("\u202f", " ")


def test_the_value_is_given_with_the_days_of_crisis_and_without() -> None:
    found = computed(SHARE, season(200, 100))
    assert (found.whole.numerator, found.whole.denominator) == (230, 300)
    assert found.apart is not None
    others, aside = found.apart
    assert [(one.numerator, one.denominator) for one in (others, aside)] == [(180, 200), (50, 100)]
    assert "1 jour de crise dans la période (Canicule). Sans ces jours : 90,0 %" in said(found)
    assert "Ces jours-là : 50,0 %" in said(found)
    months = tables.months_table(found, shows_small=True).rows
    assert {row.cells["when"]: row.cells["crisis"] for row in months}["07/2026"] == 1


def test_an_opened_cell_changes_no_row_of_what_was_published() -> None:
    apart, together = computed(SHARE, season(200, 100)), computed(SHARE, season(200, 100), ())
    assert apart.reading == together.reading
    assert together.apart is None
    assert said(together) == ""
    assert "crisis" not in {one.key for one in tables.months_table(together, shows_small=True).columns}


@pytest.mark.parametrize(("quiet", "hot"), [(200, 0), (0, 100)])
def test_where_no_row_or_every_row_is_of_a_crisis_nothing_is_told_apart(quiet: int, hot: int) -> None:
    found = computed(SHARE, season(quiet, hot))
    assert found.apart is None
    assert said(found) == "1 jour de crise dans la période (Canicule)."


def test_a_few_people_of_a_day_of_crisis_are_not_given_back_by_what_is_left() -> None:
    about_people = INDICATORS["referring_doctor"]
    assert about_people.about_people
    found = computed(SHARE, season(200, 4))
    hidden = Result(about_people, found.cube, found.whole, found.months, found.flaws)
    assert "Trop peu de personnes pour les montrer à part." in said(hidden)
    assert "Sans ces jours" in said(hidden, shows_small=True)


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.key)
def test_every_indicator_gives_the_same_value_whichever_days_were_of_crisis(
    one: Indicator, golden: dict[str, Any]
) -> None:
    every = tuple(YEAR.start + timedelta(days=number) for number in range(0, 365, 2))
    apart, together = computed(one, golden["tables"], every), computed(one, golden["tables"], ())
    assert apart.reading == together.reading
    if apart.apart is not None:
        assert sum(part.numerator for part in apart.apart) == together.whole.numerator
        assert sum(part.denominator for part in apart.apart) == together.whole.denominator
    assert said(apart, shows_small=True)


def test_the_card_says_the_days_of_a_cell_and_an_exercise_counts_for_nothing(
    member: Person, regulator: Person, place: Territory
) -> None:
    lead = make_person("lina.primevere", Role.PREVENTION_LEAD, place.scope)
    calls(regulator, place, 12)
    exercise = open_cell(
        by=lead, scope=place.scope, kind=Kind.HEAT, title="Exercice", why="Essai.", key="e", is_exercise=True
    )
    assert "jour de crise" not in say(member, card(place, "regulation_time"))
    close_cell(by=lead, cell=exercise, closing="Fini.")
    open_cell(by=lead, scope=place.scope, kind=Kind.HEAT, title="Canicule", why="38 °C.", key="c")
    page = say(member, card(place, "regulation_time"))
    assert "1 jour de crise dans la période (Canicule)." in page
    assert NOW.date().day == 14
