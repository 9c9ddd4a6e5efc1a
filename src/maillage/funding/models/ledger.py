"""The accounts, in double entry: every line takes from one account what it gives to another.

So the sum of all accounts is zero by the shape of the table, on either database; operations and their
lines are
only added, and none on or before a closed day: triggers refuse the rest.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.funding.models.contracts import Contract
from maillage.funding.models.shapes import (
    ACCOUNT_LABELS,
    MISSION_LABELS,
    OPERATION_LABELS,
    FundingQuerySet,
)
from maillage.funding.rules.vocabulary import AccountKind, MissionCode
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel, ReferenceModel


class Book(ReferenceModel):
    """The accounts of a scope: its row is locked by whoever writes in them; `last_number` of its
    operations.
    """

    scope = models.OneToOneField(
        Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre")
    )
    last_number = models.PositiveIntegerField(_("dernier numéro"), default=0)

    class Meta:
        verbose_name = _("livre de comptes")
        verbose_name_plural = _("livres de comptes")

    def __str__(self) -> str:
        return str(self.scope)


class AccountQuerySet(FundingQuerySet["Account"]):
    """Accounts of the ledger."""


class Account(AnnotatedModel):
    """An account of a scope: the bank, a source of money, a mission's costs, what is owed to somebody."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    kind = models.CharField(_("nature"), max_length=8, choices=as_choices(ACCOUNT_LABELS))
    code = models.CharField(_("numéro"), max_length=24)
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contrat")
    )
    mission = models.CharField(
        _("mission"), max_length=2, blank=True, default="", choices=as_choices(MISSION_LABELS)
    )
    professional = models.ForeignKey(
        directory.Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("professionnel"),
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("compte")
    )
    supplier = models.CharField(_("fournisseur"), max_length=120, blank=True, default="")

    objects = AccountQuerySet.as_manager()

    personal = ("professional", "person", "code")
    neither = ("id", "scope", "kind", "contract", "mission", "supplier")

    class Meta:
        verbose_name = _("compte du livre")
        verbose_name_plural = _("comptes du livre")
        ordering = ("code", "id")
        constraints = [models.UniqueConstraint(fields=["scope", "code"], name="funding_account_once_a_scope")]

    def __str__(self) -> str:
        return self.code

    @property
    def holder(self) -> str:
        """What the account is about, in words."""
        kind = AccountKind(self.kind)
        if kind is AccountKind.PERSON:
            return str(self.professional or self.person)
        if kind is AccountKind.SUPPLIER:
            return self.supplier
        if kind is AccountKind.SOURCE:
            return str(self.contract)
        if kind is AccountKind.MISSION:
            return str(MISSION_LABELS[MissionCode(self.mission)])
        return str(ACCOUNT_LABELS[kind])


class OperationQuerySet(FundingQuerySet["Operation"]):
    """Operations of the ledger."""


