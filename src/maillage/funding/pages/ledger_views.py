"""The accounts: trial balance, operations with what they come from, files for the accountant, closing."""

from __future__ import annotations

import csv
import io
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.funding.actions import ledger as actions
from maillage.funding.models import (
    ACCOUNT_LABELS,
    MISSION_LABELS,
    OPERATION_LABELS,
    Account,
    LedgerLine,
    Operation,
)
from maillage.funding.pages import forms
from maillage.funding.pages.base import FormPage, OfPlace
from maillage.funding.queries.ledger import balances, closed_through, lines_between, operation_in
from maillage.funding.queries.spending import files_of_invoices
from maillage.funding.rules.vocabulary import AccountKind, MissionCode, OperationKind
from maillage.kernel import formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page, csv_response
from maillage.kernel.parameters import row_key
from maillage.kernel.tables import Column, Row, Table

#: Lines on the page; the file has them all.
SHOWN = 60
#: The columns of the file of accounting entries (article A. 47 A-1 of the book of tax procedures), in order.
FEC = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum",
    "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet",
    "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
PRIVATE = {AccountKind.PERSON.value}


class AccountNames(OfPlace):
    """Accounts as the visitor may read them: of somebody, only by whom sees pay."""

    def said(self, account: Account) -> str:
        """Return what an account is about; of somebody, only to whom sees pay."""
        if account.kind in PRIVATE and not self.sees_pay:
            return _("un professionnel")
        return account.holder

    def code(self, account: Account) -> str:
        """Return the number of an account; that of somebody tells who they are."""
        return "467" if account.kind in PRIVATE and not self.sees_pay else account.code


class OfLedger(AccountNames):
    """The accounts of a territory in a year (`annee`, this year by default)."""

    @cached_property
    def year(self) -> int:
        """The year asked, this one where none of the calendar is."""
        asked = row_key(self.request.GET.get("annee"))
        return asked if 2000 <= asked <= 2199 else int(self.today.year)

    @cached_property
    def mission(self) -> str:
        """The mission whose operations are asked alone, empty for all of them."""
        asked = self.request.GET.get("mission", "")
        return asked if asked in {one.value for one in MissionCode} else ""


