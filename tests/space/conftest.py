"""A patient with an account and a carer, a doctor whose slots are open to all, a clock that stands still."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import carers
from maillage.people.api import Gesture, Part, Patient
from maillage.people.models import Mandate
from maillage.people.rules.carers import Relation
from maillage.space.actions import checks
from maillage.space.models import SafetyCheck
from maillage.space.rules.booking import Reason
from maillage.territory.api import Territory
from tests.factories import make_patient, make_person
from tests.factories.fixtures import doctor, place, professional, regulator

__all__ = ["doctor", "place", "professional", "regulator"]
NOW = datetime(2026, 3, 14, 14, 0, tzinfo=ZoneInfo("Europe/Paris"))  # a Saturday
DAUGHTER = carers.Carer("awa.melisse@exemple.fr", "Awa", "Mélisse")
KEYS = (f"key-{number}" for number in count())


@pytest.fixture(autouse=True)
def clock() -> time_machine.Traveller:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def patient(place: Territory) -> Patient:
    account = make_person("louis.tilleul", Role.PATIENT, place.scope)
    return make_patient(
        "Tilleul", place, birth_date=date(1950, 3, 14), phone="+33639980001", account=account, sex="male"
    )


@pytest.fixture
def own(patient: Patient) -> Person:
    assert patient.account is not None
    return patient.account


@pytest.fixture
def office(doctor: Person, professional: Professional, place: Territory) -> agenda.Schedule:
    professional.phone = "+33385000001"
    professional.save()
    made = agenda.create_agenda(by=doctor, professional=professional, place=place)
    return agenda.add_schedule(by=doctor, agenda=made, name="Cabinet du Pont")


Open = Callable[..., list[agenda.Slot]]


@pytest.fixture
def open_slots(doctor: Person, office: agenda.Schedule) -> Open:
    """Give a function that opens an hour of a Monday, three slots, and returns them."""

    def opened(
        visibility: agenda.Visibility = agenda.Visibility.PUBLIC, day: date = date(2026, 3, 16), hour: int = 9
    ) -> list[agenda.Slot]:
        opening = agenda.add_opening(
            by=doctor,
            schedule=office,
            weekday=day.weekday(),
            starts=time(hour),
            ends=time(hour + 1),
            minutes=20,
            valid_from=day,
            valid_to=day,
            visibility=visibility,
            key=next(KEYS),
        )
        return list(agenda.Slot.objects.filter(opening=opening).order_by("starts_at"))

    return opened


@pytest.fixture
def slots(open_slots: Open) -> list[agenda.Slot]:
    return open_slots()


def mandate(own: Person, patient: Patient, *parts: Part, gestures: tuple[Gesture, ...] = ()) -> Mandate:
    """A mandate of ninety days for the daughter, signed by its code."""
    until = timezone.now() + timedelta(days=90)
    terms = carers.Terms(Relation.FATHER, frozenset(parts), frozenset(gestures), until)
    made = carers.ask_mandate(by=own, patient=patient, carer=DAUGHTER, terms=terms)
    assert carers.sign_mandate(by=own, mandate=made, code=str(carers.code_for(made)))
    return Mandate.objects.keyed(made.pk).select_related("carer", "patient", "link").get()


@pytest.fixture
def daughter(own: Person, patient: Patient) -> Person:
    """A carer who makes appointments."""
    return mandate(own, patient, Part.APPOINTMENTS, gestures=(Gesture.BOOK,)).carer


def cleared(by: Person, patient: Patient) -> SafetyCheck:
    """The safety questions answered: a follow-up, no sign."""
    return checks.start_check(by=by, patient=patient, key=next(KEYS), signs=(), reason=Reason.FOLLOW_UP)


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client
