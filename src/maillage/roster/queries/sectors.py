"""Sectors that a person may read, the communes of their territories, and where their doctors practise."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from maillage.directory import api as directory
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.roster.models import Sector, SectorCommune, Volunteer
from maillage.territory import api as territory


class Setting(StrEnum):
    """Where a volunteer practises, by the directory: it decides nothing, and is shown with the shares."""

    TOWN = "town"
    HOSPITAL = "hospital"
    BOTH = "both"
    UNKNOWN = ""


_HOSPITALS = {
    kind.value
    for kind in (
        directory.StructureKind.HOSPITAL,
        directory.StructureKind.LOCAL_HOSPITAL,
        directory.StructureKind.EMERGENCY,
    )
}


@dataclass(frozen=True, slots=True)
class Area:
    """Communes to show: those of sectors, and those of the same territories that no sector covers."""

    members: list[SectorCommune]
    uncovered: list[territory.Commune]


def sectors_in(person: Person, permission: Permission = Permission.VIEW_ROSTER) -> QuerySet[Sector]:
    """Return the sectors where `person` has a permission, with their sizes, by territory and name."""
    rows = Sector.objects.select_related("territory__scope")
    scopes = access.scopes_of(person, permission)
    if scopes is not None:
        rows = rows.filter(territory__scope__in=scopes)
    return rows.order_by("territory__search_name", "name", "pk")


def own_sectors_first(person: Person) -> QuerySet[Sector]:
    """Return the sectors that `person` reads: first those of the communes where they work, the PDSA before.

    Where one works is what the directory says of the account today.
    """
    at_work = directory.Membership.objects.in_force(timezone.localdate()).filter(
        professional__account=person, structure__commune__sector_memberships__sector=OuterRef("pk")
    )
    rows = sectors_in(person).annotate(is_own=Exists(at_work))
    return rows.order_by("-is_own", "kind", "territory__search_name", "name", "pk")


def territories_in(person: Person, permission: Permission) -> QuerySet[territory.Territory]:
    """Return the territories where `person` has a permission."""
    scopes = access.scopes_of(person, permission)
    rows = territory.Territory.objects.order_by("search_name", "pk")
    return rows if scopes is None else rows.filter(scope__in=scopes)


def sizes(sectors: Collection[Sector]) -> dict[int, tuple[int, int]]:
    """Return the communes and inhabitants of each sector, by its key."""
    rows = SectorCommune.objects.filter(sector__in=list(sectors)).values_list("sector")
    counted = rows.annotate(communes=Count("pk"), people=Sum("commune__population"))
    found = {key: (communes, people) for key, communes, people in counted.order_by()}
    return {one.pk: found.get(one.pk, (0, 0)) for one in sectors}


def area(sectors: Collection[Sector]) -> Area:
    """Return the communes of some sectors, and those of their territories that no sector covers."""
    pdsa = [one for one in sectors if not one.is_shared] or list(sectors)
    rows = SectorCommune.objects.filter(sector__in=pdsa).select_related("commune", "sector")
    members = list(rows.order_by("sector__name", "commune__search_name", "pk"))
    places = {one.territory_id for one in sectors}
    bare = territory.Commune.objects.filter(memberships__territory__in=places).exclude(
        sector_memberships__is_pdsa=True
    )
    return Area(members, list(bare.active().distinct().order_by("search_name", "pk")))


def volunteers_of(sector: Sector) -> QuerySet[Volunteer]:
    """Return the volunteers of a sector by name, those who take no duty any more last."""
    rows = Volunteer.objects.filter(sector=sector).select_related("professional")
    return rows.order_by("-is_active", "professional__search_name", "pk")


def settings_of(volunteers: Iterable[Volunteer]) -> dict[int, Setting]:
    """Return where each volunteer practises, by their key, from the memberships of the directory."""
    rows = list(volunteers)
    memberships = directory.memberships_of([one.professional for one in rows])
    found = {}
    for one in rows:
        hospital = {held.structure.kind in _HOSPITALS for held in memberships[one.professional_id]}
        found[one.pk] = {
            frozenset({True}): Setting.HOSPITAL,
            frozenset({False}): Setting.TOWN,
            frozenset({True, False}): Setting.BOTH,
        }.get(frozenset(hospital), Setting.UNKNOWN)
    return found


def doctors_to_enrol(sector: Sector, text: str, limit: int = 20) -> list[directory.Professional]:
    """Return doctors who do not volunteer in a sector yet: of that name, or who practise in its communes."""
    doctors = (sector.profession,)
    if text.strip():
        rows = directory.Professional.objects.active().of_professions(doctors).matching(text)
    else:
        codes = list(sector.members.values_list("commune", flat=True))
        rows = directory.professionals_in(codes, directory.Criteria(professions=doctors))
    others = rows.exclude(Q(volunteering__sector=sector))
    return list(others.order_by("search_name", "pk")[:limit])