class Ledger(OfLedger, Page):
    """The trial balance and the last operations of a year."""

    template_name = "funding/ledger.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the page, or with one of its files."""
        asked = request.GET.get("format")
        if asked == "csv":
            return csv_response(self.entries())
        if asked == "fec":
            self.require_pay()
            return self.fec()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        rows = balances(self.scope, first, last)
        whole = sum(one.cents for one in rows)
        count = sum(1 for one in rows if one.debit or one.credit)
        closed = closed_through(self.scope)
        return super().get_context_data(
            scope=self.scope,
            year=self.year,
            finding=_("{count} comptes mouvementés en {year} ; débits et crédits s’égalent.").format(
                count=formats.number(count), year=self.year
            )
            if whole == 0 and rows
            else _("Aucune écriture en {year}.").format(year=self.year),
            balance=self.balance(),
            operations=self.operations(),
            mission=MISSION_LABELS[MissionCode(self.mission)] if self.mission else "",
            shown=SHOWN,
            closed=closed,
            csv_url=f"{self.page}?annee={self.year}&format=csv",
            fec_url=f"{self.page}?annee={self.year}&format=fec" if self.sees_pay else "",
            may_keep=self.keeps,
            **context,
        )

    @property
    def page(self) -> str:
        """The address of the accounts."""
        return reverse("funding:ledger", args=[self.scope.pk])

    def balance(self) -> Table:
        """The trial balance of the year: a line an account, whose sum is zero."""
        columns = (
            Column("code", _("Compte")),
            Column("what", _("Intitulé")),
            Column("kind", _("Nature")),
            Column("debit", _("Débit"), "number", "€", decimals=2),
            Column("credit", _("Crédit"), "number", "€", decimals=2),
            Column("cents", _("Solde"), "change", "€", decimals=2),
        )
        sums: dict[str, list[Any]] = {}
        for one in balances(self.scope, date(self.year, 1, 1), date(self.year, 12, 31)):
            code = self.code(one.account)
            row = sums.setdefault(code, [one.account, 0, 0])
            row[1] += one.debit
            row[2] += one.credit
        rows = [
            Row({
                "code": code, "what": self.said(account),
                "kind": str(ACCOUNT_LABELS[AccountKind(account.kind)]),
                "debit": debit / 100, "credit": credit / 100, "cents": (debit - credit) / 100,
            })
            for code, (account, debit, credit) in sums.items()
        ]  # fmt: skip
        return Table("balance", _("Balance de l’année"), columns, rows)

    def _lines(self) -> list[LedgerLine]:
        return list(lines_between(self.scope, date(self.year, 1, 1), date(self.year, 12, 31)))

    def operations(self) -> list[dict[str, Any]]:
        """Return the last lines of the year, the newest first, each with what it comes from."""
        rows = lines_between(self.scope, date(self.year, 1, 1), date(self.year, 12, 31))
        if self.mission:
            rows = rows.filter(Q(debit__mission=self.mission) | Q(credit__mission=self.mission))
        found = list(rows.order_by("-operation__number", "-pk")[:SHOWN])
        files = files_of_invoices(self.scope, [one.operation_id for one in found])
        invoice = OperationKind.INVOICE.value
        return [
            {
                "one": one, "operation": one.operation,
                "kind": OPERATION_LABELS[OperationKind(one.operation.kind)],
                "debit": self.said(one.debit), "credit": self.said(one.credit),
                "files": files.get(one.operation_id, []),
                "may_attach": self.keeps and one.operation.kind == invoice,
                "reversed": getattr(one.operation, "reversed_by", None),
                "may_reverse": self.keeps
                and one.operation.kind != OperationKind.REVERSAL.value
                and not hasattr(one.operation, "reversed_by"),
            }
            for one in found
        ]  # fmt: skip

    def entries(self) -> Table:
        """Every line of the year, two columns of accounts and one of money."""
        columns = (
            Column("number", _("Numéro"), "number"), Column("day", _("Jour")), Column("kind", _("Nature")),
            Column("label", _("Libellé")), Column("debit", _("Débit")), Column("credit", _("Crédit")),
            Column("cents", _("Montant"), "number", "€", decimals=2), Column("source", _("Pièce")),
            Column("action", _("Action du projet")), Column("reverses", _("Annule le n°"), "number"),
        )  # fmt: skip
        rows = [
            Row({
                "number": one.operation.number, "day": formats.date_short(one.operation.day),
                "kind": str(OPERATION_LABELS[OperationKind(one.operation.kind)]),
                "label": one.operation.label,
                "debit": f"{self.code(one.debit)} {self.said(one.debit)}",
                "credit": f"{self.code(one.credit)} {self.said(one.credit)}", "cents": one.cents / 100,
                "source": one.operation.source if self.sees_pay else "",
                "action": str(one.operation.action) if one.operation.action else "",
                "reverses": one.operation.reverses.number if one.operation.reverses else None,
            })
            for one in self._lines()
        ]  # fmt: skip
        return Table(f"ecritures-{self.scope.pk}-{self.year}", _("Écritures"), columns, rows)

    def fec(self) -> HttpResponse:
        """Answer with the file of accounting entries: tabs, decimal commas, two lines for each of ours."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, escapechar="\\")
        writer.writerow(FEC)
        for one in self._lines():
            for account, debit, credit in ((one.debit, one.cents, 0), (one.credit, 0, one.cents)):
                writer.writerow(_fec_row(one.operation, account, debit, credit))
        response = HttpResponse(out.getvalue(), content_type="text/tab-separated-values; charset=utf-8")
        name = f"{self.scope.pk}FEC{self.year}1231.txt"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _fec_row(operation: Operation, account: Account, debit: int, credit: int) -> list[str]:
    """Return one line of the file: the columns of `FEC`, nothing of which breaks a line or a column."""
    day = f"{operation.day:%Y%m%d}"
    general, _dash, auxiliary = account.code.partition("-")
    has_auxiliary = account.kind in {AccountKind.PERSON.value, AccountKind.SUPPLIER.value}
    number = general if has_auxiliary else account.code.replace("-", "")
    label = str(ACCOUNT_LABELS[AccountKind(account.kind)]) if has_auxiliary else account.holder
    cells = [
        "BQ" if account.kind == AccountKind.BANK.value else "OD", "Maillage", str(operation.number), day,
        number, label, auxiliary if has_auxiliary else "", account.holder if has_auxiliary else "",
        operation.source or str(operation.number), day, operation.label, _comma(debit), _comma(credit),
        "", "",
        f"{operation.at:%Y%m%d}", "", "",
    ]  # fmt: skip
    return [" ".join(cell.split()).replace("\\", "/") for cell in cells]


def _comma(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


class ReverseOperation(FormPage):
    """The inverse of an operation."""

    form_class = forms.ReasonForm
    heading = lazy("Annuler une écriture")
    finding = lazy("Rien ne s’efface : l’écriture inverse est passée aujourd’hui, avec sa raison.")
    button = lazy("Passer l’écriture inverse")

    @cached_property
    def operation(self) -> Operation:
        """The operation. Raises Http404 for one of another territory."""
        found = next((row for one in self.places if (row := operation_in(one, self.kwargs["pk"]))), None)
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @cached_property
    def scope(self) -> Scope:
        """The territory of the operation."""
        return self.operation.scope

    @property
    def back(self) -> str:
        """The accounts."""
        return reverse("funding:ledger", args=[self.scope.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        one = self.operation
        about = f"{one.number} · {formats.date_short(one.day)} · {one.label}"
        return super().get_context_data(about=about, **context)

    def act(self, data: dict[str, Any]) -> str:
        """Write it."""
        actions.reverse_operation(by=self.person, operation=self.operation, **data)
        return self.back


class ClosePeriod(FormPage):
    """The accounts are closed up to a day."""

    form_class = forms.ClosingForm
    heading = lazy("Clore une période")
    finding = lazy(
        "Plus rien ne s’écrit jusqu’à ce jour : ni ajout, ni changement. On ne revient pas dessus."
    )
    button = lazy("Clore")

    @property
    def back(self) -> str:
        """The accounts."""
        return reverse("funding:ledger", args=[self.scope.pk])

    def act(self, data: dict[str, Any]) -> str:
        """Close it."""
        actions.close_period(by=self.person, scope=self.scope, **data)
        return self.back
