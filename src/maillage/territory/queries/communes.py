"""Communes: one, found by text, or by ready-made group."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from maillage.kernel.names import BAR, place_holds, place_key, place_name
from maillage.kernel.sourced_rules import rule
from maillage.territory.models import Commune
from maillage.territory.rules.former_communes import successors
from maillage.territory.rules.kinds import Group


@dataclass(frozen=True, slots=True)
class Hit:
    """A ready-made group of communes found by a search."""

    group: Group
    code: str
    name: str
    communes: int


def commune(code: str) -> Commune | None:
    """Return the commune, active or not, None where the code is unknown."""
    return Commune.objects.filter(code=code.upper()).first()


def former_codes() -> dict[str, str]:
    """Return the commune of today by former code: merged communes, arrondissements, renumbered ones."""
    return successors(
        rule("territory.communes.arrondissements").value, rule("territory.communes.renumbered").value
    )


def known_codes() -> dict[str, str]:
    """Return the names of all communes ever imported, by code."""
    return dict(Commune.objects.values_list("code", "name"))


def names_of(codes: Collection[str]) -> dict[str, str]:
    """Return the names of communes by code, those of an earlier pack too."""
    return dict(Commune.objects.filter(code__in=list(codes)).values_list("code", "name"))


#: A commune as a suggestion writes it where another has its name: « Saint-Denis (97411) ».
_TOLD_APART = re.compile(r"^.+\((?P<code>[0-9][0-9AB][0-9]{3})\)$")


def distinct_name(commune: Commune, among: Iterable[Commune]) -> str:
    """Name a commune, with its code where another of `among` has its name: `search_communes` reads it."""
    alike = any(one.pk != commune.pk and place_name(one.name) == place_name(commune.name) for one in among)
    return f"{commune.name} ({commune.code})" if alike else commune.name


def search_communes(text: str, limit: int = 20) -> list[Commune]:
    """Return the communes whose name, code or postcode begins with `text`: exact names, then the largest.

    A name followed by its code, as a suggestion writes it, is that commune alone.
    """
    told = _TOLD_APART.match(text.strip().upper())
    if told is not None:
        return list(Commune.objects.active().filter(code=told["code"]))
    return list(_ranked(Commune.objects.active().matching(text), text)[:limit])


def _ranked(found: QuerySet[Commune], text: str) -> QuerySet[Commune]:
    wanted = place_name(text)
    rank = Case(
        When(search_name=f" {wanted} ", then=Value(0)),
        When(search_name__startswith=f" {wanted} {BAR}", then=Value(0)),
        When(search_name__startswith=f" {wanted}", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return found.order_by(rank, "-population", "code")


def groups(text: str = "", kinds: tuple[Group, ...] = tuple(Group), limit: int = 40) -> list[Hit]:
    """Return the EPCI, départements, régions and bassins de vie whose name or code begins with `text`."""
    hits = [hit for kind in kinds for hit in _groups_of(kind) if not text.strip() or _begins(hit, text)]
    return hits[:limit]


def _begins(hit: Hit, text: str) -> bool:
    return hit.code.lower().startswith(text.strip().lower()) or place_holds(place_key(hit.name), text)


def _groups_of(kind: Group) -> list[Hit]:
    rows = (
        Commune.objects.active()
        .exclude(**{kind.value: ""})
        .values_list(kind.value, f"{kind.value}_name")
        .annotate(count=Count("code"))
        .order_by(f"{kind.value}_name")
    )
    return [Hit(kind, code, name, count) for code, name, count in rows]
