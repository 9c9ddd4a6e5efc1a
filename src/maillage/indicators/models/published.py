"""A value as it was published, with all that tells later whether it still holds."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.indicators.rules.changes import Reading
from maillage.indicators.rules.periods import Period
from maillage.kernel import access
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import ScopedQuerySet


class PublishedQuerySet(ScopedQuerySet["PublishedValue"]):
    """Published values, read by those who read the indicators of their scope."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the scopes where one may read indicators."""
        scopes = access.scopes_of(person, Permission.VIEW_INDICATORS)
        return models.Q() if scopes is None else models.Q(scope__in=[one.pk for one in scopes])


class PublishedValue(Authored, Keyed):
    """The value of an indicator over a period, as it stood when somebody published it; never changed.

    `indicator` and `version` are those of the catalogue; `source` is « live » or « files ».
    `digest` is that of all the rows counted: another digest for the same period says that rows changed.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    indicator = models.CharField(_("indicateur"), max_length=40)
    version = models.CharField(_("version de la définition"), max_length=10)
    source = models.CharField(_("source"), max_length=20)
    first = models.PositiveIntegerField(_("premier mois"))
    months = models.PositiveSmallIntegerField(_("mois"))
    value = models.FloatField(_("valeur"))
    low = models.FloatField(_("borne basse"))
    high = models.FloatField(_("borne haute"))
    numerator = models.BigIntegerField(_("numérateur"))
    denominator = models.BigIntegerField(_("dénominateur"))
    missing = models.BigIntegerField(_("lignes non renseignées"))
    rows = models.BigIntegerField(_("lignes"))
    digest = models.CharField(_("empreinte"), max_length=64)
    note = models.CharField(_("note"), max_length=300, blank=True)
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = PublishedQuerySet.as_manager()

    personal = ("by", "at")
    neither = (
        "id", "key", "scope", "indicator", "version", "source", "first", "months", "value", "low", "high",
        "numerator", "denominator", "missing", "rows", "digest", "note", "is_demonstration",
    )  # fmt: skip

    class Meta:
        verbose_name = _("valeur publiée")
        verbose_name_plural = _("valeurs publiées")
        ordering = ("-at", "-id")
        constraints = made_once("published_value", "by")
        indexes = (models.Index(fields=["scope", "indicator", "-at"], name="published_of_a_scope"),)

    def __str__(self) -> str:
        return f"{self.indicator} · {self.period.written}"

    @property
    def period(self) -> Period:
        """The months that it is about."""
        return Period(self.first, self.months)

    @property
    def reading(self) -> Reading:
        """What it was made of."""
        return Reading(self.value, self.numerator, self.denominator, self.rows, self.digest, self.version)
