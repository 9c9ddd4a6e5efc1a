"""A desk on a Saturday: two regulators, a doctor with slots two villages away, a patient and a call."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import time_machine

from maillage.agenda import api as agenda
from maillage.directory.api import Professional
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.computations import index
from maillage.people.api import Patient
from maillage.territory.api import Commune, Territory
from tests.factories import make_commune, make_patient, make_person, make_professional
from tests.factories.fixtures import place, regulator

__all__ = ["place", "regulator"]
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 14, 14, 0, tzinfo=PARIS)  # a Saturday
FEVER = "M03.14"
keys = (f"desk-key-{number}" for number in count())
Call = Callable[..., api.Request]
Doctor = Callable[..., Professional]


def events_told(place: Territory) -> int:
    """Return how many events the open pages of a desk were told of."""
    return sum(one.scope == place.scope.pk for one in outbox.told_after(0, api.EVENTS))


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    index.forget()
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock
    index.forget()


@pytest.fixture
def village(place: Territory) -> Commune:
    return make_commune("71001", place=place, lon=4.0)


@pytest.fixture
def town(place: Territory) -> Commune:
    return make_commune("71002", place=place, lon=4.1)  # about eight kilometres away


@pytest.fixture
def colleague(place: Territory) -> Person:
    return make_person("lea.ronce", Role.REGULATOR, place.scope)


@pytest.fixture
def patient(place: Territory) -> Patient:
    return make_patient("Tilleul", place, phone="+33639980001")


@pytest.fixture
def make_doctor(place: Territory, town: Commune) -> Doctor:
    """Give a function that opens an hour of slots this afternoon for a new doctor, three by default."""

    def made(
        name: str,
        *,
        commune: Commune | None = None,
        account: Person | None = None,
        visibility: agenda.Visibility = agenda.Visibility.SNP,
        starts: int = 16,
    ) -> Professional:
        professional = make_professional(name, "Hélène", account, specialty="SM54", phone="01 99 00 12 34")
        diary = agenda.create_agenda(by=None, professional=professional, place=place)
        office = agenda.add_schedule(by=None, agenda=diary, name=f"Cabinet {name}", commune=commune or town)
        agenda.add_opening(
            by=None, schedule=office, weekday=5, starts=time(starts), ends=time(starts + 1), minutes=20,
            valid_from=date(2026, 3, 14), valid_to=date(2026, 3, 14), visibility=visibility, key=next(keys),
        )  # fmt: skip
        return professional

    return made


@pytest.fixture
def doctor(make_doctor: Doctor) -> Professional:
    return make_doctor("Aubépine")


@pytest.fixture
def call(regulator: Person, place: Territory, village: Commune, patient: Patient) -> Call:
    """Give a function that opens a call for a patient of the village, its safety questions all answered.

    `checked=False` leaves them to be asked.
    """

    def opened(by: Person | None = None, *, checked: bool = True, **values: object) -> api.Request:
        said = {"motive": FEVER, "commune": village, "patient": patient, "priority": "P2"} | values
        made = api.open_request(
            by=by or regulator,
            scope=place.scope,
            origin=api.Origin.SINGLE_NUMBER,
            key=next(keys),
            values=said,
        )
        return pass_safety(by or regulator, made) if checked else made

    return opened


def pass_safety(by: Person, request: api.Request) -> api.Request:
    """Answer every question of a request so that nothing alarms, or make its spoken check; return it."""
    api.create_example_sheets(by=None)
    found = api.clearance(request)
    for sheet in found.sheets:
        asked = {one.key: one for one in sheet.asked}
        calm = {
            key: api.Answer.YES if asked[key].red_flag is api.Answer.NO else api.Answer.NO
            for key in found.missing.get(sheet.pk, ())
        }
        request = api.answer_questions(by=by, request=request, sheet=sheet, answers=calm)
    if found.obstacle is api.Obstacle.UNCHECKED:
        said = {"said_by": api.CallerKind.PATIENT, "note": "Respire bien, conscient, rien d’inquiétant."}
        api.confirm_spoken_check(by=by, request=request, **said)
    return request


def refused(refusal: api.Refusal, action: Callable[..., object], **asked: object) -> str:
    """Check that an action is refused so, in a whole sentence; return it."""
    with pytest.raises(api.OrientationError) as error:
        action(**asked)
    assert error.value.refusal is refusal
    assert str(error.value).endswith(".")
    return str(error.value)
