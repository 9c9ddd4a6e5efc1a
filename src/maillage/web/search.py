"""The search box: what each context finds, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from maillage.kernel.contributions import Found, searches

LIMIT = 12


@dataclass(frozen=True, slots=True)
class Group:
    """What one part of the product found; `more` when the list was cut."""

    title: str
    results: list[Found]
    more: bool


def search(query: str) -> list[Group]:
    """Return what `query` finds, part by part; parts that find nothing are left out."""
    if len(query) < 2:
        return []
    found = [(str(part.title), list(islice(part.find(query, LIMIT + 1), LIMIT + 1))) for part in searches()]
    return [Group(title, results[:LIMIT], len(results) > LIMIT) for title, results in found if results]
