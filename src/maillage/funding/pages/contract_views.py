"""Contracts: a new one, its page with the schedule explained, what is typed into it."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.funding.actions import contracts as actions
from maillage.funding.computations.schedules import Expected, Plan, last_declared, plan
from maillage.funding.models import MISSION_LABELS
from maillage.funding.pages import forms, words
from maillage.funding.pages.attainment_words import indicators_words
from maillage.funding.pages.base import FormPage, OfContract
from maillage.funding.pages.point_words import POINT_RULES, msp_words, points_lines, quarter_words
from maillage.funding.queries.contracts import kept_with, sharings_of
from maillage.funding.rules.vocabulary import ContractKind, MissionCode
from maillage.kernel import formats
from maillage.kernel.pages.base import Page, csv_response
from maillage.kernel.sourced_rules import rule
from maillage.kernel.tables import Column, Row, Table

#: Days before and after today whose payments are shown first.
AROUND = 300


class NewContract(FormPage):
    """What was signed."""

    form_class = forms.ContractForm
    heading = lazy("Enregistrer un contrat")
    finding = lazy("Ce qui a été signé : l’échéancier des versements s’en déduit.")
    button = lazy("Enregistrer le contrat")

    def act(self, data: dict[str, Any]) -> str:
        """Keep the contract."""
        made = actions.keep_contract(
            by=self.person, scope=self.scope, kind=ContractKind(data.pop("kind")), **data
        )
        return reverse("funding:contract", args=[made.pk])


class WithPlan(OfContract):
    """A contract with its schedule."""

    @cached_property
    def plan(self) -> Plan:
        """The schedule, beside what was received."""
        return plan(kept_with(self.scope, [self.contract])[0])

    @property
    def rules_on(self) -> date | None:
        """The day of the rules of an ACI of a CPTS: its signature; today for another contract, of any age."""
        return self.contract.signed_on if self.contract.nature is ContractKind.ACI_CPTS else None


class ContractPage(WithPlan, Page):
    """A contract: its schedule line by line, its missions and their delays, what is asked."""

    template_name = "funding/contract.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the page, or with its schedule as a file."""
        if request.GET.get("format") == "csv":
            return csv_response(self.table())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = self.plan
        advance = rule("funding.aci_cpts.advance", self.rules_on)
        return super().get_context_data(
            contract=self.contract,
            finding=words.plan_finding(found, self.today),
            plan=found,
            is_cpts=self.contract.nature is ContractKind.ACI_CPTS,
            lines=[
                {
                    "one": one, "label": words.payment_words(one), "is_late": one.is_late(self.today),
                    "formula": self.formula(one, advance.value),
                    "is_back": (one.cents or 0) < 0,
                }
                for one in found.payments
            ],
            near=near(found, self.today),
            csv_url=f"{self.page}?format=csv",
            advance=advance,
            size_rule=rule("funding.aci_cpts.sizes", self.rules_on),
            clock_rule=rule("funding.aci_cpts.missions", self.rules_on),
            asked=[(name, words.amount_words(name)) for name in found.missing],
            typed=[
                (words.amount_words(name), one)
                for name, one in sorted(found.kept.amounts.items())
            ],
            clocks=[
                (MISSION_LABELS[one.code], one, one.is_late(self.today)) for one in found.clocks
            ],
            may_keep=self.keeps,
            sees_pay=self.sees_pay,
            indicators=indicators_words(found.kept.indicators, self.scope, keeps=self.keeps),
            points=points_lines(found.kept) if self.contract.nature is ContractKind.ACI_MSP else None,
            point_rules=[rule(key) for key in POINT_RULES],
            declares=self.contract.nature in {ContractKind.ACI_MSP, ContractKind.PEPS},
            shares=self.contract.nature is not ContractKind.ACI_CPTS,
            sharings=sharings_of(self.scope, self.contract) if self.sees_pay else [],
            takes_instalments=self.contract.nature
            in {ContractKind.FIR, ContractKind.SUBSIDY, ContractKind.ART51, ContractKind.CDS},
            **context,
        )  # fmt: skip

    def formula(self, one: Expected, advance: int) -> str:
        """Return how a payment is reckoned, with its numbers."""
        if one.payment is not None:
            return words.formula_words(one.payment, advance)
        if one.quarter:
            return quarter_words(last_declared(self.plan.kept)[one.year, one.quarter])
        return msp_words(self.plan.kept, one) if one.year else ""

    def table(self) -> Table:
        """The schedule as a table: a line a payment."""
        columns = (
            Column("what", _("Versement")),
            Column("on", _("Attendu le")),
            Column("cents", _("Montant"), "number", "€", decimals=2),
            Column("received", _("Reçu"), "number", "€", decimals=2),
            Column("how", _("Calcul")),
        )
        advance = rule("funding.aci_cpts.advance", self.rules_on).value
        rows = [
            Row({
                "what": words.payment_words(one), "on": formats.date_short(one.on),
                "cents": None if one.cents is None else one.cents / 100, "received": one.received / 100,
                "how": self.formula(one, advance),
            })
            for one in self.plan.payments
        ]  # fmt: skip
        return Table(f"echeancier-{self.contract.pk}", _("Échéancier"), columns, rows)


