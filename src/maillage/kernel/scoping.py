"""Rows about patients are read inside a scope, or not at all.

A queryset made from `ScopedQuerySet` raises when it is read, unless someone said for whom or where, or why
neither. Rows reached from a row that was itself read in scope (`appointment.patient`) are not asked again.
Uniqueness is left to the database: `validate_unique` would read out of scope, and raises here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Self, TypeVar

from django.db import models

from maillage.kernel import journal
from maillage.kernel.models import Person, Scope

Row = TypeVar("Row", bound=models.Model, covariant=True)


class UnscopedQueryError(RuntimeError):
    """A queryset of scoped rows was about to be read without its scope."""

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__(
            f"{model._meta.label} must be read through for_person(), in_scope() or unscoped(reason=…)"
        )


class ScopedQuerySet(models.QuerySet[Row]):
    """A queryset that must be told its scope before it is read, counted, changed or removed.

    A model's own subclass says which rows those are: those that a person may see in `visible_to`; those of a
    scope in `scope_path`, the way to the scope of a row, or in `inside` where there is more than one way.
    """

    scope_path = ""
    _is_scoped = False

    def visible_to(self, person: Person) -> models.Q:
        """Return the condition under which `person` may see a row."""
        raise NotImplementedError(f"{type(self).__name__}.visible_to")

    def inside(self, scopes: Iterable[Scope]) -> models.Q:
        """Return the condition under which a row belongs to one of `scopes`."""
        if not self.scope_path:
            raise NotImplementedError(f"{type(self).__name__}.inside")
        return models.Q(**{f"{self.scope_path}__in": list(scopes)})

    def for_person(self, person: Person) -> Self:
        """Keep the rows that `person` may see."""
        return self.filter(self.visible_to(person))._scoped()

    def in_scope(self, *scopes: Scope) -> Self:
        """Keep the rows of `scopes`."""
        return self.filter(self.inside(scopes))._scoped()

    def unscoped(self, *, reason: str, by: Person | None = None) -> Self:
        """Keep every row; `reason` goes to the journal, and may not be empty."""
        if not reason.strip():
            raise ValueError("reading beyond any scope needs a reason")
        journal.record(
            by=by,
            verb="kernel.read_unscoped",
            target=self.model._meta.label_lower,
            changes={},
            reason=reason,
            scope=None,
        )
        return self._scoped()

    def iterator(self, *args: Any, **options: Any) -> Iterator[Row]:
        self._check()
        return super().iterator(*args, **options)

    def count(self) -> int:
        self._check()
        return super().count()

    def exists(self) -> bool:
        self._check()
        return super().exists()

    def aggregate(self, *args: Any, **named: Any) -> dict[str, Any]:
        self._check()
        return super().aggregate(*args, **named)

    def update(self, **values: Any) -> int:
        self._check()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._check()
        return super().delete()

    def _fetch_all(self) -> None:
        self._check()
        super()._fetch_all()

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # not in the stubs of Django
        clone._is_scoped = self._is_scoped
        return clone

    def _scoped(self) -> Self:
        clone = self._clone()
        clone._is_scoped = True
        return clone

    def _check(self) -> None:
        if not self._is_scoped:
            raise UnscopedQueryError(self.model)