class Operation(Keyed, Authored):
    """Something that happened to the money of a scope, on a day; never changed, but by the one that
    reverses it.

    `source` names what it comes from (`care.attendance:12`), `attempt` how many times that was entered: 1,
    and
    2 once the first has been reversed. The two are unique: what is entered once is not entered again.
    `action` is the action of the project of health that it pays, of the mission that it debits.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    number = models.PositiveIntegerField(_("numéro"))
    day = models.DateField(_("jour"))
    kind = models.CharField(_("nature"), max_length=12, choices=as_choices(OPERATION_LABELS))
    label = models.CharField(_("libellé"), max_length=160)
    source = models.CharField(_("pièce"), max_length=160, blank=True, default="")
    attempt = models.PositiveSmallIntegerField(_("fois"), default=1)
    reverses = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name=_("annule"),
    )
    reason = models.CharField(_("raison"), max_length=200, blank=True, default="")
    action = models.ForeignKey(
        "project.Action",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("action du projet de santé"),
    )

    objects = OperationQuerySet.as_manager()

    personal = ("by", "at", "label", "source", "reason")
    neither = ("id", "key", "scope", "number", "day", "kind", "attempt", "reverses", "action")

    class Meta:
        verbose_name = _("écriture")
        verbose_name_plural = pgettext_lazy("comptables", "écritures")
        ordering = ("number", "id")
        constraints = [
            *made_once("funding_operation", "by"),
            models.UniqueConstraint(fields=["scope", "number"], name="funding_operation_numbered_once"),
            models.UniqueConstraint(
                fields=["scope", "source", "attempt"],
                condition=~models.Q(source=""),
                name="funding_operation_once_a_source",
            ),
        ]
        indexes = (models.Index(fields=["scope", "day"], name="funding_operation_by_day"),)

    def __str__(self) -> str:
        return f"{self.number}"


class LedgerLineQuerySet(FundingQuerySet["LedgerLine"]):
    """Lines of operations."""

    scope_path = "operation__scope"


class LedgerLine(AnnotatedModel):
    """One line of an operation: so many cents at the debit of one account and at the credit of another."""

    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, related_name="lines", verbose_name=_("écriture")
    )
    debit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="debits", verbose_name=_("débit")
    )
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="credits", verbose_name=_("crédit")
    )
    cents = models.BigIntegerField(_("montant en centimes"))

    objects = LedgerLineQuerySet.as_manager()

    personal = ("debit", "credit", "cents")
    neither = ("id", "operation")

    class Meta:
        verbose_name = _("ligne d’écriture")
        verbose_name_plural = _("lignes d’écritures")
        ordering = ("operation", "id")
        constraints = [
            models.CheckConstraint(condition=models.Q(cents__gt=0), name="funding_line_moves_money"),
            models.CheckConstraint(
                condition=~models.Q(debit=models.F("credit")), name="funding_line_between_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation_id} · {self.pk}"


class ClosingQuerySet(FundingQuerySet["Closing"]):
    """Closed periods."""


class Closing(Keyed, Authored):
    """Nothing is written any more on `through` or before, in the accounts of a scope; it is never
    taken back.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    through = models.DateField(_("jusqu’au"))

    objects = ClosingQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "scope", "through")

    class Meta:
        verbose_name = _("clôture")
        verbose_name_plural = _("clôtures")
        ordering = ("-through", "-id")
        constraints = made_once("funding_closing", "by")

    def __str__(self) -> str:
        return f"{self.through:%Y-%m-%d}"


class ReceiptQuerySet(FundingQuerySet["Receipt"]):
    """Money received under contracts."""

    scope_path = "contract__scope"


class Receipt(AnnotatedModel):
    """Money received for a payment of a contract's schedule (`payment` is its key, empty for none of
    them).
    """

    operation = models.OneToOneField(
        Operation, on_delete=models.PROTECT, related_name="receipt", verbose_name=_("écriture")
    )
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("contrat")
    )
    payment = models.CharField(
        pgettext_lazy("d’un versement", "échéance"), max_length=40, blank=True, default=""
    )
    cents = models.BigIntegerField(_("montant en centimes"))

    objects = ReceiptQuerySet.as_manager()

    personal = ()
    neither = ("id", "operation", "contract", "payment", "cents")

    class Meta:
        verbose_name = _("versement")
        verbose_name_plural = _("versements")
        ordering = ("operation", "id")

    def __str__(self) -> str:
        return f"{self.contract_id} · {self.payment}"


class InvoiceFileQuerySet(FundingQuerySet["InvoiceFile"]):
    """Documents of invoices."""

    scope_path = "operation__scope"


class InvoiceFile(exchange.StoredFile):
    """The document of an invoice, as the supplier sent it."""

    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, related_name="files", verbose_name=_("écriture")
    )

    objects = InvoiceFileQuerySet.as_manager()

    personal = ("name", "content")
    neither = ("id", "operation", "position", "kind", "size", "width", "height")

    class Meta:
        verbose_name = _("document d’une facture")
        verbose_name_plural = _("documents des factures")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["operation", "position"], name="funding_invoice_file_placed_once")
        ]

    def __str__(self) -> str:
        return f"{self.operation_id} · {self.position}"
