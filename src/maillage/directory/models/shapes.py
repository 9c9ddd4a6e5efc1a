"""What rows of several contexts have in common: they name a professional of the directory, or an account."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.directory.models.professionals import Professional
from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel


class NamesOne(AnnotatedModel):
    """A row that names a professional or an account, one of the two: each table says so with `names_one`."""

    professional = models.ForeignKey(
        Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("professionnel"),
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("compte")
    )

    class Meta:
        abstract = True

    @property
    def named(self) -> Professional | Person:
        """Whom it names."""
        one: Professional | Person | None = self.professional or self.person
        assert one is not None
        return one


def names_one(name: str) -> models.CheckConstraint:
    """Return the constraint, called `name`, by which a row of `NamesOne` names one and one alone."""
    return models.CheckConstraint(
        condition=models.Q(professional__isnull=True, person__isnull=False)
        | models.Q(professional__isnull=False, person__isnull=True),
        name=name,
    )
