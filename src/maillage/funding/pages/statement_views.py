"""Statements of professionals: on screen, on paper, their steps; each reads their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib.resources import files
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override

from maillage.funding.actions import indemnities as actions
from maillage.funding.models import MISSION_LABELS, TIME_LABELS, UNIT_LABELS, Indemnity, PayStatement
from maillage.funding.pages import forms
from maillage.funding.pages.base import FormPage, OfPlace
from maillage.funding.pages.time_views import payee
from maillage.funding.queries import times
from maillage.funding.queries.statements import (
    indemnities_of,
    lines_of,
    own_indemnities,
    own_statements,
    statement_seen_by,
)
from maillage.funding.rules.ceiling import Room
from maillage.funding.rules.vocabulary import MissionCode, RateUnit, StatementState, TimeKind
from maillage.kernel import access, clock, formats, printing
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, pdf_response
from maillage.kernel.pages.gestures import Gestures
from maillage.kernel.rules import Permission

TEMPLATE = files("maillage.funding.pages") / "statement.typ"
Data = dict[str, Any]


class OfStatement(PermissionMixin):
    """One statement of the address: of who sees pay in its territory, or one's own once validated."""

    permission = None

    @cached_property
    def statement(self) -> PayStatement:
        """The statement. Raises Http404 where the visitor sees none."""
        found = statement_seen_by(self.person, self.kwargs["pk"])
        if found is None or (found.step is StatementState.DRAFT and not self._sees_pay(found.scope)):
            raise Http404(self.kwargs["pk"])
        return found

    def _sees_pay(self, scope: Scope) -> bool:
        return access.may(self.person, Permission.VIEW_DUTY_PAY, scope) and access.may(
            self.person, Permission.VIEW_FUNDING, scope
        )

    @property
    def is_own(self) -> bool:
        """Whether it pays the visitor."""
        row = self.statement
        account = row.professional.account_id if row.professional else row.person_id
        return account == self.person.pk

    @property
    def page(self) -> str:
        """The address of the statement."""
        return reverse("funding:statement", args=[self.statement.pk])

    @property
    def keeps(self) -> bool:
        """Whether the visitor keeps the money of the territory."""
        return access.may(self.person, Permission.MANAGE_FUNDING, self.statement.scope)

    def get_clock(self) -> Scope | None:
        """Return the territory."""
        return self.statement.scope


class StatementPage(OfStatement, Page):
    """What somebody is paid for a period: each line, where it comes from, what the ceiling leaves."""

    template_name = "funding/statement.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.statement
        if self.is_own:
            actions.read_statement(by=self.person, statement=row)
        lines = lines_of(row)
        return super().get_context_data(
            statement=row,
            finding=finding_of(row, lines),
            lines=[line_words(one) for one in lines],
            total=sum(one.cents for one in lines),
            ceiling=_ceiling(row),
            may_keep=self.keeps,
            sees_pay=self._sees_pay(row.scope),
            payee=times.payee_key(row.named),
            **context,
        )


def finding_of(row: PayStatement, lines: list[Indemnity]) -> str:
    """Return the sentence of a statement."""
    said = _("{cents} pour {count}, du {first} au {last} : {state}.")
    return said.format(
        cents=formats.euros(sum(one.cents for one in lines)),
        count=formats.minutes(sum(one.minutes for one in lines)),
        first=formats.date_short(row.first_day),
        last=formats.date_short(row.last_day),
        state=row.get_state_display(),
    )


def line_words(one: Indemnity) -> dict[str, Any]:
    """Return an indemnity in words."""
    unit = UNIT_LABELS[RateUnit(one.unit)]
    return {
        "one": one, "kind": TIME_LABELS[TimeKind(one.time)],
        "mission": MISSION_LABELS[MissionCode(one.mission)],
        "rate": f"{formats.euros(one.rate)} {unit}",
    }  # fmt: skip


def _ceiling(row: PayStatement) -> tuple[times.Ceiling, Room | None]:
    year = row.last_day.year
    return times.ceiling_of(row.scope, year), times.room_for(row.scope, row.named, year)


