"""The two levels of organisation, and newcomers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from maillage.directory.models import CareUnit, CareUnitCommune, Membership, Structure, Welcome
from maillage.directory.rules.structures import StructureKind
from maillage.directory.rules.welcome import Due, Step, next_step, path
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.territory import api as territory


@dataclass(frozen=True, slots=True)
class SharedPerimeter:
    """A territory of the second level, with how many communes it shares with a care unit."""

    territory: territory.Territory
    shared: int
    total: int


@dataclass(frozen=True, slots=True)
class Levels:
    """The first level (a care unit and its communes) and the CPTS it meets.

    More than one CPTS is an overlap; `outside` counts the communes in none.
    """

    unit: CareUnit | None
    cpts: list[SharedPerimeter]
    outside: int

    @property
    def overlaps(self) -> bool:
        """Whether the care unit works across several CPTS."""
        return len(self.cpts) > 1


@dataclass(frozen=True, slots=True)
class Arrival:
    """A newcomer, with each step of the welcome and the next one (None: all are done)."""

    welcome: Welcome
    dues: list[Due]
    next: Due | None


def homes_of(person: Person) -> QuerySet[Membership, str]:
    """Return the keys of the EHPAD where the account of a person works today."""
    here = Membership.objects.in_force(timezone.localdate()).filter(
        professional__account=person,
        professional__is_active=True,
        structure__kind=StructureKind.EHPAD.value,
        structure__is_active=True,
    )
    return here.values_list("structure", flat=True)


def levels(structure: Structure) -> Levels:
    """Return the two levels that a structure belongs to; without a care unit, those of its own commune."""
    unit = CareUnit.objects.filter(structure=structure).first()
    codes = list(CareUnitCommune.objects.filter(unit=unit).values_list("commune", flat=True)) if unit else []
    codes = codes or ([structure.commune_id] if structure.commune_id else [])
    pairs = territory.Territory.objects.filter(
        kind=territory.TerritoryKind.CPTS.value, members__commune__in=codes
    ).values_list("pk", "members__commune")
    found: dict[int, set[str]] = {}
    for key, code in pairs:
        found.setdefault(key, set()).add(code)
    places = territory.Territory.objects.in_bulk(found)
    cpts = [SharedPerimeter(places[key], len(shared), len(codes)) for key, shared in found.items()]
    cpts.sort(key=lambda one: (-one.shared, one.territory.name))
    return Levels(unit, cpts, len(set(codes) - set().union(*found.values())))


def arrivals(place: territory.Territory) -> list[Arrival]:
    """Return the newcomers of a territory, the latest first."""
    found = Welcome.objects.filter(territory=place).select_related("professional", "mentor", "territory")
    return [_arrival(one) for one in found.prefetch_related("steps")]


def arrival(pk: int) -> Arrival:
    """Return one newcomer. Raises Welcome.DoesNotExist."""
    found = Welcome.objects.select_related("professional__account", "mentor__account", "territory__scope")
    return _arrival(found.prefetch_related("steps").get(pk=pk))


def _arrival(welcome: Welcome) -> Arrival:
    done: dict[Step, date] = {Step(row.step): row.done_on for row in welcome.steps.all()}
    days = rule("directory.welcome.days", on=welcome.started_on).value
    dues = path(welcome.started_on, days, done)
    return Arrival(welcome, dues, next_step(dues))
