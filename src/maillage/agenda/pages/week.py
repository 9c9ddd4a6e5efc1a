"""A professional's day or week as a time grid, the appointments of somebody, and who may see each slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.agenda.actions import schedules
from maillage.agenda.models import Appointment, Closure, Opening, Schedule, Slot
from maillage.agenda.models.schedules import VISIBILITY_LABELS
from maillage.agenda.pages import grid, presenters, reading
from maillage.agenda.pages.base import OfAgenda
from maillage.agenda.pages.forms import LENGTHS, SlotForm
from maillage.agenda.pages.schedules import say_slots
from maillage.agenda.queries import agendas, appointments
from maillage.agenda.queries.message_values import subject_of
from maillage.agenda.queries.slots import slots_of
from maillage.agenda.rules.clock import monday
from maillage.agenda.rules.vocabulary import Kind, State, Visibility
from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import clock, formats
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.parameters import asked_day, row_key
from maillage.kernel.rules import Permission
from maillage.territory.api import holiday_names

AHEAD = timedelta(days=14)
#: A slot lasts twelve hours at most: one that began the evening before is still there in the morning.
LONGEST = timedelta(hours=12)
USUAL_LENGTH = 20
_CANCEL_ONLY = frozenset({State.CANCELLED})
KEYS = [
    (gettext_lazy("flèches"), gettext_lazy("Aller d’un créneau à l’autre, d’un jour à l’autre")),
    (gettext_lazy("Entrée"), gettext_lazy("Ouvrir la fiche du créneau")),
    ("J / K", gettext_lazy("Créneau suivant, créneau précédent")),
    ("T", gettext_lazy("Aujourd’hui")),
    ("S / P", gettext_lazy("Semaine ou jour suivant, précédent")),
    ("V", gettext_lazy("Passer du jour à la semaine, et retour")),
    ("A, H, N", gettext_lazy("Arrivé, honoré, non honoré : le rendez-vous de la fiche")),
    ("D", gettext_lazy("Déplacer le rendez-vous de la fiche")),
    ("Z", gettext_lazy("Revenir en arrière")),
    ("O", gettext_lazy("Ouvrir un créneau")),
    ("X", gettext_lazy("Refermer la fiche")),
    ("?", gettext_lazy("Cette liste")),
]


class OwnAppointments(Page):
    """The visitor's appointments from this morning on, and the agendas that they keep."""

    template_name = "agenda/own_appointments.html"
    permission = Permission.BOOK_APPOINTMENT

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = timezone.now()
        kept = list(agendas.managed_agendas(self.person))
        keys = {agenda.pk for agenda in kept}
        rows = []
        found = list(appointments.appointments_for(self.person, now - timedelta(hours=12), now + AHEAD))
        for one in found:
            agenda = one.slot.agenda
            view = presenters.appointment_view(one, agenda, now)
            cancel = presenters.choices(State(one.state), one.slot.starts_at - now, _CANCEL_ONLY)
            keeps = agenda.pk in keys
            rows.append((view, view.choices if keeps else cancel, keeps, one.pk))
        to_tell = _to_tell([one for one in found if one.slot.starts_at > now])
        own = directory.Professional.objects.active().filter(account=self.person, agenda=None)
        # A list of one's own appointments alone need not say whose they are.
        is_own = all(one.slot.agenda.professional.account_id == self.person.pk for one in found)
        return super().get_context_data(
            rows=[(*row, to_tell.get(pk)) for *row, pk in rows],
            agendas=kept,
            is_own=is_own,
            may_open=own.exists(),
            **context,
        )


def _to_tell(coming: Sequence[Appointment]) -> dict[int, exchange.MessageStatus]:
    """Return what is known of the messages that a voice replaces, by the key of the appointment."""
    keys = {subject_of(one): one.pk for one in coming}
    booked = {subject_of(one): one.patient for one in coming if one.state == State.BOOKED.value}
    known = exchange.message_statuses({subject: patient for subject, patient in booked.items() if patient})
    return {keys[subject]: one for subject, one in known.items() if one.to_say or one.was_said}


@dataclass(frozen=True, slots=True)
class Move:
    """An appointment being moved: where to, who will be told, or why it cannot be."""

    pk: int
    view: presenters.AppointmentView
    target: grid.Chosen | None
    told: exchange.MessageStatus
    refusal: str
    key: str