class StatementPdf(OfStatement, Endpoint):
    """The statement on paper."""

    def get(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        """Answer with the document."""
        row = self.statement
        with override("fr"):
            made = printing.pdf(TEMPLATE, printed(row), timezone.localdate(timezone=row.scope.zone))
        return pdf_response(made, f"releve-{row.pk}-{row.last_day:%Y-%m-%d}.pdf")


def printed(row: PayStatement) -> Data:
    """Return what a printed statement says, ready for JSON."""
    lines = lines_of(row)
    ceiling, room = _ceiling(row)
    paid = (
        _("Payé le {day}, écriture n° {number}.").format(
            day=formats.date_short(row.payment.day), number=row.payment.number
        )
        if row.payment
        else _("À payer.")
    )
    if row.step is StatementState.DRAFT:
        paid = _("Brouillon : rien n’est dû tant qu’il n’est pas validé.")
    left = (
        _("Plafond de {year} : non établi.").format(year=ceiling.year)
        if room is None
        else _("Plafond de {year} : {ceiling} ; entré : {entered} ; reste : {left}.").format(
            year=ceiling.year,
            ceiling=formats.euros(room.ceiling),
            entered=formats.euros(room.entered),
            left=formats.euros(room.remaining),
        )
    )
    return {
        "title": _("Relevé d’indemnités"),
        "who": str(row.named),
        "scope": row.scope.label,
        "period": _("Du {first} au {last}").format(
            first=formats.date_long(row.first_day), last=formats.date_long(row.last_day)
        ),
        "state": paid,
        "validated": _("Validé par {name} le {day}.").format(
            name=row.validated_by, day=formats.date_short(row.validated_at)
        )
        if row.validated_by
        else "",
        "ceiling": left,
        "columns": [_("Jour"), _("Temps"), _("Durée"), _("Barème"), _("Montant")],
        "rows": [
            [
                formats.date_short(one.day),
                f"{TIME_LABELS[TimeKind(one.time)]} · {MISSION_LABELS[MissionCode(one.mission)]}",
                formats.minutes(one.minutes),
                f"{formats.euros(one.rate)} {UNIT_LABELS[RateUnit(one.unit)]} ({one.why})",
                formats.euros(one.cents),
            ]
            for one in lines
        ],
        "total_label": _("Total"),
        "total": formats.euros(sum(one.cents for one in lines)),
        "left_out": _("Non indemnisé, au-delà du plafond : {cents}.").format(
            cents=formats.euros(sum(one.left_out for one in lines))
        )
        if any(one.left_out for one in lines)
        else "",
        "vintage": _("Établi par Maillage le {day}.").format(
            day=formats.date_long(timezone.localdate(timezone=row.scope.zone))
        ),
    }


class StatementStep(OfStatement, Gestures, Endpoint):
    """A statement is validated, or opened again."""

    refusals = (PermissionDenied, ValidationError)
    is_strict = True

    def gestures(self) -> dict[str, Callable[[], str]]:
        return {"valider": self._validate, "rouvrir": self._reopen}

    def here(self) -> str:
        return self.page

    def _validate(self) -> str:
        actions.validate_statement(by=self.person, statement=self.statement)
        return ""

    def _reopen(self) -> str:
        actions.reopen_statement(by=self.person, statement=self.statement)
        return ""


class Pay(FormPage):
    """A validated statement is paid."""

    form_class = forms.DayForm
    heading = lazy("Noter le paiement d’un relevé")
    finding = lazy("Le virement est fait à la banque : ici, il est écrit dans les comptes, une seule fois.")
    button = lazy("Noter le paiement")

    @cached_property
    def statement(self) -> PayStatement:
        """The statement. Raises Http404 elsewhere."""
        found = statement_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @cached_property
    def scope(self) -> Scope:
        """The territory of the statement."""
        return self.statement.scope

    @property
    def back(self) -> str:
        """The statement."""
        return reverse("funding:statement", args=[self.statement.pk])

    def initial(self) -> dict[str, Any]:
        """Return today."""
        return {"day": self.today}

    def act(self, data: dict[str, Any]) -> str:
        """Write it."""
        actions.pay_statement(by=self.person, statement=self.statement, day=data["day"], key=data["key"])
        return self.back


class PersonPage(OfPlace, Page):
    """What one person was paid in a year, line by line, under the ceiling."""

    template_name = "funding/person.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        self.require_pay()
        who = payee(self.kwargs["kind"], self.kwargs["pk"])
        if who is None:
            raise Http404
        year = self.today.year
        rows = indemnities_of(self.scope, who, year)
        if not rows:
            raise Http404
        return super().get_context_data(
            scope=self.scope,
            who=who,
            year=year,
            ceiling=times.ceiling_of(self.scope, year),
            room=times.room_for(self.scope, who, year),
            lines=[line_words(one) for one in rows],
            total=sum(one.cents for one in rows),
            minutes=sum(one.minutes for one in rows),
            may_keep=self.keeps,
            **context,
        )


class OwnPay(Page):
    """What the visitor is paid: their statements, their lines of the year. Their own, and nobody else's."""

    template_name = "funding/own.html"
    permission = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        year = timezone.localdate(timezone=clock.zone_for(self.person)).year
        rows = own_indemnities(self.person, year)
        total = sum(one.cents for one in rows)
        said = _("{cents} d’indemnités en {year}, pour {time}.")
        return super().get_context_data(
            finding=said.format(
                cents=formats.euros(total), year=year, time=formats.minutes(sum(one.minutes for one in rows))
            )
            if rows
            else _(
                "Aucune indemnité en {year} : une réunion ou une astreinte indemnisée s’affichera ici."
            ).format(year=year),
            statements=own_statements(self.person),
            lines=[line_words(one) for one in rows],
            total=total,
            **context,
        )
