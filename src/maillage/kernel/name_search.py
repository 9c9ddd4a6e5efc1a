"""The condition that finds a name in a search column, on both databases."""

from __future__ import annotations

from django.db.models import Q

from maillage.kernel.names import place_sought, sought


def named_like(text: str, column: str = "search_name") -> Q:
    """Return the condition « this search key answers `text` »; a text without any word finds nothing.

    `column` holds what `kernel.names.search_key` or `place_key` returned.
    """
    condition = Q()
    for several in sought(text):
        one_of = Q()
        for beginning in several:
            one_of |= Q(**{f"{column}__contains": f" {beginning}"})
        condition &= one_of
    return condition or Q(pk__in=[])


def account_like(text: str) -> Q:
    """Return the condition « the names of this account, or its address, answer `text` »."""
    return named_like(text) | Q(email__icontains=text)


def place_like(text: str, column: str = "search_name") -> Q:
    """Return the condition « the key of this place answers `text` », its words in the order typed."""
    condition = Q()
    for beginning in place_sought(text):
        condition |= Q(**{f"{column}__contains": f" {beginning}"})
    return condition or Q(pk__in=[])
