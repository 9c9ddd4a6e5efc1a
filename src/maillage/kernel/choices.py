"""The choices of a field, from the words that a table of labels gives to each value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from django.utils.functional import Promise

Member = TypeVar("Member", bound=StrEnum)


def as_choices(labels: Mapping[Member, str | Promise]) -> list[tuple[str, str | Promise]]:
    """Return the pairs (stored value, words) that a field of a model or of a form asks for."""
    return [(one.value, words) for one, words in labels.items()]
