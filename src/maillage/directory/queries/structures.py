"""Reads of structures."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q, Sum

from maillage.directory.models import Structure, StructureQuerySet
from maillage.directory.rules.structures import FINESS_LENGTH, Origin, Precision, StructureKind
from maillage.kernel.name_search import named_like
from maillage.kernel.names import LONGEST, normalise


def structures_in(
    codes: Collection[str], kinds: Iterable[StructureKind] = (), *, every_origin: bool = False
) -> StructureQuerySet:
    """Return the structures of the communes `codes`, of the given kinds (all if none), with their commune.

    Those of the data pack only, so that a diagnosis counts no invented one and none twice, unless
    `every_origin`.
    """
    return _of(every_origin).inside(codes).of_kinds(kinds).select_related("commune")


def structure(identifier: str) -> Structure:
    """Return one structure, still in the current pack or not. Raises Structure.DoesNotExist."""
    return Structure.objects.select_related("commune").get(pk=identifier)


def counts_by_kind(codes: Collection[str], *, every_origin: bool = False) -> dict[StructureKind, int]:
    """Return how many structures of each kind the communes `codes` have; every kind is there.

    Those of the data pack only, unless `every_origin`.
    """
    rows = _of(every_origin).inside(codes).order_by().values_list("kind").annotate(total=Sum("count"))
    found = dict(rows)
    return {kind: found.get(kind.value, 0) for kind in StructureKind}


def search_structures(text: str, limit: int = 20) -> list[Structure]:
    """Return the structures with a word of their name or town beginning with `text`, or of that FINESS."""
    wanted = normalise(text[:LONGEST]).replace(" ", "")
    active = _shown().select_related("commune")
    if len(wanted) == FINESS_LENGTH and wanted[0].isdigit():
        return list(active.filter(finess=wanted.upper())[:limit])
    return list(active.filter(named_like(text)).order_by("search_name", "id")[:limit])


def _of(every_origin: bool) -> StructureQuerySet:
    return _shown() if every_origin else Structure.objects.active().of_pack()


def _shown() -> StructureQuerySet:
    """Return what screens list, nothing twice: where an import names the pharmacies of a commune, the data
    pack's count of them is left out. Figures keep the pack's counts, the same for the whole country.
    """
    named = Structure.objects.active().filter(
        origin=Origin.IMPORT.value, kind=OuterRef("kind"), commune=OuterRef("commune")
    )
    counted = Q(origin=Origin.PACK.value, precision=Precision.COMMUNE.value, finess="")
    return Structure.objects.active().exclude(counted & Exists(named))
