"""Packages that take tens of megabytes and seconds, loaded where they are first used.

A server process answers for days without reading a data pack or printing a report: what only these need is
not in its memory. `from maillage.kernel.later import polars as pl` reads as the import that it replaces.
tests/architecture/test_memory.py says what a server process must not load.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["polars", "typst"]


class _Later(ModuleType):
    """A module that is imported when something of it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


if TYPE_CHECKING:
    import polars
    import typst
else:
    polars, typst = _Later("polars"), _Later("typst")
