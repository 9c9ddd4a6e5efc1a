"""Why an action is there, as the contexts above say it: a decision of a meeting, for one.

They stand above the project and it reads none of them: each gives a reader once, when the program starts.
"""

from __future__ import annotations

from collections.abc import Callable

from maillage.kernel.contributions import Line
from maillage.kernel.models import Person
from maillage.project.models import Action

Reader = Callable[[Person, Action], list[Line]]
_readers: dict[str, Reader] = {}


def tell_origins(context: str, reader: Reader) -> None:
    """Have `reader(person, action)` asked why an action is there; the same context again replaces it."""
    _readers[context] = reader


def origins_of(person: Person, action: Action) -> list[Line]:
    """Return what founded an action that `person` reads, of what they may read themselves."""
    return [line for reader in _readers.values() for line in reader(person, action)]
