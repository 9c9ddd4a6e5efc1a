"""The demonstration's agendas: a fortnight that holds together, twice the same."""

from collections import Counter
from datetime import date

import pytest

from maillage.agenda import api
from maillage.agenda.models import Agenda, Appointment, Occupation
from maillage.directory.api import Membership, Professional, Structure
from maillage.kernel.models import Person
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.factories import make_commune, make_patient

TODAY = date(2026, 3, 14)


@pytest.fixture
def populated(place: Territory) -> Territory:
    commune = make_commune(place=place)
    office = Structure.objects.create(
        id="test:msp", kind="msp", name="MSP", search_name=" msp", commune=commune, lon=4.0, lat=46.0,
        precision="commune", count=1, source="test",
    )  # fmt: skip
    for number in range(3):
        doctor = Professional.objects.create(
            last_name=f"Aubépine {number}", search_name=f" {number}", profession="10", specialty="SM54",
            source="test", is_demonstration=True,
        )  # fmt: skip
        Membership.objects.create(professional=doctor, structure=office, source="test")
    for number in range(11):
        make_patient(f"Tilleul {number}", place)
    Patient.objects.in_scope(place.scope).update(is_demonstration=True)
    return place


def test_a_fortnight_of_agendas(populated: Territory, regulator: Person) -> None:
    assert api.create_demonstration_agenda(by=None, place=populated, today=TODAY) == 3
    assert api.create_demonstration_agenda(by=None, place=populated, today=TODAY) == 3
    assert Agenda.objects.count() == 3
    states = Counter(Appointment.objects.in_scope(populated.scope).values_list("state", flat=True))
    assert set(states) == {"booked", "honoured", "not_honoured"}
    assert states["honoured"] > 100
    assert Occupation.objects.count() > 600
    agenda = Agenda.objects.first()
    window = (agenda.slots.first().starts_at, agenda.slots.last().ends_at)
    free = api.free_slots(regulator, *window)
    assert {slot.visibility for slot in free} == {"PUBLIC", "CPTS", "SNP", "PRO"}


def test_it_is_the_same_each_time(populated: Territory) -> None:
    api.create_demonstration_agenda(by=None, place=populated, today=TODAY)
    rows = Appointment.objects.in_scope(populated.scope).order_by("slot__agenda", "slot__starts_at")
    first = list(rows.values_list("slot__starts_at", "patient__birth_name", "state"))
    assert len(first) > 200
    assert first[0] == (first[0][0], "Tilleul 0", "honoured")


def test_somebody_who_signs_in_has_a_few_visits_and_no_more(populated: Territory) -> None:
    louis = Patient.objects.in_scope(populated.scope).order_by("pk")[0]
    louis.account = Person.objects.create_user("louis@exemple.fr")
    louis.save()
    api.create_demonstration_agenda(by=None, place=populated, today=TODAY)
    rows = Appointment.objects.in_scope(populated.scope).filter(patient=louis)
    days = [one.slot.starts_at.date() for one in rows.select_related("slot")]
    assert sorted(day < TODAY for day in days) == [False] * 3 + [True] * 3
    assert Appointment.objects.in_scope(populated.scope).count() > 200