def near(found: Plan, today: date) -> set[str]:
    """Return the keys of the payments shown first: those of the year around today that are not settled."""
    return {
        one.key
        for one in found.payments
        if (one.is_late(today) or abs((one.on - today).days) <= AROUND) and (one.left or one.cents is None)
    }


class OfContractForm(WithPlan, FormPage):
    """A form about a contract."""

    @property
    def back(self) -> str:
        """The page of the contract."""
        return self.page


class StartMission(OfContractForm):
    """A mission that begins."""

    form_class = forms.MissionForm
    heading = lazy("Commencer une mission")
    finding = lazy("Sa part fixe est versée d’avance au prorata, jusqu’à l’anniversaire du contrat.")
    button = lazy("Commencer la mission")

    def act(self, data: dict[str, Any]) -> str:
        """Start it."""
        actions.start_mission(
            by=self.person, contract=self.contract, mission=MissionCode(data["mission"]),
            starts_on=data["starts_on"], key=data["key"],
        )  # fmt: skip
        return self.page


class TypeAmount(OfContractForm):
    """An amount that no text gave us."""

    form_class = forms.AmountForm
    heading = lazy("Renseigner un montant")
    finding = lazy("Aucun texte lu ne le donne : il est demandé une fois, avec le document d’où il vient.")
    button = lazy("Garder ce montant")

    def form_options(self) -> dict[str, Any]:
        """Return the amounts of the contract, those that are missing first."""
        names = [*self.plan.missing, *(one for one in actions.AMOUNTS if one not in self.plan.missing)]
        begun = {one.code for one in self.plan.kept.missions}
        shown = [one for one in names if one == "grant" or one.partition(".")[2] in begun]
        return {"amounts": [(one, words.amount_words(one)) for one in shown]}

    def initial(self) -> dict[str, Any]:
        """Return the amount asked by the address."""
        return {"amount": self.request.GET.get("montant", "")}

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        actions.type_amount(
            by=self.person, contract=self.contract, name=data["amount"], cents=data["cents"],
            document=data["document"], key=data["key"],
        )  # fmt: skip
        return self.page


class AddInstalment(OfContractForm):
    """A payment as the contract writes it."""

    form_class = forms.InstalmentForm
    heading = lazy("Ajouter une échéance")
    finding = lazy("Telle que le contrat ou la notification l’écrit.")
    button = lazy("Ajouter l’échéance")

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        actions.add_instalment(by=self.person, contract=self.contract, **data)
        return self.page


class RecordReceipt(OfContractForm):
    """Money that came."""

    form_class = forms.ReceiptForm
    heading = lazy("Noter un versement reçu")
    finding = lazy("Il entre dans les comptes, et se place en face de l’échéance.")
    button = lazy("Noter le versement")

    def form_options(self) -> dict[str, Any]:
        """Return the payments that have not come yet, the first due first."""
        # Sent twice, what was noted by the first time is no longer waited for: the second finds it noted.
        again = self.wrote_already
        shown = [one for one in self.plan.payments if again or one.cents is None or one.left]
        return {
            "payments": [
                (
                    one.key,
                    f"{formats.date_short(one.on)} · {words.payment_words(one)} · {formats.euros(one.cents)}",
                )
                for one in shown
            ]
        }

    def initial(self) -> dict[str, Any]:
        """Return the payment asked by the address, with what of it has not come."""
        key = self.request.GET.get("echeance", "")
        one = next((one for one in self.plan.payments if one.key == key), None)
        left = {"cents": one.left, "label": words.payment_words(one)} if one and one.left else {}
        return {"payment": key, "day": self.today, **left}

    def act(self, data: dict[str, Any]) -> str:
        """Write it."""
        actions.record_receipt(by=self.person, contract=self.contract, **data)
        return self.page


class StopContract(OfContractForm):
    """A contract that ends early."""

    form_class = forms.LastDayForm
    heading = lazy("Arrêter le contrat avant son terme")
    finding = lazy(
        "L’échéancier suit : ce qui a été versé d’avance au-delà est à rendre, au prorata des jours."
    )
    button = lazy("Arrêter le contrat")

    def act(self, data: dict[str, Any]) -> str:
        """Stop it."""
        actions.stop_contract(by=self.person, contract=self.contract, last_day=data["last_day"])
        return self.page
