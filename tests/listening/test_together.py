"""Two who send the same form at once: one answer, whatever the database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from maillage.kernel.rules import Role
from maillage.listening.actions import answers as actions
from maillage.listening.models import SurveyAnswer
from tests.factories import make_person, make_territory
from tests.listening.conftest import survey_of


@pytest.mark.django_db(transaction=True)
def test_two_at_once_count_once() -> None:
    place = make_territory()
    survey = survey_of(place, make_person("camille.bruyere", Role.COORDINATOR, place.scope))
    form = actions.draw_form(survey)

    def send(_turn: int) -> bool:
        try:
            return actions.answer(survey=survey, form=form, marks=dict.fromkeys(survey.questions, 3))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        counted = list(pool.map(send, range(4)))
    assert sorted(counted) == [False, False, False, True]
    assert SurveyAnswer.objects.of(survey).count() == 1
