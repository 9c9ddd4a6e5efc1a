"""A read that several parts of one page ask for, done once while the page is made.

Only while a page is read (`reading`): a request that writes reads anew each time, so that nothing old is said
of what it has just changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from maillage.kernel.models import Person

Found = TypeVar("Found")
_kept: ContextVar[dict[tuple[Any, int], Any] | None] = ContextVar("_kept", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Keep what the functions marked `once` answer until the end of the block, which writes none of it."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(read: Callable[[Person], Found]) -> Callable[[Person], Found]:
    """Return `read`, asked once for each person while `reading`; its answer is shared: nobody changes it."""

    @wraps(read)
    def asked(person: Person) -> Found:
        kept = _kept.get()
        if kept is None:
            return read(person)
        key = (read, person.pk)
        if key not in kept:
            kept[key] = read(person)
        found: Found = kept[key]
        return found

    return asked
