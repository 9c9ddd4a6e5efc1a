"""Fixtures of campaigns: a territory with a commune, who leads prevention, a doctor and their patients."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.api import Patient, PatientAddress
from maillage.prevention.actions.campaigns import open_campaign
from maillage.prevention.models import Campaign
from maillage.territory.api import Commune, Territory
from tests.factories import declare_doctor, make_commune, make_patient, make_person
from tests.factories.fixtures import coordinator, doctor, place, professional

__all__ = ["coordinator", "doctor", "place", "professional"]


def days(count: int) -> date:
    """The day that many days from today."""
    return timezone.localdate() + timedelta(days=count)


def born(age: int) -> date:
    """A birth date of somebody who is that old, and some months."""
    today = timezone.localdate()
    return date(today.year - age - 1, 12, 31) if today.month < 7 else date(today.year - age, 1, 2)


@pytest.fixture
def lead(place: Territory) -> Person:
    """Who conducts prevention: counts, and no name."""
    return make_person("lina.primevere", Role.PREVENTION_LEAD, place.scope)


@pytest.fixture
def board(place: Territory) -> Person:
    """Somebody of the board, who follows."""
    return make_person("bernard.chataignier", Role.BOARD, place.scope)


@pytest.fixture
def stranger(place: Territory) -> Person:
    """A doctor of the territory who cares for nobody here."""
    return make_person("paul.reglisse", Role.PHYSICIAN, place.scope)


@pytest.fixture
def commune(place: Territory) -> Commune:
    return make_commune(place=place)


@pytest.fixture
def campaign(place: Territory, lead: Person, professional: Professional, commune: Commune) -> Campaign:
    """A campaign of colorectal screening, begun two months ago."""
    return open_campaign(
        by=lead, scope=place.scope, target="colorectal", title="Dépister", first_day=days(-60),
        last_day=days(120), goal=60, caller=professional, key="campaign",
    )  # fmt: skip


@pytest.fixture
def flu(place: Territory, lead: Person, professional: Professional, commune: Commune) -> Campaign:
    """A campaign against influenza."""
    return open_campaign(
        by=lead, scope=place.scope, target="influenza", title="Grippe", first_day=days(-10),
        last_day=days(90), goal=75, caller=professional, key="flu",
    )  # fmt: skip


def make_concerned(
    name: str, place: Territory, doctor: Professional | None, commune: Commune | None = None, **values: object
) -> Patient:
    """Somebody of 60 with a telephone, followed by a doctor, who lives in a commune."""
    usual = {"birth_date": born(60), "sex": "female", "phone": "+33639980001"}
    patient = make_patient(name, place, **usual | values)
    if doctor is not None:
        declare_doctor(patient, doctor)
    if commune is not None:
        PatientAddress.objects.create(patient=patient, commune=commune, line="3 rue Haute", postcode="71230")
    return patient


@pytest.fixture
def rose(place: Territory, professional: Professional, commune: Commune) -> Patient:
    """A patient of the doctor, concerned."""
    return make_concerned("Églantier", place, professional, commune)


@pytest.fixture
def elsewhere(place: Territory, commune: Commune) -> Patient:
    """Somebody concerned whom the doctor does not follow."""
    return make_concerned("Mirabelle", place, None, commune)
