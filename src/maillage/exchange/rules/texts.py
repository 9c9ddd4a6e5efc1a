"""Templates: which placeholders a text holds, and the text with their values."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from maillage.exchange.rules.vocabulary import Parameter


class PlaceholderError(ValueError):
    """A text asks for something outside the closed list, or writes a placeholder in a way that runs code."""


def placeholders(text: str) -> frozenset[Parameter]:
    """Return what `text` asks for. Raises PlaceholderError for anything but `{name}` of the closed list.

    >>> sorted(placeholders("le {when}, {commune}"))
    [<Parameter.COMMUNE: 'commune'>, <Parameter.WHEN: 'when'>]
    """
    found = set()
    for _literal, name, form, conversion in Formatter().parse(text):
        if name is None:
            continue
        if form or conversion or name not in {one.value for one in Parameter}:
            raise PlaceholderError(f"{{{name}}} is not in the closed list")
        found.add(Parameter(name))
    return frozenset(found)


def fill(text: str, values: Mapping[Parameter, str]) -> str:
    """Return `text` with its values. Raises PlaceholderError, KeyError for a value that lacks."""
    return text.format(**{asked.value: values[asked] for asked in placeholders(text)})
