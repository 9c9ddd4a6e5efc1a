"""A professional's week, the appointments of somebody, and who may see each slot."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import ngettext

from maillage.agenda.actions import schedules
from maillage.agenda.models import Slot
from maillage.agenda.models.schedules import VISIBILITY_LABELS
from maillage.agenda.pages import presenters
from maillage.agenda.pages.base import OfAgenda
from maillage.agenda.queries import agendas, appointments
from maillage.agenda.queries.slots import slots_of
from maillage.agenda.rules.clock import monday
from maillage.agenda.rules.vocabulary import State, Visibility
from maillage.directory import api as directory
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.rules import Permission

AHEAD = timedelta(days=14)
_CANCEL_ONLY = frozenset({State.CANCELLED})


class Mine(Page):
    """The visitor's appointments from this morning on, and the agendas that they keep."""

    template_name = "agenda/mine.html"
    permission = Permission.BOOK_APPOINTMENT

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = timezone.now()
        kept = list(agendas.managed_agendas(self.person))
        keys = {agenda.pk for agenda in kept}
        rows = []
        for one in appointments.appointments_for(self.person, now - timedelta(hours=12), now + AHEAD):
            agenda = one.slot.agenda
            view = presenters.appointment_view(one, agenda, now)
            cancel = presenters.choices(State(one.state), one.slot.starts_at - now, _CANCEL_ONLY)
            keeps = agenda.pk in keys
            rows.append((view, view.choices if keeps else cancel, keeps))
        mine = directory.Professional.objects.active().filter(account=self.person, agenda=None)
        return super().get_context_data(rows=rows, agendas=kept, may_open=mine.exists(), **context)


class Week(OfAgenda, Page):
    """Seven days of an agenda: slots, who may see them, who has them."""

    template_name = "agenda/week.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = agendas.today_in(self.agenda)
        first = monday(_asked_day(self.request, today))
        start, end = agendas.bounds(self.agenda, first)
        week = presenters.days(
            self.agenda,
            first,
            slots_of(self.agenda, start, end),
            appointments.appointments_of(self.agenda, start, end),
        )
        target = _asked_visibility(self.request)
        moving = appointments.to_move(self.agenda, timezone.now())
        return super().get_context_data(
            days=week,
            first=first,
            last=first + timedelta(days=6),
            previous=first - timedelta(days=7),
            next=first + timedelta(days=7),
            this_week=monday(today),
            total=sum(len(day.slots) for day in week),
            free=sum(slot.is_free for day in week for slot in day.slots),
            target=target.value,
            target_label=VISIBILITY_LABELS[target],
            targets=[
                (one.value, label)
                for one, label in VISIBILITY_LABELS.items()
                if one is not Visibility.PRIVATE
            ],
            to_move=[presenters.appointment_view(one, self.agenda, timezone.now()) for one in moving],
            **context,
        )


class SetVisibility(OfAgenda, Endpoint):
    """Says who may see one slot, or all those of a day; effective at once."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        keys = [key for key in request.POST.getlist("slot") if key.isdigit()]
        wanted = request.POST.get("visibility", "")
        if wanted in {one.value for one in Visibility}:
            slots = list(Slot.objects.filter(agenda=self.agenda, pk__in=keys).order_by("starts_at"))
            schedules.set_visibility(by=self.person, slots=slots, visibility=Visibility(wanted))
            done = ngettext(
                "{count} créneau : visible par « {who} » dès maintenant.",
                "{count} créneaux : visibles par « {who} » dès maintenant.",
                len(slots),
            )
            who = VISIBILITY_LABELS[Visibility(wanted)]
            messages.success(request, done.format(count=len(slots), who=who))
        day = parse_date(request.POST.get("du", "")) or agendas.today_in(self.agenda)
        anchor = f"#creneau-{keys[0]}" if len(keys) == 1 else ""
        shown = _asked_visibility(request).value
        return redirect(f"{reverse('agenda:week', args=[pk])}?du={day.isoformat()}&pour={shown}{anchor}")


def _asked_day(request: HttpRequest, today: date) -> date:
    try:
        return parse_date(request.GET.get("du", "")) or today
    except ValueError:
        return today


def _asked_visibility(request: HttpRequest) -> Visibility:
    """Return to whom a click opens a private slot: unscheduled care unless the visitor chose otherwise."""
    asked = request.POST.get("pour") or request.GET.get("pour")
    known = {one.value: one for one in Visibility if one is not Visibility.PRIVATE}
    return known.get(asked or "", Visibility.SNP)
