"""The pack for the *dialogue de gestion*, in one click: a document, its tables, each piece of evidence.

The contract with its size and its missions, the schedule beside what came, each indicator of the
variable part
with its dated evidence or the word that it lacks, the budget beside what was spent, and what was paid
for time,
by kind and mission: nobody is named.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from importlib.resources import files
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.funding.models import CONTRACT_LABELS, MISSION_LABELS, TIME_LABELS, EvidenceFile, Indemnity
from maillage.funding.pages import words
from maillage.funding.pages.attainment_words import indicator_words
from maillage.funding.pages.contract_views import WithPlan
from maillage.funding.queries.attainment import files_of
from maillage.funding.queries.budget import YearBudget, year_budget
from maillage.funding.rules.vocabulary import MissionCode, TimeKind
from maillage.kernel import formats, printing
from maillage.kernel.pages.base import Endpoint
from maillage.kernel.sourced_rules import rule
from maillage.kernel.tables import Column, Row, Table

TEMPLATE = files("maillage.funding.pages") / "dialogue.typ"
#: Of every entry of the archive: the same content gives the same file.
_AT = (1980, 1, 1, 0, 0, 0)
Rows = list[list[str]]


class Dialogue(WithPlan, Endpoint):
    """The pack of a contract, as an archive."""

    def get(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        """Answer with it."""
        with override("fr"):
            content = self.archive()
        response = HttpResponse(content, content_type="application/zip")
        name = f"dialogue-de-gestion-{slugify(self.contract.title)}-{self.today:%Y-%m-%d}.zip"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "private, no-store"
        return response

    def archive(self) -> bytes:
        """Return the archive: the document, its tables, the files of evidence."""
        proofs = files_of(self.scope, self.contract)
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            pdf = printing.pdf(TEMPLATE, self.printed(proofs), self.today)
            entries: list[tuple[str, str | bytes]] = [
                ("dialogue-de-gestion.pdf", pdf),
                ("echeancier.csv", _csv("echeancier", HEADINGS["schedule"], self.schedule())),
                ("indicateurs.csv", _csv("indicateurs", HEADINGS["indicators"], self.indicators(proofs))),
                ("budget.csv", _csv("budget", HEADINGS["budget"], budget_rows(self.budget()))),
                ("indemnites.csv", _csv("indemnites", HEADINGS["paid"], self.paid())),
                *((path_of(one), bytes(one.content)) for one in proofs),
            ]
            for name, content in entries:
                archive.writestr(zipfile.ZipInfo(name, _AT), content)
        return made.getvalue()

    def budget(self) -> YearBudget:
        """The budget of this year."""
        return year_budget(self.scope, self.today.year, self.today)

    def schedule(self) -> Rows:
        """Each payment: what, when, how much, what came, how it is reckoned."""
        advance = rule("funding.aci_cpts.advance", self.rules_on).value
        return [
            [
                words.payment_words(one), formats.date_short(one.on),
                _("à renseigner") if one.cents is None else formats.euros(one.cents),
                formats.euros(one.received),
                _("en retard") if one.is_late(self.today) else "",
                words.formula_words(one.payment, advance) if one.payment else "",
            ]
            for one in self.plan.payments
        ]  # fmt: skip

    def indicators(self, proofs: list[EvidenceFile]) -> Rows:
        """Each indicator: reference and target, value, attainment, its dated evidence or that it lacks."""
        paths = {one.evidence_id: path_of(one) for one in proofs}
        found = []
        for seen in self.plan.kept.indicators:
            said = indicator_words(seen)
            evidence = [
                f"{formats.date_short(one.dated)} · {one.label}{f' · {where}' if where else ''}"
                for one in seen.evidence
                for where in [paths.get(one.pk) or one.url]
            ]
            if seen.value is not None and seen.value.published is not None:
                day = formats.date_short(seen.value.at)
                evidence.append(_("valeur publiée par Maillage, reprise le {day}").format(day=day))
            value = said["value"] or _("non mesuré")
            if said["how"]:
                value = f"{value} ({said['how']} : {seen.value.document if seen.value else ''})"
            found.append([
                f"{seen.indicator.mission} · {_('année')} {seen.indicator.exercise}", seen.indicator.label,
                said["goal"], value, said["share"] or "–",
                formats.listed(evidence) or _("aucune preuve jointe"),
            ])  # fmt: skip
        return found

    def paid(self) -> Rows:
        """What time was paid this year, by kind and mission: sums, and how many people; nobody is named."""
        rows = Indemnity.objects.in_scope(self.scope).filter(
            day__year=self.today.year, operation__reversed_by=None
        )
        people: Counter[tuple[str, str]] = Counter()
        for time, mission, _sheet, _account in set(
            rows.order_by().values_list("time", "mission", "professional", "person")
        ):
            people[time, mission] += 1
        sums = rows.order_by("time", "mission").values_list("time", "mission").annotate(
            cents=Sum("cents"), minutes=Sum("minutes")
        )  # fmt: skip
        return [
            [
                str(TIME_LABELS[TimeKind(time)]), str(MISSION_LABELS[MissionCode(mission)]),
                formats.number(people[time, mission]), formats.minutes(minutes), formats.euros(int(cents)),
            ]
            for time, mission, cents, minutes in sums
        ]  # fmt: skip

    def printed(self, proofs: list[EvidenceFile]) -> dict[str, Any]:
        """Return what the document says, ready for JSON."""
        contract, plan, budget = self.contract, self.plan, self.budget()
        indicators = self.indicators(proofs)
        lacking = sum(not one.evidence for one in plan.kept.indicators)
        return {
            "title": _("Dialogue de gestion : {title}").format(title=contract.title),
            "scope": self.scope.label,
            "finding": words.plan_finding(plan, self.today),
            "facts": self._facts(),
            "clocks": {
                "title": _("Missions et délais"), "columns": [str(one) for one in HEADINGS["clocks"]],
                "rows": [
                    [
                        str(MISSION_LABELS[one.code]), formats.date_short(one.begun_on),
                        formats.date_short(one.start_by) if one.start_by else _("libre"),
                        formats.date_short(one.deploy_by) if one.deploy_by else _("libre"),
                    ]
                    for one in plan.clocks
                ],
            },
            "tables": [
                _section(_("Échéancier"), "schedule", self.schedule(), _("Aucun versement attendu.")),
                _section(
                    _("Indicateurs de la part variable"), "indicators", indicators,
                    _("Aucun indicateur renseigné : la part variable n’est pas établie."),
                ),
                _section(
                    _("Budget et dépense de {year}").format(year=budget.year), "budget", budget_rows(budget),
                    _("Aucun budget."),
                ),
                _section(_("Temps indemnisé"), "paid", self.paid(), _("Aucun temps indemnisé cette année.")),
            ],
            "lacking": _("{count} indicateurs sur {all} n’ont aucune preuve jointe.").format(
                count=lacking, all=len(plan.kept.indicators)
            )
            if lacking
            else "",
            "vintage": _("Établi par Maillage le {day}. La fin d’année prévue est une estimation.").format(
                day=formats.date_long(self.today)
            ),
        }  # fmt: skip

    def _facts(self) -> Rows:
        contract, size = self.contract, self.plan.size
        found = [
            [_("Nature"), str(CONTRACT_LABELS[contract.nature])],
            [_("Signataires"), contract.parties],
            [_("Signé le"), formats.date_long(contract.signed_on)],
            [_("Dernier jour"), formats.date_long(contract.until)],
            [_("Document"), contract.document],
        ]
        if size is not None:
            said = _("taille {number}, {population} habitants ({year})").format(
                number=size.number, population=formats.number(contract.population),
                year=contract.population_year or "–",
            )  # fmt: skip
            found.append([_("Taille"), said])
        for name in self.plan.missing:
            found.append([words.amount_words(name), _("à renseigner : aucun texte lu ne le donne")])
        return found


HEADINGS = {
    "schedule": ("Versement", "Attendu le", "Montant", "Reçu", "État", "Calcul"),
    "indicators": ("Mission", "Indicateur", "Référence et cible", "Valeur", "Atteinte", "Preuves datées"),
    "budget": ("Mission", "Budget", "Dépensé", "Engagé", "Prévu à la fin de l’année (estimation)"),
    "paid": ("Temps", "Mission", "Personnes", "Durée", "Montant"),
    "clocks": ("Mission", "Commencée le", "Avant le", "Déployée avant le"),
}


def budget_rows(budget: YearBudget) -> Rows:
    """Return each mission: what is planned, spent, engaged, forecast."""
    return [
        [
            str(MISSION_LABELS[one.mission]), formats.euros(one.planned.cents) if one.planned else "–",
            formats.euros(one.forecast.spent), formats.euros(one.forecast.engaged),
            formats.euros(one.forecast.at_the_end),
        ]
        for one in budget.missions
    ]  # fmt: skip


def path_of(one: EvidenceFile) -> str:
    """Return where a file of evidence is in the archive."""
    stem, _dot, suffix = one.name.rpartition(".")
    return f"preuves/{one.evidence.dated:%Y-%m-%d}-{one.evidence_id}-{slugify(stem)[:60]}.{slugify(suffix)}"


def _section(title: str, kind: str, rows: Rows, empty: str) -> dict[str, Any]:
    return {"title": title, "columns": list(HEADINGS[kind]), "rows": rows, "empty": empty}


def _csv(key: str, headings: tuple[str, ...], rows: Rows) -> str:
    columns = [Column(str(place), label) for place, label in enumerate(headings)]
    lines = [Row({str(place): cell for place, cell in enumerate(row)}) for row in rows]
    return Table(key, key, columns, lines).as_csv()
