"""The variable part: indicators of a contract, what was found of each, the dated evidence behind it."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.exchange import api as exchange
from maillage.funding.models.contracts import Contract
from maillage.funding.models.shapes import MISSION_LABELS, OfContractQuerySet
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, made_once


class ContractIndicatorQuerySet(OfContractQuerySet["ContractIndicator"]):
    """Indicators of contracts."""


class ContractIndicator(Keyed, Authored):
    """What the contract measures for a mission in one of its years: from where, to where, with what weight.

    `exercise` is the year of the contract, from 1. `indicator` names one of the catalogue of
    indicators, whose
    published values are then evidence; empty, it is measured elsewhere.
    """

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="indicators", verbose_name=_("contrat")
    )
    exercise = models.PositiveSmallIntegerField(_("année du contrat"))
    mission = models.CharField(_("mission"), max_length=2, choices=as_choices(MISSION_LABELS))
    label = models.CharField(_("libellé"), max_length=160)
    unit = models.CharField(_("unité"), max_length=30, blank=True, default="")
    reference = models.DecimalField(_("référence"), max_digits=14, decimal_places=4)
    target = models.DecimalField(_("cible"), max_digits=14, decimal_places=4)
    weight = models.DecimalField(_("poids"), max_digits=6, decimal_places=2, default=1)
    indicator = models.CharField(_("indicateur du catalogue"), max_length=40, blank=True, default="")
    document = models.CharField(_("document"), max_length=200)

    objects = ContractIndicatorQuerySet.as_manager()

    personal = ("by", "at")
    neither = (
        "id", "key", "contract", "exercise", "mission", "label", "unit", "reference", "target", "weight",
        "indicator", "document",
    )  # fmt: skip

    class Meta:
        verbose_name = _("indicateur d’un contrat")
        verbose_name_plural = _("indicateurs des contrats")
        ordering = ("exercise", "mission", "id")
        constraints = [
            *made_once("funding_indicator", "by"),
            models.CheckConstraint(condition=models.Q(weight__gt=0), name="funding_indicator_weighs"),
        ]

    def __str__(self) -> str:
        return self.label


class MeasuredValueQuerySet(OfContractQuerySet["MeasuredValue"]):
    """Values found."""

    scope_path = "indicator__contract__scope"


class MeasuredValue(Keyed, Authored):
    """What was found for an indicator; rows are added, the last one stands.

    `published` is the key of the published value that it was taken from; without one it was typed by hand.
    """

    indicator = models.ForeignKey(
        ContractIndicator, on_delete=models.PROTECT, related_name="values", verbose_name=_("indicateur")
    )
    value = models.DecimalField(_("valeur"), max_digits=14, decimal_places=4)
    published = models.PositiveBigIntegerField(_("valeur publiée"), null=True, blank=True)
    document = models.CharField(_("document"), max_length=200)

    objects = MeasuredValueQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "indicator", "value", "published", "document")

    class Meta:
        verbose_name = _("valeur d’un indicateur")
        verbose_name_plural = _("valeurs des indicateurs")
        ordering = ("id",)
        constraints = made_once("funding_value", "by")

    def __str__(self) -> str:
        return f"{self.indicator_id} · {self.value}"


class EvidenceQuerySet(OfContractQuerySet["Evidence"]):
    """Evidence of indicators."""

    scope_path = "indicator__contract__scope"


class Evidence(Keyed, Authored):
    """What proves a value: a dated document, by its address, by its file, or by where it is kept."""

    indicator = models.ForeignKey(
        ContractIndicator, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("indicateur")
    )
    dated = models.DateField(_("daté du"))
    label = models.CharField(_("libellé"), max_length=160)
    url = models.URLField(
        _("adresse"), max_length=300, blank=True, validators=[URLValidator(schemes=["https"])]
    )

    objects = EvidenceQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "indicator", "dated", "label", "url")

    class Meta:
        verbose_name = _("preuve d’un indicateur")
        verbose_name_plural = _("preuves des indicateurs")
        ordering = ("dated", "id")
        constraints = made_once("funding_evidence", "by")

    def __str__(self) -> str:
        return self.label


class EvidenceFileQuerySet(OfContractQuerySet["EvidenceFile"]):
    """Files of evidence."""

    scope_path = "evidence__indicator__contract__scope"


class EvidenceFile(exchange.StoredFile):
    """The file of a piece of evidence."""

    evidence = models.OneToOneField(
        Evidence, on_delete=models.PROTECT, related_name="file", verbose_name=_("preuve")
    )

    objects = EvidenceFileQuerySet.as_manager()

    personal = ("name", "content")
    neither = ("id", "evidence", "position", "kind", "size", "width", "height")

    class Meta:
        verbose_name = _("fichier d’une preuve")
        verbose_name_plural = _("fichiers des preuves")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.evidence_id}"
