"""Contracts, their missions, the amounts typed once from a document, the instalments written in them."""

from __future__ import annotations

from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.funding.models.shapes import (
    CONTRACT_LABELS,
    MISSION_LABELS,
    FundingQuerySet,
    OfContractQuerySet,
)
from maillage.funding.rules.vocabulary import ContractKind, MissionCode
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Scope, made_once


class ContractQuerySet(FundingQuerySet["Contract"]):
    """Contracts, read by those who see the money of their scope."""


class Contract(Keyed, Authored):
    """What funds a territory: who signs, from which day to which (both included), for how many people.

    `population` is that of `population_year`, which the contract sets; an ACI of a CPTS has its size from it.
    `stopped_on` is its last day where it ends early.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    kind = models.CharField(_("nature"), max_length=12, choices=as_choices(CONTRACT_LABELS))
    title = models.CharField(_("titre"), max_length=120)
    parties = models.CharField(_("signataires"), max_length=200)
    document = models.CharField(_("document"), max_length=200)
    signed_on = models.DateField(_("signé le"))
    last_day = models.DateField(_("dernier jour"))
    stopped_on = models.DateField(_("dernier jour, si le contrat s’arrête avant"), null=True, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(
        _("année de la population"), null=True, blank=True, validators=[MinValueValidator(1990)]
    )
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = ContractQuerySet.as_manager()

    personal = ("by", "at")
    neither = (
        "id", "key", "scope", "kind", "title", "parties", "document", "signed_on", "last_day", "stopped_on",
        "population", "population_year", "is_demonstration",
    )  # fmt: skip

    class Meta:
        verbose_name = _("contrat de financement")
        verbose_name_plural = _("contrats de financement")
        ordering = ("-signed_on", "-id")
        constraints = [
            *made_once("funding_contract", "by"),
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("signed_on")), name="funding_contract_ends_after"
            ),
            models.CheckConstraint(
                condition=models.Q(stopped_on=None)
                | models.Q(stopped_on__gte=models.F("signed_on"), stopped_on__lte=models.F("last_day")),
                name="funding_contract_stops_inside",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def nature(self) -> ContractKind:
        """What it is."""
        return ContractKind(self.kind)

    @property
    def until(self) -> date:
        """The last day on which it holds."""
        return self.stopped_on or self.last_day


class ContractMissionQuerySet(OfContractQuerySet["ContractMission"]):
    """Missions of contracts."""


class ContractMission(Keyed, Authored):
    """A mission begun under a contract, on its first day."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="missions", verbose_name=_("contrat")
    )
    code = models.CharField(_("mission"), max_length=2, choices=as_choices(MISSION_LABELS))
    starts_on = models.DateField(_("commence le"))

    objects = ContractMissionQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "contract", "code", "starts_on")

    class Meta:
        verbose_name = _("mission d’un contrat")
        verbose_name_plural = _("missions des contrats")
        ordering = ("code", "id")
        constraints = [
            *made_once("funding_mission", "by"),
            models.UniqueConstraint(fields=["contract", "code"], name="funding_mission_once_a_contract"),
        ]

    def __str__(self) -> str:
        return str(MISSION_LABELS[MissionCode(self.code)])


class ContractAmountQuerySet(OfContractQuerySet["ContractAmount"]):
    """Amounts typed from a document."""


class ContractAmount(Keyed, Authored):
    """An amount that no text gave us, typed from a document; rows are added, the last one of a name stands.

    `name`: `grant`, `fixed.M1`, `variable.M1`…
    """

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="amounts", verbose_name=_("contrat")
    )
    name = models.CharField(_("nom"), max_length=20)
    cents = models.BigIntegerField(_("montant en centimes"), validators=[MinValueValidator(0)])
    document = models.CharField(_("document"), max_length=200)

    objects = ContractAmountQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "contract", "name", "cents", "document")

    class Meta:
        verbose_name = _("montant d’un contrat")
        verbose_name_plural = _("montants des contrats")
        ordering = ("name", "-id")
        constraints = [
            *made_once("funding_amount", "by"),
            models.CheckConstraint(condition=models.Q(cents__gte=0), name="funding_amount_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} · {self.name}"


class InstalmentQuerySet(OfContractQuerySet["Instalment"]):
    """Instalments written in contracts."""


class Instalment(Keyed, Authored):
    """What a contract pays on a day, as it is written in it."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="instalments", verbose_name=_("contrat")
    )
    due_on = models.DateField(_("attendu le"))
    label = models.CharField(_("libellé"), max_length=120)
    cents = models.BigIntegerField(_("montant en centimes"))

    objects = InstalmentQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "contract", "due_on", "label", "cents")

    class Meta:
        verbose_name = _("échéance d’un contrat")
        verbose_name_plural = _("échéances des contrats")
        ordering = ("due_on", "id")
        constraints = [
            *made_once("funding_instalment", "by"),
            models.CheckConstraint(condition=models.Q(cents__gt=0), name="funding_instalment_pays"),
        ]

    def __str__(self) -> str:
        return self.label


class DeclarationQuerySet(OfContractQuerySet["Declaration"]):
    """What was declared for a year or a quarter."""


class Declaration(Keyed, Authored):
    """What is declared for a year (ACI MSP) or a quarter (PEPS), typed from a document; the last one stands.

    `facts` is what `rules.msp.Facts` or `rules.peps.Quarter` reads; `quarter` is 0 for a whole year.
    """

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="declarations", verbose_name=_("contrat")
    )
    year = models.PositiveSmallIntegerField(_("année"))
    quarter = models.PositiveSmallIntegerField(_("trimestre"), default=0)
    facts = models.JSONField(_("déclaré"))
    document = models.CharField(_("document"), max_length=200)

    objects = DeclarationQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "contract", "year", "quarter", "facts", "document")

    class Meta:
        verbose_name = _("déclaration d’un contrat")
        verbose_name_plural = _("déclarations des contrats")
        ordering = ("-year", "-quarter", "-id")
        constraints = made_once("funding_declaration", "by")

    def __str__(self) -> str:
        return f"{self.contract_id} · {self.year}"
