"""Every address of the site, walked from the configuration of its URLs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver


@dataclass(frozen=True)
class Address:
    """One address of the site: its name, its pattern with `<converter:name>` parts."""

    name: str
    pattern: str

    def filled(self, part: Callable[[str, str], str]) -> str:
        """Return a path, each part given by `part(converter, name)`."""
        return re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: part(found[1] or "str", found[2]), self.pattern)

    @property
    def has_parts(self) -> bool:
        return "<" in self.pattern


def addresses(
    patterns: Sequence[URLPattern | URLResolver], prefix: str = "/", space: str = ""
) -> Iterator[Address]:
    """Yield every address below `patterns`."""
    for entry in patterns:
        pattern = prefix + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry.url_patterns, pattern, inner)
        else:
            # A regular expression, as allauth has one: its groups are parts like others.
            yield Address(f"{space}{entry.name}", re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<str:\1>", pattern))
