"""Fixtures of listening: a survey of patients that is open, who holds it, who reads it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.http import HttpResponse

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.listening.actions.answers import answer, draw_form
from maillage.listening.actions.surveys import close_survey, make_survey
from maillage.listening.models import Survey
from maillage.listening.queries.surveys import today_of
from maillage.listening.rules.vocabulary import Audience
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.factories.fixtures import coordinator, place

__all__ = ["coordinator", "place"]


def survey_of(place: Territory, by: Person, key: str = "survey", days: int = 30) -> Survey:
    """A survey of patients open from today."""
    today = today_of(place.scope)
    return make_survey(
        by=by, scope=place.scope, audience=Audience.PATIENTS, title="Vos soins", title_en="Your care",
        starts_on=today, ends_on=today + timedelta(days=days), key=key,
    )  # fmt: skip


def answered(survey: Survey, count: int, mark: int = 5, **more: str) -> None:
    """Give `count` answers, of one mark to each item."""
    for _one in range(count):
        form = draw_form(survey)
        answer(survey=survey, form=form, marks=dict.fromkeys(survey.questions, mark), **more)


def closed(survey: Survey, by: Person) -> Survey:
    """Close the survey."""
    return close_survey(by=by, survey=survey)


def read(answer: HttpResponse) -> str:
    """What a page says, no-break spaces written as people type them."""
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def day(survey: Survey) -> date:
    """Today where the survey is."""
    return today_of(survey.scope)


@pytest.fixture
def survey(place: Territory, coordinator: Person) -> Survey:
    return survey_of(place, coordinator)


@pytest.fixture
def board(place: Territory) -> Person:
    """Somebody of the board, who reads results and holds nothing."""
    return make_person("bernard.chataignier", Role.BOARD, place.scope)
