"""The short check of tiredness: answers that nobody reads but who gave them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models import Person, Scope
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import ScopedQuerySet, UnscopedQueryError


class PrivateCheckQuerySet(ScopedQuerySet["PrivateCheck"]):
    """Checks are read by the person alone: inside no scope, and beyond any scope for no reason."""

    def visible_to(self, person: Person) -> models.Q:
        """Their own."""
        return models.Q(person=person)

    def inside(self, scopes: Iterable[Scope]) -> models.Q:  # noqa: ARG002 (none is read)
        """Answer to no scope. Raises UnscopedQueryError."""
        raise UnscopedQueryError(self.model)

    def unscoped(self, *, reason: str, by: Person | None = None) -> PrivateCheckQuerySet:  # noqa: ARG002
        """Answer to no reason. Raises UnscopedQueryError."""
        raise UnscopedQueryError(self.model)


class PrivateCheck(AnnotatedModel):
    """What somebody answered about their own tiredness, on one day; no journal holds it, no count."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("personne"))
    on = models.DateField(_("jour"), default=timezone.localdate)
    answers = models.JSONField(_("réponses"))

    objects = PrivateCheckQuerySet.as_manager()

    personal = ("person", "on")
    health = ("answers",)
    neither = ("id",)

    class Meta:
        verbose_name = _("point sur sa fatigue")
        verbose_name_plural = _("points sur sa fatigue")
        ordering = ("-on", "-id")
        constraints = [models.UniqueConstraint(fields=["person", "on"], name="one_check_a_day_of_a_person")]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d}"
