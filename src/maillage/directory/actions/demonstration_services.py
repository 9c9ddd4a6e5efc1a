"""Invented services beside the offices: duty house, centre, beds, care at home, mobile team, protocols."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from maillage.directory.models import (
    Membership,
    OpeningHours,
    PracticePlace,
    Professional,
    ServiceOffer,
    Structure,
)
from maillage.directory.rules.professionals import Function, PracticeStatus, Profession
from maillage.directory.rules.structures import Origin, Precision, StructureKind
from maillage.kernel.api import demonstration_account
from maillage.kernel.names import search_key
from maillage.kernel.rules import Role
from maillage.kernel.sounds import name_sound
from maillage.territory import api as territory

SOURCE = "démonstration"
#: Name, and the hours of the week where somebody is there: weekday, from, to.
_SERVICES: tuple[tuple[StructureKind, str, tuple[tuple[int, time, time], ...]], ...] = (
    (StructureKind.DUTY_HOUSE, "Maison médicale de garde", ((5, time(12), time(20)), (6, time(8), time(20)))),
    (
        StructureKind.HEALTH_CENTRE,
        "Centre de santé du Marché",
        (*((day, time(9), time(19)) for day in range(5)), (5, time(9), time(17))),
    ),
    (StructureKind.LOCAL_HOSPITAL, "Hôpital de proximité des Saules", ()),
    (StructureKind.HAD, "Hospitalisation à domicile du Bocage", ()),
    (StructureKind.MOBILE_TEAM, "Équipe mobile de gériatrie", ()),
)
_PROTOCOLS = {
    Profession.PHARMACIST: ["SNP1", "SNP2", "TROD-C", "TROD-A"],
    Profession.NURSE: ["SNP1", "SNP2"],
    Profession.PHYSIOTHERAPIST: ["SNP3", "SNP4"],
}


def create_services(communes: Sequence[territory.Commune], today: date) -> int:
    """Create the services in the largest communes and say who follows protocols; return how many services."""
    doctors = _of(Profession.PHYSICIAN)
    for order, (kind, title, hours) in enumerate(_SERVICES[: len(communes)]):
        structure, place = _structure(communes[order % len(communes)], kind, title, order)
        if hours and doctors:
            _staff(structure, place, doctors[order % len(doctors)], hours, today)
    nurses = _of(Profession.NURSE)
    homes = Structure.objects.filter(kind=StructureKind.EHPAD.value, commune__in=communes).order_by("pk")
    for home, nurse in zip(homes, nurses[::3], strict=False):
        _staff(home, None, nurse, (), today)
    _manager(homes.first(), today)
    _mobile_team(doctors, today)
    for profession, codes in _PROTOCOLS.items():
        for one in _of(profession)[::2]:
            ServiceOffer.objects.filter(membership__professional=one).update(motives=codes)
    return min(len(_SERVICES), len(communes))


def _manager(home: Structure | None, today: date) -> None:
    """Let the account of a home's role manage the first home; nothing where there is no such account."""
    account = demonstration_account(Role.EHPAD)
    if account is None or home is None:
        return
    sheet = Professional.objects.create(
        first_name=account.first_name, last_name=account.last_name, account=account,
        search_name=search_key(account.first_name, account.last_name),
        sound=name_sound(account.last_name, account.first_name), is_demonstration=True, source=SOURCE,
    )  # fmt: skip
    Membership.objects.create(
        professional=sheet, structure=home, function=Function.MANAGEMENT.value,
        status=PracticeStatus.SALARIED.value, starts_on=today, source=SOURCE,
    )  # fmt: skip


def _mobile_team(doctors: Sequence[Professional], today: date) -> None:
    """Let a doctor be of the mobile team too: their mornings there are in their agenda."""
    team = Structure.objects.filter(pk=f"demonstration:{StructureKind.MOBILE_TEAM.value}").first()
    if team is not None and doctors:
        Membership.objects.create(
            professional=doctors[-1 if len(doctors) < 4 else 3], structure=team, status="L",
            function=Function.CARE.value, starts_on=today, source=SOURCE,
        )  # fmt: skip


def _of(profession: Profession) -> list[Professional]:
    rows = Professional.objects.filter(is_demonstration=True, profession=profession.value)
    return list(rows.order_by("pk"))


def _structure(
    commune: territory.Commune, kind: StructureKind, title: str, order: int
) -> tuple[Structure, PracticePlace]:
    name, key = f"{title}, {commune.name}", f"demonstration:{kind.value}"
    structure = Structure.objects.create(
        id=key, kind=kind.value, name=name, search_name=search_key(name), city=commune.name,
        commune=commune, lon=commune.lon, lat=commune.lat, precision=Precision.COMMUNE.value, count=1,
        source=SOURCE, origin=Origin.DEMONSTRATION.value,
    )  # fmt: skip
    place = PracticePlace.objects.create(
        key=key, structure=structure, name=name, postcode=(commune.postcodes.split() or [""])[0],
        commune=commune, lon=commune.lon, lat=commune.lat, wheelchair=True, phone=f"+3319901{order:04d}",
        source=SOURCE,
    )  # fmt: skip
    return structure, place


def _staff(
    structure: Structure,
    place: PracticePlace | None,
    who: Professional,
    hours: Sequence[tuple[int, time, time]],
    today: date,
) -> None:
    membership = Membership.objects.create(
        professional=who, structure=structure, place=place, function=Function.CARE.value, status="L",
        starts_on=today, source=SOURCE,
    )  # fmt: skip
    offer = ServiceOffer.objects.create(membership=membership)
    OpeningHours.objects.bulk_create(
        OpeningHours(offer=offer, weekday=day, opens_at=opens, closes_at=closes)
        for day, opens, closes in hours
    )