class Week(OfAgenda, Page):
    """One day or seven of an agenda, as a grid; beside it, the slot chosen and what may be done of it."""

    template_name = "agenda/week.html"

    @cached_property
    def now(self) -> datetime:
        """The moment of the page, the same for all that it shows."""
        return timezone.now()

    @cached_property
    def today(self) -> date:
        """The day it is there."""
        return self.now.astimezone(self.agenda.zone).date()

    @cached_property
    def day(self) -> date:
        """The day asked for; today where the address gives none that an agenda can show."""
        return asked_day(self.request.GET.get("du")) or self.today

    @cached_property
    def is_one_day(self) -> bool:
        """Whether one day is asked for, not the week around it."""
        return self.request.GET.get("vue") == "jour"

    @cached_property
    def shows_all_hours(self) -> bool:
        """Whether the night is shown too."""
        return self.request.GET.get("heures") == "toutes"

    def address(self, **changes: Any) -> str:
        """Return the address of this screen with the same view and hours; `du`: the same day by default."""
        kept = {"vue": "jour" if self.is_one_day else "", "heures": "toutes" if self.shows_all_hours else ""}
        asked = kept | {"du": self.day.isoformat()} | changes
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{reverse('agenda:week', args=[self.agenda.pk])}?{query}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        first = self.day if self.is_one_day else monday(self.day)
        days = grid.week_of(first, 1 if self.is_one_day else 7)
        scope, last = self.agenda.territory.scope, first + timedelta(days=len(days) - 1)
        start, end = clock.bounds(first, scope)[0], clock.bounds(last, scope)[1]
        slots = list(slots_of(self.agenda, start - LONGEST, end))
        rows, moving = appointments.appointments_and_to_move(self.agenda, start - LONGEST, end, self.now)
        closed = Closure.objects.filter(agenda=self.agenda, ends_at__gt=start, starts_at__lt=end)
        drawn = grid.build(
            self.agenda, days, slots, rows, list(closed.select_related("schedule")), self.now,
            chosen_day=self.day, holidays=holiday_names(self.agenda.territory, first, last),
            whole=self.shows_all_hours,
        )  # fmt: skip
        form = context.pop("form", None) or self._asked_form()
        return super().get_context_data(
            grid=drawn,
            said=grid.said(drawn),
            span=formats.date_long(self.day) if self.is_one_day else grid.week_named(first),
            column=next(column for column in drawn.columns if column.is_chosen),
            days=days,
            targets=[
                (one.value, label, *grid.VISIBILITY_MARKS[one]) for one, label in VISIBILITY_LABELS.items()
            ],
            to_move=[
                (view, self.address(du=view.day.isoformat(), deplacer=view.pk))
                for view in (presenters.appointment_view(one, self.agenda, self.now) for one in moving)
            ],
            has_openings=bool(slots) or Opening.objects.filter(schedule__agenda=self.agenda).exists(),
            out_of_reach=bool(self.request.GET.get("du")) and not asked_day(self.request.GET.get("du")),
            keys=KEYS,
            form=form,
            move=self._move(slots, grid.by_slot(rows)),
            **self._chosen(slots, grid.by_slot(rows)),
            **self._links(first),
            **context,
        )

    def _links(self, first: date) -> dict[str, Any]:
        """Return the addresses to other days and views, and how a link to this screen begins."""
        step = 1 if self.is_one_day else 7
        moving = row_key(self.request.GET.get("deplacer"))
        kept = {"deplacer": moving} if moving else {}
        near = timedelta(days=1)
        return {
            "first": first,
            "last": first + timedelta(days=step - 1),
            "day": self.day,
            "today": self.today,
            "is_one_day": self.is_one_day,
            "shows_all_hours": self.shows_all_hours,
            "here": self.address(**kept),
            "plain": self.address(),
            "previous": self.address(du=(self.day - timedelta(days=step)).isoformat(), **kept),
            "next": self.address(du=(self.day + timedelta(days=step)).isoformat(), **kept),
            "previous_day": self.address(du=(self.day - near).isoformat(), **kept),
            "next_day": self.address(du=(self.day + near).isoformat(), **kept),
            "to_today": self.address(du=self.today.isoformat(), **kept),
            "other_view": self.address(vue="" if self.is_one_day else "jour", **kept),
            "other_hours": self.address(heures="" if self.shows_all_hours else "toutes", **kept),
            "to_open": self.address(ouvrir=f"{self.day.isoformat()}T08:00"),
            "without_day": self.address(du="", **kept),
        }

    def _chosen(self, slots: Sequence[Slot], of_slot: dict[int, list[Appointment]]) -> dict[str, Any]:
        """Return the slot chosen, and what is known of the messages about who comes then."""
        pk = row_key(self.request.GET.get("choisi"))
        slot = next((one for one in slots if one.pk == pk), None)
        if slot is None:
            return {"chosen": None}
        here = grid.chosen(slot, self.agenda, of_slot[slot.pk], self.now)
        coming = {} if here.is_past else {subject_of(row): row.patient for _v, row in here.appointments}
        known = exchange.message_statuses({key: patient for key, patient in coming.items() if patient})
        return {
            "chosen": here,
            "told": [
                (one, str(coming[subject]))
                for subject, one in known.items()
                if one.to_say or one.state is not exchange.MessageState.NONE
            ],
        }

    def _move(self, slots: Sequence[Slot], of_slot: dict[int, list[Appointment]]) -> Move | None:
        pk = row_key(self.request.GET.get("deplacer"))
        found = Appointment.objects.of_agenda(self.agenda).filter(pk=pk, state=State.BOOKED.value)
        row = found.select_related("slot__schedule", "patient").first() if pk else None
        if row is None or row.patient is None or row.slot.starts_at <= self.now:
            return None
        wanted = row_key(self.request.GET.get("vers"))
        slot = next((one for one in slots if one.pk == wanted), None)
        refusal = self._why_not(row, slot)
        return Move(
            pk=row.pk,
            view=presenters.appointment_view(row, self.agenda, self.now),
            target=grid.chosen(slot, self.agenda, of_slot[slot.pk], self.now) if slot else None,
            told=exchange.expected_message(row.patient),
            refusal=refusal,
            key=uuid4().hex,
        )

    def _why_not(self, row: Appointment, slot: Slot | None) -> str:
        """Return why an appointment cannot go where it was asked, empty where it can or nothing was asked."""
        asked = reading.wall_clock(self.request.GET.get("a"))
        if slot is None:
            if asked is not None:
                text = _("Aucun créneau n’est ouvert {when}. Ouvrez-en un, ou choisissez un créneau libre.")
                return text.format(when=formats.date_long(asked))
            gone = _("Ce créneau n’est plus là. Choisissez un créneau libre.")
            return gone if self.request.GET.get("vers") else ""
        when = presenters.clock(slot.starts_at, self.agenda.zone)
        if slot.pk == row.slot_id:
            return _("C’est déjà son créneau : choisissez-en un autre.")
        if slot.starts_at <= self.now:
            return _("Le créneau de {when} est passé. Choisissez-en un à venir.").format(when=when)
        if not grid.is_free(slot, self.now):
            text = _("Le créneau de {when} est pris ou fermé. Choisissez un créneau libre.")
            return text.format(when=when)
        return ""

    def _asked_form(self) -> SlotForm | None:
        """Return the form that opens a slot, filled in with what was drawn; None where none is asked."""
        starts = reading.wall_clock(self.request.GET.get("ouvrir"))
        if starts is None:
            return None
        ends = reading.wall_clock(self.request.GET.get("a"))
        if ends is None or ends <= starts or ends.date() != starts.date():
            ends = starts + timedelta(minutes=USUAL_LENGTH)
        length = (ends - starts) // timedelta(minutes=1)
        place = Schedule.objects.filter(agenda=self.agenda).order_by("name").first()
        return SlotForm(
            agenda=self.agenda,
            initial={
                "schedule": place,
                "day": starts.date(),
                "starts": starts.time(),
                "ends": ends.time(),
                "minutes": max(
                    (one for one in LENGTHS if one <= min(length, USUAL_LENGTH)), default=LENGTHS[0]
                ),
            },
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (read by `agenda`)
        """Open slots on one day; 422 where the form must be mended."""
        form = SlotForm(request.POST, agenda=self.agenda)
        if form.is_valid():
            asked = dict(form.cleaned_data)
            place, name, day = asked.pop("schedule"), asked.pop("place_name"), asked.pop("day")
            kind, visibility = Kind(asked.pop("kind")), Visibility(asked.pop("visibility"))
            try:
                place = place or schedules.add_schedule(by=self.person, agenda=self.agenda, name=name)
                opening = schedules.add_opening(
                    by=self.person, schedule=place, weekday=day.weekday(), valid_from=day, valid_to=day,
                    kind=kind, visibility=visibility, **asked,
                )  # fmt: skip
            except schedules.ScheduleError as error:
                form.add_error(None, str(error))
            else:
                say_slots(request, opening)
                return redirect(self.address(du=day.isoformat()))
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SetVisibility(OfAgenda, Endpoint):
    """Says who may see one slot, or all those of a day; effective at once."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        keys = [key for text in request.POST.getlist("slot") if (key := row_key(text))]
        wanted = request.POST.get("visibility", "")
        if wanted in {one.value for one in Visibility}:
            slots = list(Slot.objects.filter(agenda=self.agenda, pk__in=keys).order_by("starts_at"))
            schedules.set_visibility(by=self.person, slots=slots, visibility=Visibility(wanted))
            if wanted == Visibility.PRIVATE:
                done = ngettext(
                    "{count} créneau désormais privé.", "{count} créneaux désormais privés.", len(slots)
                )
            else:
                done = ngettext(
                    "{count} créneau désormais visible par « {who} ».",
                    "{count} créneaux désormais visibles par « {who} ».",
                    len(slots),
                )
            who = VISIBILITY_LABELS[Visibility(wanted)]
            messages.success(request, done.format(count=len(slots), who=who))
        day = asked_day(request.POST.get("du")) or clock.today(self.agenda.territory.scope)
        kept = {
            "du": day.isoformat(),
            "vue": "jour" if request.POST.get("vue") == "jour" else "",
            "choisi": str(keys[0]) if len(keys) == 1 else "",
        }
        query = urlencode({name: value for name, value in kept.items() if value})
        return redirect(f"{reverse('agenda:week', args=[pk])}?{query}")
