"""Eight clients send the same form at once: `python -m tests.listening.sending_twice`."""

import json
import sys
import threading

import django

django.setup()

from django.db import connection  # noqa: E402

from maillage.kernel.rules import Role  # noqa: E402
from maillage.listening.actions.answers import answer, draw_form  # noqa: E402
from maillage.listening.models import SpentForm, SurveyAnswer, SurveyRemark  # noqa: E402
from tests.factories import make_person, make_territory  # noqa: E402
from tests.listening.conftest import survey_of  # noqa: E402

CLIENTS = 8


def main() -> None:
    """Make a survey, race on one form of it, and tell as JSON."""
    place = make_territory()
    survey = survey_of(place, make_person("camille.bruyere", Role.COORDINATOR, place.scope))
    form, marks = draw_form(survey), dict.fromkeys(survey.questions, 4)
    barrier, counted = threading.Barrier(CLIENTS), []

    def client() -> None:
        barrier.wait()
        try:
            counted.append(answer(survey=survey, form=form, marks=marks, text="Une fois."))
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _one in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = [model.objects.of(survey).count() for model in (SurveyAnswer, SurveyRemark, SpentForm)]
    sys.stdout.write(json.dumps({"counted": sum(counted), "told": len(counted), "rows": rows}))


if __name__ == "__main__":
    main()
