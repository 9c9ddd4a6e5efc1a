"""The demonstration's desk: a believable queue, made once."""

from datetime import date

from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.people.api import Patient
from maillage.territory.api import Commune, Territory
from tests.factories import make_patient
from tests.orientation.conftest import NOW


def test_a_saturday_afternoon(place: Territory, regulator: Person, village: Commune) -> None:
    asked = {"by": None, "place": place, "now": NOW}
    assert api.create_demonstration_desk(**asked) == 0
    for number in range(8):
        make_patient(f"Tilleul {number}", place)
    Patient.objects.in_scope(place.scope).update(is_demonstration=True, birth_date=date(2022, 5, 1))
    Person.objects.filter(pk=regulator.pk).update(is_demonstration=True)
    assert api.create_demonstration_desk(**asked) == 10
    assert api.create_demonstration_desk(**asked) == 10
    lines = api.queue(by=regulator, scope=place.scope, now=NOW)
    assert len(lines) == 6
    assert all(one.request.owner == regulator for one in lines)
    figures = api.today(by=regulator, scope=place.scope, now=NOW)
    assert (figures.received, figures.decided, figures.closed, figures.decision_minutes) == (10, 6, 4, 7.0)
    assert figures.in_town == 5
    assert "non validé cliniquement" in api.sheets_for("M03.14")[0].title
