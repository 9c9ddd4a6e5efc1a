"""Where a patient lives, by the name of the commune alone; whom a DAC may ask there."""

from __future__ import annotations

from maillage.directory import api as directory
from maillage.kernel.models import Scope
from maillage.people import api as people
from maillage.territory import api as territory

Kind = directory.StructureKind
#: The structures that a DAC asks for help around a person.
PARTNERS = (
    Kind.ASSOCIATION, Kind.MUNICIPALITY, Kind.SSIAD, Kind.HAD, Kind.EHPAD, Kind.HOSPITAL, Kind.LOCAL_HOSPITAL,
    Kind.MOBILE_TEAM, Kind.PMI, Kind.MSP, Kind.HEALTH_CENTRE,
)  # fmt: skip
MOST_PARTNERS, LONGEST_PARTNER = 300, 120


def commune_of(patient: people.Patient) -> str:
    """Return the commune where a patient who was read in scope is today; empty where nobody said it."""
    address = people.address_now(patient)
    return address.commune.name if address is not None and address.commune is not None else ""


def partners_known(scope: Scope) -> list[str]:
    """Return the names of the structures of a scope that may be asked, with their town; two statements."""
    members = territory.Commune.objects.filter(territories__scope=scope)
    codes = list(members.order_by().values_list("pk", flat=True))
    found = directory.structures_in(codes, PARTNERS, every_origin=True).order_by("search_name", "pk")
    names = (
        f"{one.name}, {one.commune.name}" if one.commune is not None else one.name
        for one in found[:MOST_PARTNERS]
    )
    return list(dict.fromkeys(name[:LONGEST_PARTNER] for name in names))
