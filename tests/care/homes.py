"""A home of the territory, who works there, a resident with a doctor: fixtures of its tests."""

from datetime import date
from typing import Any

import pytest

from maillage.care.actions.homes import admit
from maillage.care.models import Stay
from maillage.care.rules.crisis_card import Entry
from maillage.directory.api import Function, Membership, Structure
from maillage.kernel.models import Person
from maillage.kernel.names import search_key
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.factories import declare_doctor, make_person, make_professional

#: What a nurse writes of a resident.
OF_A_NURSE = {
    Entry.HOSPITAL: "avoid",
    Entry.WISHES: "« Rester ici, avec ma radio. »",
    Entry.ALLERGY: "yes",
    Entry.ALLERGIES: "Pénicilline",
    Entry.TREATMENTS: "Anticoagulant",
    Entry.BASELINE: "Marche avec un déambulateur.",
    Entry.DIRECTIVES: "no",
    Entry.TRUSTED_PERSON: "Claire Tilleul",
    Entry.TO_CALL: "Claire Tilleul, sa fille",
    Entry.TO_CALL_PHONE: "+33639980001",
    Entry.TO_CALL_AT_NIGHT: "no",
}


def make_home(name: str = "Les Aulnes") -> Structure:
    return Structure.objects.create(
        id=f"ehpad-{search_key(name).strip()}", kind="ehpad", name=name, search_name=search_key(name),
        city="Digoin", lon=4.0, lat=46.5, precision="address", count=1, source="test", origin="import",
    )  # fmt: skip


def works(person: Person, home: Structure, function: Function = Function.CARE, **values: Any) -> Person:
    """Let somebody work in a home, with a sheet of their own where they have none."""
    sheet = getattr(person, "professional", None) or make_professional(
        person.last_name, person.first_name, person, profession="60"
    )
    Membership.objects.create(
        professional=sheet, structure=home, function=function.value, starts_on=date(2026, 1, 1),
        source="test", **values,
    )  # fmt: skip
    return person


@pytest.fixture
def home(db: None) -> Structure:
    return make_home()


@pytest.fixture
def manager(home: Structure, place: Territory) -> Person:
    return works(make_person("odile.glycine", Role.EHPAD, place.scope), home, Function.MANAGEMENT)


@pytest.fixture
def night_nurse(home: Structure, place: Territory) -> Person:
    return works(make_person("sofia.anemone", Role.NURSE, place.scope), home)


def come_to_live(
    by: Person, home: Structure, place: Territory, name: str = "Tilleul", *, told: bool = True
) -> Stay:
    """Let Louis `name`, born in 1940, live in a home."""
    return admit(
        by=by,
        home=home,
        scope=place.scope,
        identity={
            "birth_name": name, "birth_first_names": "Louis", "birth_date": date(1940, 3, 14), "sex": "male",
        },
        since=date(2026, 1, 5),
        room="12",
        is_informed=told,
    )  # fmt: skip


@pytest.fixture
def stay(manager: Person, home: Structure, place: Territory) -> Stay:
    return come_to_live(manager, home, place)


@pytest.fixture
def resident(stay: Stay, professional: Any) -> Patient:
    """Louis Tilleul, who lives in the home, whose médecin traitant is Hélène Aubépine."""
    declare_doctor(stay.patient, professional)
    return stay.patient
