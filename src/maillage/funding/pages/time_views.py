"""Time given: what waits to be validated, rates, the ceiling; statements are made from here."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.directory import api as directory
from maillage.funding.actions import indemnities as actions
from maillage.funding.models import TIME_LABELS
from maillage.funding.pages import forms
from maillage.funding.pages.base import FormPage, OfPlace
from maillage.funding.queries import times
from maillage.funding.queries.statements import statements_in
from maillage.funding.queries.waiting import Waits, waiting_times
from maillage.funding.rules.vocabulary import MissionCode, RateUnit, TimeKind
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.pages.refusals import refused
from maillage.kernel.parameters import asked_day, row_key
from maillage.kernel.rules import Permission
from maillage.project import api as project


class Times(OfPlace, Page):
    """What waits: a line for each time given, what it is worth, what the ceiling leaves."""

    template_name = "funding/times.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        self.require_pay()
        waits = waiting_times(self.scope, self.today)
        offered = project.actions_in(self.scope)
        year = self.today.year
        ceiling = times.ceiling_of(self.scope, year)
        said = ngettext(
            "{count} temps à valider, {cents}.", "{count} temps à valider, {cents}.", len(waits.lines)
        )
        owed = [(who, cents) for who, cents in waits.owed if cents]
        return super().get_context_data(
            scope=self.scope,
            finding=said.format(
                count=formats.number(len(waits.lines)),
                cents=formats.euros(sum(one.cents or 0 for one in waits.lines)),
            )
            if waits.lines
            else _("Aucun temps n’attend : les réunions et les astreintes arrivent ici d’elles-mêmes."),
            lines=[self._line(one, waits, offered) for one in waits.lines],
            owed=[(who, times.payee_key(who), cents) for who, cents in owed],
            missions=forms.ALL_MISSIONS,
            actions=forms.action_choices(offered),
            ceiling=ceiling,
            rates=[one for _rate, one in reversed(times.rates_of(self.scope))],
            professions={one.value: words for one, words in directory.PROFESSION_LABELS.items()},
            statements=statements_in(self.scope, 30),
            key_of_page=uuid4().hex,
            first=date(year, 1, 1),
            today=self.today,
            may_keep=self.keeps,
            **context,
        )

    @staticmethod
    def _line(one: times.Priced, waits: Waits, offered: list[project.Action]) -> dict[str, Any]:
        room = waits.room(one)
        excess = 0 if room is None or one.cents is None else room.excess(one.cents)
        return {
            "one": one.line, "kind": TIME_LABELS[one.line.time], "cents": one.cents, "rate": one.rate,
            "room": room, "excess": excess, "left": None if room is None else room.remaining,
            "use": forms.use_of(
                one.line.mission.value, one.line.action.pk if one.line.action else None, offered
            ),
            "key": uuid4().hex,
            "may": one.cents is not None and room is not None and not excess,
            "splits": bool(excess and room and room.remaining),
        }  # fmt: skip


class ValidateTime(OfPlace, Endpoint):
    """One line is validated: it is owed, and in the accounts."""

    permission = Permission.MANAGE_FUNDING

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        """Validate it, or say why not."""
        self.require_keeping()
        back = reverse("funding:times", args=[self.scope.pk])
        day = asked_day(request.POST.get("day"))
        code = request.POST.get("mission", "")[:40]
        try:
            if day is None:
                raise ValidationError(_("Rechargez la page : ce temps n’a plus de jour."))
            use = forms.use_said(code, project.actions_in(self.scope) if code.startswith("action") else [])
            made = actions.validate_time(
                by=self.person, scope=self.scope, source=request.POST.get("source", "")[:160], day=day,
                **use, key=request.POST.get("key", "")[:64],
                splits=request.POST.get("splits") == "1",
            )  # fmt: skip
        except (PermissionDenied, ValidationError) as error:
            return refused(request, error, back)
        messages.success(
            request,
            _("{cents} dus à {who}.").format(cents=formats.euros(made.cents), who=made.named),
        )
        return HttpResponseRedirect(back)


class OfTimesForm(FormPage):
    """A form that leads back to the times."""

    @property
    def back(self) -> str:
        """The page of the times."""
        return reverse("funding:times", args=[self.scope.pk])


class DecideRate(OfTimesForm):
    """A rate, by decision."""

    form_class = forms.RateForm
    heading = lazy("Décider d’un barème")
    finding = lazy("Aucun montant national n’a été lu : le territoire décide, et la décision est gardée.")
    button = lazy("Garder ce barème")

    def initial(self) -> dict[str, Any]:
        """Return today."""
        return {"valid_from": self.today}

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        actions.decide_rate(
            by=self.person, scope=self.scope, **data
            | {"time": TimeKind(data["time"]), "unit": RateUnit(data["unit"])},
        )  # fmt: skip
        return self.back


class DecideCeiling(OfTimesForm):
    """The ceiling of a year."""

    form_class = forms.CeilingForm
    heading = lazy("Renseigner le plafond d’une année")
    finding = lazy(
        "Le décret n° 2022-375 limite les indemnités d’un professionnel au plafond de la sécurité sociale."
    )
    button = lazy("Garder ce plafond")

    def initial(self) -> dict[str, Any]:
        """Return this year."""
        return {"year": self.today.year}

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        actions.decide_ceiling(by=self.person, scope=self.scope, **data)
        return self.back


class NoteTime(OfTimesForm):
    """Time that nothing else keeps."""

    form_class = forms.TimeForm
    heading = lazy("Noter une formation ou un autre temps")
    finding = lazy("Les réunions et les astreintes partagées arrivent d’elles-mêmes : ne les notez pas ici.")
    button = lazy("Noter ce temps")

    def initial(self) -> dict[str, Any]:
        """Return today."""
        return {"day": self.today}

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        actions.note_time(
            by=self.person, scope=self.scope, **data
            | {"time": TimeKind(data["time"]), "mission": MissionCode(data["mission"])},
        )  # fmt: skip
        return self.back


class MakeStatement(OfPlace, Endpoint):
    """What is owed to somebody is gathered into a draft."""

    permission = Permission.MANAGE_FUNDING

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        """Make it, or say why not."""
        self.require_keeping()
        back = reverse("funding:times", args=[self.scope.pk])
        first, last = asked_day(request.POST.get("first")), asked_day(request.POST.get("last"))
        try:
            who = payee(request.POST.get("kind", ""), row_key(request.POST.get("pk")))
            if who is None or first is None or last is None:
                raise ValidationError(_("Dites pour qui, et pour quels jours."))
            made = actions.make_statement(
                by=self.person, scope=self.scope, who=who, first_day=first, last_day=last,
                key=request.POST.get("key", "")[:64],
            )  # fmt: skip
        except (PermissionDenied, ValidationError) as error:
            return refused(request, error, back)
        return HttpResponseRedirect(reverse("funding:statement", args=[made.pk]))


def payee(kind: str, pk: int) -> times.Payee | None:
    """Return who is paid, by what a form says of them; None for nobody."""
    if kind == "professional":
        return directory.Professional.objects.filter(pk=pk).first()
    return Person.objects.filter(pk=pk).first() if kind == "person" else None
