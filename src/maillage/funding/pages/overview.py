"""The first page of a territory's money: the sentence, the year's chart, missions, what waits, contracts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import formats as dates
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.funding.computations.schedules import Plan, plan
from maillage.funding.models import CONTRACT_LABELS, MISSION_LABELS
from maillage.funding.pages import words
from maillage.funding.pages.base import OfPlace
from maillage.funding.queries.budget import YearBudget, commitments_open, invoices_to_pay, year_budget
from maillage.funding.queries.contracts import contracts_in, kept_with
from maillage.funding.queries.ledger import by_month
from maillage.funding.queries.spending import spent_by_mission_and_action
from maillage.funding.queries.times import ceiling_of
from maillage.funding.queries.waiting import lines_waiting
from maillage.kernel import formats
from maillage.kernel.figures import Comparison, Figure, Provenance
from maillage.kernel.pages.base import Page
from maillage.kernel.parameters import row_key
from maillage.kernel.tables import Column, Row, Table
from maillage.project import api as project


class Overview(OfPlace, Page):
    """A year of a territory's money (`annee`, this year by default)."""

    template_name = "funding/overview.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = row_key(self.request.GET.get("annee"))
        year = asked if 2000 <= asked <= 2199 else self.today.year
        plans = [plan(one) for one in kept_with(self.scope, contracts_in(self.scope))]
        budget = year_budget(self.scope, year, self.today)
        waiting = len(lines_waiting(self.scope, self.today))
        months = by_month(self.scope, year)
        by_action = self._by_action(year)
        late = [(one, each) for one in plans for each in one.late(self.today)]
        return super().get_context_data(
            scope=self.scope,
            others=[one for one in self.places if one != self.scope],
            year=year,
            finding=finding_of(plans, budget, waiting, self.today),
            figures=figures_of(plans, budget, months, self.today),
            curves=curves_table(months, budget, self.today),
            bars=[
                one | {"actions": by_action.get(one["code"], [])} for one in bars_of(budget)
            ],
            budget=budget,
            contracts=[
                (one, CONTRACT_LABELS[one.kept.contract.nature], words.plan_finding(one, self.today))
                for one in plans
            ],
            waiting=waiting,
            late=[
                (one.kept.contract, each, words.payment_words(each)) for one, each in late
            ],
            asked=[
                (one.kept.contract, name, words.amount_words(name)) for one in plans for name in one.missing
            ],
            clocks=[
                (one.kept.contract, MISSION_LABELS[each.code], each)
                for one in plans
                for each in one.clocks
                if each.is_late(self.today)
            ],
            ceiling=ceiling_of(self.scope, self.today.year),
            commitments=commitments_open(self.scope),
            invoices=invoices_to_pay(self.scope),
            may_keep=self.keeps,
            sees_pay=self.sees_pay,
            **context,
        )  # fmt: skip

    def _by_action(self, year: int) -> dict[str, list[tuple[str, str, int]]]:
        """Return what each mission cost in a year, action by action, where one is named; two statements."""
        spent = spent_by_mission_and_action(self.scope, year)
        actions = project.Action.objects.in_scope(self.scope).in_bulk([one for _, one in spent if one])
        found: dict[str, list[tuple[str, str, int]]] = {}
        for (mission, pk), cents in sorted(spent.items(), key=lambda one: (one[0][1] is None, -one[1])):
            if pk is not None and pk in actions:
                page = f"{reverse('funding:spending', args=[self.scope.pk])}?action={pk}"
                found.setdefault(mission, []).append((actions[pk].title, page, cents))
            elif cents and mission in found:
                page = f"{reverse('funding:ledger', args=[self.scope.pk])}?annee={year}&mission={mission}"
                found[mission].append((_("sans action"), page, cents))
        return found


def finding_of(plans: list[Plan], budget: YearBudget, waiting: int, today: date) -> str:
    """Return the sentence: how much of the budget is spent, what comes next, what waits."""
    said = []
    if budget.planned:
        said.append(
            _("{share} du budget de {year} dépensé").format(
                share=formats.percent(budget.spent / budget.planned), year=budget.year
            )
        )
    coming = sorted(
        (each for one in plans for each in one.payments if each.on >= today and each.left),
        key=lambda one: one.on,
    )
    if coming:
        on = coming[0].on
        cents = sum(one.left for one in coming if one.on == on)
        said.append(
            _("{cents} attendus le {day}").format(
                cents=formats.euros(cents, whole=True), day=formats.date_short(on)
            )
        )
    if waiting:
        words_ = ngettext("{count} temps à indemniser", "{count} temps à indemniser", waiting)
        said.append(words_.format(count=formats.number(waiting)))
    if not said:
        return _("Aucun contrat, aucun budget : enregistrez ce qui a été signé.")
    return f"{formats.listed(said)}."


