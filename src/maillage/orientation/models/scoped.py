"""Rows of a request are read in the scope of its desk, or by whom it concerns, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.functional import Promise

from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import Row, ScopedQuerySet


def optional(to: str | type[models.Model], label: str | Promise) -> models.ForeignKey[Any, Any]:
    """Return a link to a row that may not be there, which nobody follows back."""
    return models.ForeignKey(to, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=label)


class OfRequestQuerySet(ScopedQuerySet[Row]):
    """Rows that belong to a request, under the name `path` (empty for requests themselves)."""

    path = "request__"

    def visible_to(self, person: Person) -> models.Q:
        """The requests of the desks one works at, those one opened, owns, or must see the person of."""
        named = (
            "opened_by",
            "owner",
            "decisions__appointment__slot__agenda__professional__account",
            "decisions__on_call__account",
            "decisions__sent_to__account",
        )
        condition = models.Q(pk__in=[])
        for name in named:
            condition |= models.Q(**{name: person})
        scopes = access.scopes_of(person, Permission.REGULATE)
        condition |= models.Q(pk__isnull=False) if scopes is None else models.Q(scope__in=scopes)
        from maillage.orientation.models.requests import Request

        # The base manager: this is the condition itself, read with the rows that it keeps.
        seen = Request._base_manager.filter(condition).order_by().values("pk")
        return models.Q(**{f"{self.path}pk__in": seen})

    def inside(self, scopes: Iterable[Scope]) -> models.Q:
        return models.Q(**{f"{self.path}scope__in": list(scopes)})

    def of_request(self, request: models.Model) -> OfRequestQuerySet[Row]:
        """Keep the rows of a request that was itself read in scope."""
        return self.filter(**{f"{self.path}pk": request.pk})._scoped()
