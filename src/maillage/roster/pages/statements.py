"""What each doctor did in a roster, and what each carried over a year: pages and files of the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.pages.base import Page, csv_response
from maillage.kernel.sourced_rules import rule
from maillage.kernel.tables import Cell, Column, Row, Table
from maillage.roster.models import KIND_LABELS
from maillage.roster.pages.base import OfRoster
from maillage.roster.pages.presenters import to_verify
from maillage.roster.queries.duties import missing_posts
from maillage.roster.queries.statements import MEASURES, BurdenShare, Line, carried, statement
from maillage.roster.rules.blocks import BlockKind
from maillage.roster.rules.workflow import State

AMOUNT = "roster.amounts.duty"


@dataclass(frozen=True, slots=True)
class Bar:
    """One measure of one person: its words, its length and its fair part as SVG percentages of one scale."""

    label: str
    written: str
    fair_written: str
    width: str
    fair: str


@dataclass(frozen=True, slots=True)
class Multiple:
    """One person among the small multiples: the sentence, four bars, the twelve months."""

    name: str
    share: float
    sentence: str
    is_over_share: bool
    bars: list[Bar]
    months: tuple[float, ...]


class OfPeople(OfRoster):
    """A page of what each person did: for those it is about, whoever coordinates, and the board."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.sees_balance:
            raise PermissionDenied(
                _("Les gardes faites par chacun ne regardent que ceux qui en prennent dans ce secteur.")
            )
        return super().dispatch(request, *args, **kwargs)


class Statement(OfPeople, Page):
    """The duty done: a line a doctor, the amount where a rule establishes it; a doctor reads their own."""

    template_name = "roster/statement.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("format") == "csv":
            return csv_response(self.table())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = self.lines()
        return super().get_context_data(
            table=self.table(lines).sorted_by(self.request.GET.get("tri", "name")),
            duties=sum(line.duties for line in lines),
            missing=missing_posts(self.roster) if self.sees_pay else 0,
            to_verify=to_verify(self.roster, timezone.now()) if self.sees_pay else [],
            is_own=not self.sees_pay,
            amount=rule(AMOUNT, self.roster.last_day),
            is_final=self.roster.step is State.DUTY_DONE,
            is_over=self.roster.step in {State.CLOSED, State.DUTY_DONE},
            **context,
        )

    def lines(self) -> list[Line]:
        """Return the lines that the visitor may read: all of them, or their own."""
        found = statement(self.roster)
        if self.sees_pay:
            return found
        return [one for one in found if self.me is not None and one.professional == self.me.professional]

    def table(self, lines: list[Line] | None = None) -> Table:
        """One line a doctor: the blocks done by kind, the hours, the amount."""
        rows = self.lines() if lines is None else lines
        kinds = [kind for kind in BlockKind if any(line.counts[kind] for line in rows)]
        columns = (
            Column("name", _("Qui") if self.roster.sector.is_shared else _("Médecin")),
            Column("rpps", _("RPPS")),
            Column("duties", _("Plages"), "number"),
            *(Column(kind.value, str(KIND_LABELS[kind]), "number") for kind in kinds),
            Column("hours", _("Heures"), "number", decimals=1, note=_("Heures réellement passées.")),
        )
        if not self.roster.sector.is_shared:
            amount = Column("amount", _("Montant"), "number", "€", decimals=2, note=self._amount_note())
            columns = (*columns, amount)
        address = reverse("roster:statement", args=[self.roster.pk])
        name = f"service-fait-{self.roster.pk}"
        return Table(
            name, _("Plages assurées"), columns, [_statement_row(line, kinds) for line in rows],
            csv_url=f"{address}?format=csv", sort="name",
        )  # fmt: skip

    def _amount_note(self) -> str:
        known = rule(AMOUNT, self.roster.last_day)
        return _("Montant non établi.") if known.value is None else known.said_source


