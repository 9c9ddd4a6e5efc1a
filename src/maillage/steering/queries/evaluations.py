"""Evaluations that a person may read."""

from __future__ import annotations

from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.steering.models import Evaluation

SHOWN = 100


def evaluations_for(person: Person, limit: int = SHOWN) -> list[Evaluation]:
    """Return the last evaluations of the scopes that a person steers, the newest first; one statement."""
    rows = Evaluation.objects.for_person(person).select_related("scope", "by")
    return list(rows.order_by("-at", "-pk")[:limit])


def evaluation_seen_by(person: Person, pk: int) -> Evaluation | None:
    """Return one evaluation, None for one of another scope."""
    return Evaluation.objects.for_person(person).filter(pk=pk).select_related("scope", "by").first()


def scopes_to_write(person: Person) -> list[Scope]:
    """Return the territories where a person may keep an evaluation."""
    scopes = access.scopes_of(person, Permission.WRITE_EVALUATIONS)
    return list(Scope.objects.filter(kind="territory").order_by("label")) if scopes is None else scopes