def figures_of(
    plans: list[Plan], budget: YearBudget, months: tuple[list[int], list[int]], today: date
) -> list[Figure]:
    """Return the figures that matter, in euros."""
    source = _("Comptes du territoire tenus dans Maillage")
    vintage = formats.date_short(today)
    received, year = sum(months[0]), budget.year
    expected = sum(one.expected_in(year) for one in plans)
    unknown = sum(each.cents is None and each.on.year == year for one in plans for each in one.payments)
    note = ""
    if unknown:
        said = ngettext(
            "{count} versement n’est pas compté : un montant manque.",
            "{count} versements ne sont pas comptés : des montants manquent.",
            unknown,
        )
        note = said.format(count=formats.number(unknown))

    def provenance(formula: str, *, estimate: bool = False, note: str = "") -> Provenance:
        return Provenance(source, vintage, formula, estimate=estimate, note=note)

    planned = (Comparison(_("Budget"), budget.planned / 100),) if budget.planned else ()
    return [
        Figure(
            "received", _("Reçu en {year}").format(year=year), received / 100,
            provenance(_("versements notés, écritures inverses déduites"), note=note), "€",
            comparisons=(Comparison(_("Attendu dans l’année"), expected / 100),), ours=_("Reçu"),
        ),
        Figure(
            "spent", _("Dépensé en {year}").format(year=year), budget.spent / 100,
            provenance(_("charges des missions, écritures inverses déduites")), "€",
            comparisons=planned, ours=_("Dépensé"),
        ),
        Figure(
            "engaged", _("Engagé, pas encore facturé"), budget.engaged / 100,
            provenance(_("engagements sans facture, abandons déduits")), "€",
        ),
        Figure(
            "forecast", _("Dépense prévue au 31 décembre"), budget.at_the_end / 100,
            provenance(
                _("dépensé, plus le plus grand des deux : l’engagé, ou le même rythme jusqu’au bout"),
                estimate=True,
            ),
            "€", comparisons=planned, ours=_("Prévu"),
        ),
    ]  # fmt: skip


def curves_table(months: tuple[list[int], list[int]], budget: YearBudget, today: date) -> Table:
    """Return what the chart draws: received and spent to date, cumulated by month, then the forecast."""
    last = 12 if budget.year < today.year else today.month if budget.year == today.year else 0
    rows = []
    for name, cents in ((_("Reçu"), months[0]), (_("Dépensé"), months[1])):
        whole = 0
        for month in range(last):
            whole += cents[month]
            rows.append(Row({"month": _month(month), "at": month + 1, "curve": name, "value": whole / 100}))
    if last and last < 12:
        spent = sum(months[1][:last])
        step = (budget.at_the_end - spent) / (12 - last)
        for month in range(last - 1, 12):
            value = spent + step * (month - last + 1)
            rows.append(
                Row({"month": _month(month), "at": month + 1, "curve": _("Prévu"), "value": value / 100},
                    estimated=frozenset({"value"}))
            )  # fmt: skip
    columns = (
        Column("month", _("Mois")),
        Column("at", _("Mois de l’année"), "number"),
        Column("curve", _("Courbe")),
        Column("value", _("Cumul"), "number", "€"),
    )
    return Table("mois", _("Reçu, dépensé et prévu en {year}").format(year=budget.year), columns, rows)


def _month(place: int) -> str:
    return dates.date_format(date(2024, place + 1, 1), "N")


def bars_of(budget: YearBudget) -> list[dict[str, Any]]:
    """Return each mission with its three bars on one scale: spent, engaged, the mark of its budget."""
    most = max(
        [
            1,
            *(
                max(one.planned.cents if one.planned else 0, one.forecast.at_the_end)
                for one in budget.missions
            ),
        ]
    )

    def share(cents: int) -> str:
        return f"{min(100.0, max(0.0, 100 * cents / most)):.1f}%"

    return [
        {
            "label": MISSION_LABELS[one.mission], "code": one.mission.value, "one": one,
            "spent": share(one.forecast.spent), "engaged": share(one.forecast.engaged),
            "planned": share(one.planned.cents) if one.planned else "",
            "is_over": one.left is not None and one.left < 0,
            "over": formats.euros(-(one.left or 0)),
        }
        for one in budget.missions
    ]  # fmt: skip


def first_page(scope_pk: int) -> str:
    """Return the address of the first page of a territory's money."""
    return reverse("funding:overview", args=[scope_pk])
