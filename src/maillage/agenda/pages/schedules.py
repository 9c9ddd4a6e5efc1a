"""Opening an agenda, its weekly openings, absences, advanced-consultation days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.agenda.actions import schedules
from maillage.agenda.models import Closure, Opening, Schedule, Slot
from maillage.agenda.models.schedules import KIND_LABELS, VISIBILITY_LABELS
from maillage.agenda.pages.base import OfAgenda
from maillage.agenda.pages.forms import AbsenceForm, AdvancedForm, CreateForm, OpeningForm
from maillage.agenda.queries.appointments import to_move
from maillage.agenda.queries.over_capacity import extras_on
from maillage.agenda.rules.vocabulary import Kind, Visibility
from maillage.directory import api as directory
from maillage.kernel import clock
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.rules import Permission


class Create(Page):
    """A professional opens their agenda."""

    template_name = "agenda/create.html"
    permission = Permission.MANAGE_AGENDA

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", CreateForm())
        return super().get_context_data(**context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CreateForm(request.POST)
        own = directory.Professional.objects.active().filter(account=self.person)
        professional = get_object_or_404(own)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        place = form.cleaned_data["place"]
        agenda = schedules.create_agenda(by=self.person, professional=professional, place=place)
        messages.success(request, _("Agenda ouvert : dites maintenant quand et où vous consultez."))
        return redirect("agenda:openings", agenda.pk)


class Openings(OfAgenda, Page):
    """The weekly openings, and a form to add one."""

    template_name = "agenda/openings.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = clock.today(self.agenda.territory.scope)
        context.setdefault("form", OpeningForm(agenda=self.agenda, initial={"valid_from": today}))
        rows = Opening.objects.filter(schedule__agenda=self.agenda).select_related("schedule")
        openings = [
            (
                one,
                WEEKDAYS[one.weekday],
                KIND_LABELS[Kind(one.kind)],
                VISIBILITY_LABELS[Visibility(one.visibility)],
            )
            for one in rows
            if one.valid_to is None or one.valid_to >= max(today, one.valid_from)
        ]
        return super().get_context_data(
            openings=openings, today=today, extras=extras_on(self.agenda, today), **context
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = OpeningForm(request.POST, agenda=self.agenda)
        if form.is_valid():
            asked = dict(form.cleaned_data)
            schedule, name = asked.pop("schedule"), asked.pop("place_name")
            kind, visibility = Kind(asked.pop("kind")), Visibility(asked.pop("visibility"))
            try:
                place = schedule or schedules.add_schedule(by=self.person, agenda=self.agenda, name=name)
                opening = schedules.add_opening(
                    by=self.person, schedule=place, kind=kind, visibility=visibility, **asked
                )
            except schedules.ScheduleError as error:
                form.add_error(None, str(error))
            else:
                say_slots(request, opening)
                return redirect("agenda:openings", pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OpeningEnd(OfAgenda, Endpoint):
    """Ends a weekly opening today."""

    def post(self, request: HttpRequest, pk: int, opening: int) -> HttpResponse:
        row = get_object_or_404(Opening, pk=opening, schedule__agenda=self.agenda)
        yesterday = clock.today(self.agenda.territory.scope) - timedelta(days=1)
        schedules.end_opening(by=self.person, opening=row, last_day=yesterday)
        _say_closed(request, self.agenda, _("Plage terminée : ses créneaux libres sont fermés."))
        return redirect("agenda:openings", pk)


class OverCapacity(OfAgenda, Endpoint):
    """Says how many people a day may be sent to a place beyond the capacity of its slots."""

    def post(self, request: HttpRequest, pk: int, schedule: int) -> HttpResponse:
        row = get_object_or_404(Schedule, pk=schedule, agenda=self.agenda)
        asked = request.POST.get("per_day", "")
        try:
            per_day = int(asked) if asked.isdecimal() else -1
            row = schedules.allow_over_capacity(by=self.person, schedule=row, per_day=per_day)
        except schedules.ScheduleError as error:
            messages.warning(request, str(error))
        else:
            text = ngettext(
                "{place} : {count} surnuméraire accepté par jour.",
                "{place} : {count} surnuméraires acceptés par jour.",
                row.over_capacity,
            )
            messages.success(request, text.format(place=row.name, count=row.over_capacity))
        return redirect(f"{reverse('agenda:openings', args=[pk])}#over-capacity")


class Absences(OfAgenda, Page):
    """Absences and closings to come, and a form to note one."""

    template_name = "agenda/absences.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", AbsenceForm(agenda=self.agenda))
        rows = Closure.objects.filter(agenda=self.agenda, ends_at__gt=timezone.now()).select_related(
            "schedule"
        )
        zone = self.agenda.zone
        closures = [
            # Without its zone, so that the page writes the hour of the agenda's own wall clock.
            (
                one,
                one.starts_at.astimezone(zone).replace(tzinfo=None),
                one.ends_at.astimezone(zone).replace(tzinfo=None),
            )
            for one in rows
        ]
        return super().get_context_data(closures=closures, **context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = AbsenceForm(request.POST, agenda=self.agenda)
        if form.is_valid():
            starts_at, ends_at = form.span()
            asked = form.cleaned_data
            try:
                schedules.close(
                    by=self.person,
                    agenda=self.agenda,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    schedule=asked["schedule"],
                    key=asked["key"],
                )
            except schedules.ScheduleError as error:
                form.add_error(None, str(error))
            else:
                _say_closed(request, self.agenda, _("C’est noté : les créneaux libres sont fermés."))
                return redirect("agenda:absences", pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Reopening(OfAgenda, Endpoint):
    """Cancels an absence."""

    def post(self, request: HttpRequest, pk: int, closure: int) -> HttpResponse:
        row = get_object_or_404(Closure, pk=closure, agenda=self.agenda)
        schedules.reopen(by=self.person, closure=row)
        messages.success(request, _("Annulé : les créneaux sont de nouveau ouverts."))
        return redirect("agenda:absences", pk)


class Advanced(OfAgenda, Page):
    """A form that opens one consultation day in an EHPAD, a commune, or at a stop of the bus."""

    template_name = "agenda/advanced.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", AdvancedForm(agenda=self.agenda))
        return super().get_context_data(**context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = AdvancedForm(request.POST, agenda=self.agenda)
        if form.is_valid():
            asked = form.cleaned_data
            try:
                place = schedules.add_schedule(by=self.person, agenda=self.agenda, **form.place())
                opening = schedules.add_advanced_day(
                    by=self.person,
                    schedule=place,
                    day=asked["day"],
                    starts=asked["starts"],
                    ends=asked["ends"],
                    minutes=asked["minutes"],
                    key=asked["key"],
                    kind=Kind(asked["kind"]),
                    visibility=Visibility(asked["visibility"]),
                )
            except schedules.ScheduleError as error:
                form.add_error(None, str(error))
            else:
                say_slots(request, opening)
                return redirect(f"{reverse('agenda:week', args=[pk])}?du={asked['day'].isoformat()}")
        return self.render_to_response(self.get_context_data(form=form), status=422)


def say_slots(request: HttpRequest, opening: Opening) -> None:
    """Tell how many slots an opening made; none where others stand there already."""
    count = Slot.objects.filter(opening=opening, is_open=True).count()
    if count:
        text = ngettext("{count} créneau préparé.", "{count} créneaux préparés.", count)
        messages.success(request, text.format(count=count))
    else:
        messages.warning(
            request,
            _("Aucun créneau préparé : une autre plage ou une absence occupe déjà ce temps."),
        )


def _say_closed(request: HttpRequest, agenda: Any, done: str) -> None:
    """Tell that slots closed, and how many appointments are to be moved."""
    messages.success(request, done)
    count = to_move(agenda, timezone.now()).count()
    if count:
        text = ngettext(
            "{count} rendez-vous reste à déplacer : il est en tête de la semaine.",
            "{count} rendez-vous restent à déplacer : ils sont en tête de la semaine.",
            count,
        )
        messages.warning(request, text.format(count=count))
