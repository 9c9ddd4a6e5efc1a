"""Makes the people and places that the roster's tests need, without any data pack."""

from datetime import date

from maillage.directory.api import Professional
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.territory.api import Commune, Territory


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


def make_commune(code: str, departement: str = "71") -> Commune:
    return Commune.objects.create(
        code=code, name=f"Commune {code}", search_name=f" commune {code}", postcodes=f" {code}",
        departement=departement, departement_name="", region="27", region_name="", lon=4.3, lat=46.5,
        population=1000,
    )  # fmt: skip


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
