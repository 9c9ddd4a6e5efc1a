"""What is planned and engaged, by mission and year."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.funding.models.ledger import Operation
from maillage.funding.models.shapes import MISSION_LABELS, FundingQuerySet
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Scope, made_once


class BudgetLineQuerySet(FundingQuerySet["BudgetLine"]):
    """Budgets of missions."""


class BudgetLine(Keyed, Authored):
    """What is planned for a mission in a year, by decision; rows are added, the last one stands."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    year = models.PositiveSmallIntegerField(_("année"))
    mission = models.CharField(_("mission"), max_length=2, choices=as_choices(MISSION_LABELS))
    cents = models.BigIntegerField(_("montant en centimes"))
    decision = models.CharField(_("décision"), max_length=200)

    objects = BudgetLineQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "scope", "year", "mission", "cents", "decision")

    class Meta:
        verbose_name = _("budget d’une mission")
        verbose_name_plural = _("budgets des missions")
        ordering = ("-year", "mission", "-id")
        constraints = [
            *made_once("funding_budget", "by"),
            models.CheckConstraint(condition=models.Q(cents__gte=0), name="funding_budget_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.year} · {self.mission}"


class CommitmentQuerySet(FundingQuerySet["Commitment"]):
    """What is engaged."""


class Commitment(Keyed, Authored):
    """Something ordered and not yet invoiced: it counts as engaged until its invoice, or until it is
    dropped.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    day = models.DateField(_("jour"))
    mission = models.CharField(_("mission"), max_length=2, choices=as_choices(MISSION_LABELS))
    supplier = models.CharField(_("fournisseur"), max_length=120)
    label = models.CharField(_("libellé"), max_length=120)
    cents = models.BigIntegerField(_("montant en centimes"))
    invoice = models.OneToOneField(
        Operation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("facture"),
    )
    action = models.ForeignKey(
        "project.Action",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("action du projet de santé"),
    )
    dropped_at = models.DateTimeField(_("abandonné le"), null=True, blank=True)

    objects = CommitmentQuerySet.as_manager()

    personal = ("by", "at", "dropped_at")
    neither = ("id", "key", "scope", "day", "mission", "supplier", "label", "cents", "invoice", "action")

    class Meta:
        verbose_name = _("engagement de dépense")
        verbose_name_plural = _("engagements de dépense")
        ordering = ("day", "id")
        constraints = [
            *made_once("funding_commitment", "by"),
            models.CheckConstraint(condition=models.Q(cents__gt=0), name="funding_commitment_costs"),
        ]

    def __str__(self) -> str:
        return self.label
