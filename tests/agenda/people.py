"""Makes the people and places that the agenda's tests and processes need, without any data pack."""

from datetime import date

from maillage.directory.api import Professional
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.territory.api import Territory
from maillage.territory.models import Commune, TerritoryCommune


def make_territory(time_zone: str = "Europe/Paris") -> Territory:
    scope = Scope.objects.create(kind="territory", label="Val-de-Brume")
    return Territory.objects.create(
        kind="cpts",
        name="Val-de-Brume",
        search_name=" val de brume",
        slug=f"val-de-brume-{scope.pk}",
        scope=scope,
        time_zone=time_zone,
    )


def make_person(name: str, role: Role, scope: Scope | None) -> Person:
    first, last = name.title().split(".")
    person = Person.objects.create_user(f"{name}@example.org", None, first_name=first, last_name=last)
    RoleAssignment.objects.create(person=person, role=role, scope=scope, starts_on=date(2026, 1, 1))
    return person


def make_professional(last_name: str, first_name: str, account: Person | None = None) -> Professional:
    return Professional.objects.create(
        last_name=last_name,
        first_name=first_name,
        search_name=f" {first_name} {last_name}".lower(),
        profession="10",
        account=account,
        source="test",
    )


def make_patient(name: str, place: Territory) -> Patient:
    return Patient.objects.create(
        scope=place.scope, birth_name=name, birth_first_names="Louis", search_name=f" louis {name}".lower()
    )


def make_commune(place: Territory) -> str:
    texts = [one.name for one in Commune._meta.concrete_fields if one.get_internal_type() == "CharField"]
    fields = dict.fromkeys(texts, "") | {"code": "71230", "name": "Brumeval", "search_name": " brumeval"}
    commune = Commune.objects.create(**fields, lon=4.0, lat=46.4, area_km2=12.0, population=800)
    TerritoryCommune.objects.create(territory=place, commune=commune)
    return commune.pk
