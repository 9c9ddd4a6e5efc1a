"""A territory with who writes, who answers and who is told; a gateway and a mail server; a still clock."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from maillage.directory.api import Professional
from maillage.exchange import api
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.territory.api import Commune, Territory
from tests.exchange.servers import Gateway, Smtp, running
from tests.factories import make_commune, make_patient, make_person
from tests.factories.fixtures import coordinator, doctor, place, professional, regulator

__all__ = ["coordinator", "doctor", "place", "professional", "regulator"]
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 14, 14, 0, tzinfo=PARIS)  # a Saturday
MONDAY = datetime(2026, 3, 16, 9, 20, tzinfo=PARIS)
MOBILE = "+33639980001"
Tell = Callable[..., list[api.Notification]]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def administrator(db: None) -> Person:
    return make_person("agnes.muguet", Role.ADMINISTRATOR, None)


@pytest.fixture
def patient(place: Territory) -> Patient:
    return make_patient("Tilleul", place, phone=MOBILE)


@pytest.fixture
def commune(db: None) -> Commune:
    return make_commune(name="Val-de-Brume", search_name=" val de brume")


@pytest.fixture
def booked(professional: Professional, commune: Commune) -> api.Parameters:
    return api.Parameters(when=MONDAY, professional=professional, commune=commune, phone="01 99 00 12 34")


keys = (f"key-{number}" for number in count())


@pytest.fixture
def tell(regulator: Person, booked: api.Parameters) -> Tell:
    """Give a function that announces an appointment."""

    def told(to: api.Recipient, **changes: Any) -> list[api.Notification]:
        said = {
            "template": api.Template.APPOINTMENT_BOOKED,
            "parameters": booked,
            "key": next(keys),
        } | changes
        return api.notify(by=regulator, to=to, **said)

    return told


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    with running(Gateway()) as server:
        settings.SMS_URL, settings.SMS_TOKEN = server.url, "a token"
        yield server


@pytest.fixture
def smtp(settings: Any) -> Iterator[Smtp]:
    with running(Smtp()) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