class Balance(OfPeople, Page):
    """What each person carried over the year that ends with the roster, beside their fair part."""

    template_name = "roster/balance.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("format") == "csv":
            return csv_response(self.table(self.people()))
        return super().get(request, *args, **kwargs)

    def people(self) -> list[BurdenShare]:
        """Return what each person carried."""
        return carried(self.roster.sector, self.roster.last_day)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        people = self.people()
        held = any(one.line.duties for one in people)
        return super().get_context_data(
            multiples=_multiples(people) if held else [],
            most=people[0] if held else None,
            least=people[-1] if held else None,
            points=rule("roster.burden.points", self.roster.last_day),
            table=self.table(people).sorted_by(self.request.GET.get("tri", "-burden")),
            **context,
        )

    def table(self, people: list[BurdenShare]) -> Table:
        """One line a person."""
        columns = (
            Column("name", _("Qui") if self.roster.sector.is_shared else _("Médecin")),
            Column("share", _("Part"), "share", note=_("Part de la charge aujourd’hui.")),
            Column("duties", _("Gardes"), "number"),
            Column("nights", _("Nuits"), "number"),
            Column("sundays", _("Dimanches"), "number"),
            Column("holidays", _("Jours fériés"), "number"),
            Column("hours", _("Heures"), "number", decimals=1, note=_("Heures réellement passées.")),
            Column("burden", _("Pénibilité"), "number", _("points"), note=_("Selon les règles sourcées.")),
            Column("fair", _("Part équitable"), "number", _("points")),
        )
        rows = [
            Row(
                {
                    "name": str(one.line.professional),
                    "share": one.share,
                    "duties": one.line.duties,
                    "nights": one.line.nights,
                    "sundays": one.line.sundays,
                    "holidays": one.line.holidays,
                    "hours": one.line.hours,
                    "burden": one.line.burden,
                    "fair": one.fair["burden"],
                }
            )
            for one in people
        ]
        address = reverse("roster:balance", args=[self.roster.pk])
        return Table("bilan", _("Gardes de l’année"), columns, rows, csv_url=f"{address}?format=csv")


def _statement_row(line: Line, kinds: list[BlockKind]) -> Row:
    cells: dict[str, Cell] = {
        "name": str(line.professional),
        "rpps": line.professional.rpps,
        "duties": line.duties,
        "hours": line.hours,
        "amount": None if line.amount is None else float(line.amount),
    }
    return Row(cells | {kind.value: line.counts[kind] for kind in kinds})


def _multiples(people: list[BurdenShare]) -> list[Multiple]:
    """Return one panel a person, every measure on one scale for all."""
    labels = {
        "nights": _("Nuits"),
        "sundays": _("Dimanches"),
        "holidays": _("Jours fériés"),
        "burden": _("Pénibilité"),
    }
    longest = {
        name: max([*(getattr(one.line, name) for one in people), *(one.fair[name] for one in people)]) or 1
        for name in MEASURES
    }
    return [
        Multiple(
            str(one.line.professional),
            one.share,
            _excess_sentence(one),
            round(one.excess) > 0,
            [_bar(labels[name], getattr(one.line, name), one.fair[name], longest[name]) for name in MEASURES],
            one.by_month,
        )
        for one in people
    ]


def _bar(label: str, value: float, fair: float, longest: float) -> Bar:
    return Bar(
        label,
        formats.number(value),
        formats.number(fair, 1),
        f"{100 * value / longest:.1f}%",
        f"{100 * fair / longest:.1f}%",
    )


def _excess_sentence(one: BurdenShare) -> str:
    points = round(abs(one.excess))
    if not points:
        return _("juste à sa part")
    text = ngettext("{points} point au-dessous de sa part", "{points} points au-dessous de sa part", points)
    if one.excess > 0:
        text = ngettext("{points} point au-dessus de sa part", "{points} points au-dessus de sa part", points)
    return text.format(points=points)
