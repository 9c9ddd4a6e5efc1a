"""A sum shared among members: a proposal line by line, then one operation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.directory import api as directory
from maillage.funding.models.contracts import Contract
from maillage.funding.models.ledger import Operation
from maillage.funding.models.shapes import SHARING_LABELS, OfContractQuerySet
from maillage.funding.rules.vocabulary import SharingKey
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, made_once


class SharingQuerySet(OfContractQuerySet["Sharing"]):
    """Sharings of contracts."""


class Sharing(Keyed, Authored):
    """What of a contract is shared: the pool less charges, a bonus for who manages, the key; cents.

    Without `operation` it is a proposal.
    """

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="sharings", verbose_name=_("contrat")
    )
    label = models.CharField(_("libellé"), max_length=120)
    pool = models.BigIntegerField(_("somme à partager, en centimes"))
    charges = models.BigIntegerField(_("charges déduites, en centimes"), default=0)
    bonus = models.BigIntegerField(_("supplément de gérance, en centimes"), default=0)
    by_key = models.CharField(_("clé de partage"), max_length=12, choices=as_choices(SHARING_LABELS))
    document = models.CharField(_("décision"), max_length=200)
    operation = models.OneToOneField(
        Operation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("écriture"),
    )

    objects = SharingQuerySet.as_manager()

    personal = ("by", "at")
    neither = (
        "id", "key", "contract", "label", "pool", "charges", "bonus", "by_key", "document", "operation",
    )  # fmt: skip

    class Meta:
        verbose_name = _("partage")
        verbose_name_plural = _("partages")
        ordering = ("-id",)
        constraints = made_once("funding_sharing", "by")

    def __str__(self) -> str:
        return self.label

    @property
    def method(self) -> SharingKey:
        """The key by which it is shared."""
        return SharingKey(self.by_key)

    @property
    def is_posted(self) -> bool:
        """Whether it is in the accounts, by an operation that nobody has reversed."""
        return self.operation is not None and not hasattr(self.operation, "reversed_by")


class SharingPartQuerySet(OfContractQuerySet["SharingPart"]):
    """Parts of sharings."""

    scope_path = "sharing__contract__scope"


class SharingPart(directory.NamesOne):
    """The part of one member: their weight, their cents, the bonus among them."""

    sharing = models.ForeignKey(
        Sharing, on_delete=models.PROTECT, related_name="parts", verbose_name=_("partage")
    )
    position = models.PositiveSmallIntegerField(_("rang"))
    weight = models.DecimalField(_("poids"), max_digits=9, decimal_places=4)
    cents = models.BigIntegerField(_("montant en centimes"))
    bonus = models.BigIntegerField(_("supplément de gérance, en centimes"), default=0)

    objects = SharingPartQuerySet.as_manager()

    personal = ("professional", "person", "weight", "cents", "bonus")
    neither = ("id", "sharing", "position")

    class Meta:
        verbose_name = _("part d’un partage")
        verbose_name_plural = _("parts des partages")
        ordering = ("position", "id")
        constraints = [
            directory.names_one("funding_part_names_one"),
            models.UniqueConstraint(fields=["sharing", "professional"], name="funding_one_part_a_member"),
        ]

    def __str__(self) -> str:
        return f"{self.sharing_id} · {self.position}"
