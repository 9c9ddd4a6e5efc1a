"""The search box: territories, communes, structures, professionals and rules, from each context's api."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel.names import holds, search_key
from maillage.kernel.sourced_rules import all_rules
from maillage.territory import api as territory
from maillage.web.navigation import address

LIMIT = 12


@dataclass(frozen=True, slots=True)
class Result:
    """One thing found: its name, where it is, its page."""

    label: str
    detail: str | Promise
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """What one part of the product found; `more` when the list was cut."""

    title: str
    results: list[Result]
    more: bool


def search(query: str) -> list[Group]:
    """Return what `query` finds, part by part; parts that find nothing are left out."""
    if len(query) < 2:
        return []
    found = (
        (_("Territoires"), _territories(query)),
        (_("Communes"), _communes(query)),
        (_("Structures"), _structures(query)),
        (_("Professionnels"), _professionals(query)),
        (_("Règles"), _rules(query)),
    )
    groups = [(title, list(results)) for title, results in found]
    return [Group(title, results[:LIMIT], len(results) > LIMIT) for title, results in groups if results]


def _territories(query: str) -> Iterator[Result]:
    for one in territory.search_territories(query, LIMIT + 1):
        yield Result(one.name, one.get_kind_display(), address("territory:show", one.slug))


def _communes(query: str) -> Iterator[Result]:
    for one in territory.search_communes(query, LIMIT + 1):
        place = f"{one.departement_name} · {one.code}"
        yield Result(one.name, place, address("territory:commune", one.code))


def _structures(query: str) -> Iterator[Result]:
    for one in directory.search_structures(query, LIMIT + 1):
        yield Result(
            one.name, f"{one.get_kind_display()}, {one.city}", address("directory:structure", one.pk)
        )


def _professionals(query: str) -> Iterator[Result]:
    found = directory.search_professionals(query, LIMIT + 1)
    memberships = directory.memberships_of(found)
    for one in found:
        places = [member.place or member.structure for member in memberships[one.pk]]
        commune = next((place.commune.name for place in places if place.commune), "")
        detail = " · ".join(filter(None, (one.profession_name, commune)))
        yield Result(one.name, detail, address("directory:professional", one.pk))


def _rules(query: str) -> Iterator[Result]:
    seen = set()
    for rule in all_rules():
        if rule.key not in seen and holds(search_key(rule.label, rule.label_en, rule.key), query):
            seen.add(rule.key)
            yield Result(rule.said, rule.key, address("kernel:sourced_rule", rule.key))
