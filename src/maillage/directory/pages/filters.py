"""What a visitor asks of the directory: a place, some types, a text; and the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import Http404, QueryDict

from maillage.directory.models import Structure, StructureQuerySet
from maillage.directory.queries import search_structures, structures_in
from maillage.directory.rules import StructureKind
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.territory import api as territory
from maillage.territory.api import Commune, Territory

LIMIT = 2_000
"""Structures shown at most: a larger question is narrowed by place, type or text."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question of the address: at most one of `territory`, `commune` and `box` says where."""

    territory: Territory | None
    commune: Commune | None
    box: tuple[float, float, float, float] | None
    kinds: tuple[StructureKind, ...]
    text: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing says what to look for."""
        return not (self.territory or self.commune or self.box or self.text)

    @property
    def codes(self) -> list[str]:
        """The communes asked for."""
        if self.territory:
            return territory.member_codes(self.territory)
        return [self.commune.code] if self.commune else []

    def query(self) -> str:
        """Return the question as a query string."""
        asked = [("territory", self.territory.slug)] if self.territory else []
        asked += [("commune", self.commune.code)] if self.commune else []
        asked += [("bbox", ",".join(f"{side:g}" for side in self.box))] if self.box else []
        asked += [("type", kind.value) for kind in self.kinds]
        asked += [("q", self.text)] if self.text else []
        return urlencode(asked)

    def answer(self) -> list[Structure]:
        """Return the structures asked for, `LIMIT` at most."""
        if self.text:
            found = search_structures(self.text, limit=LIMIT)
            codes = set(self.codes)
            return [
                one
                for one in found
                if (not self.kinds or StructureKind(one.kind) in self.kinds)
                and (not codes or one.commune_id in codes)
            ]
        return [] if self.is_empty else list(self._placed()[:LIMIT])

    def _placed(self) -> StructureQuerySet:
        if self.box:
            return Structure.objects.active().of_kinds(self.kinds).in_box(*self.box).select_related("commune")
        return structures_in(self.codes, self.kinds, every_origin=True)


def own_territory(person: Person) -> Territory | None:
    """Return the territory of the person's roles, the first by name where several are or all may be seen."""
    scopes = access.scopes_of(person, Permission.VIEW_DIAGNOSIS)
    every = Territory.objects.select_related("parent", "scope").order_by("search_name", "pk")
    return (every if scopes is None else every.filter(scope__in=scopes)).first()


def read_or_own(query: QueryDict, person: Person) -> Asked:
    """Read the question of an address; where it asks nothing at all, what the visitor's own territory has.

    Raises Http404 on an unknown place.
    """
    asked = read(query)
    if asked.is_empty and "territory" not in query:
        return replace(asked, territory=own_territory(person))
    return asked


def read(query: QueryDict) -> Asked:
    """Read the question of an address; leave unknown types out. Raises Http404 on an unknown place."""
    known = {kind.value: kind for kind in StructureKind}
    kinds = [known[word] for value in query.getlist("type") for word in value.split(",") if word in known]
    return Asked(
        territory=_territory(query.get("territory", "")),
        commune=_commune(query.get("commune", "")),
        box=_box(query.get("bbox", "")),
        kinds=tuple(dict.fromkeys(kinds)),
        text=query.get("q", "").strip(),
    )


def _territory(slug: str) -> Territory | None:
    return territory.territory_or_404(slug) if slug else None


def _commune(code: str) -> Commune | None:
    found = territory.commune(code) if code else None
    if code and found is None:
        raise Http404(code)
    return found


def _box(text: str) -> tuple[float, float, float, float] | None:
    if not text:
        return None
    try:
        west, south, east, north = (float(side) for side in text.split(","))
    except ValueError:
        raise Http404(text) from None
    return west, south, east, north
