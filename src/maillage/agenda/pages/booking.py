"""Booking a slot for somebody, and telling what became of an appointment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from maillage.agenda.actions import booking, outcomes, rights
from maillage.agenda.models import Appointment, Slot
from maillage.agenda.models.schedules import KIND_LABELS
from maillage.agenda.pages import presenters, reading
from maillage.agenda.queries.appointments import elsewhere_at, elsewhere_sentence
from maillage.agenda.queries.message_values import patient_message
from maillage.agenda.queries.slots import free_slots, slot_with_names
from maillage.agenda.rules.vocabulary import Kind, State
from maillage.exchange import api as exchange
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.pages.base import Endpoint, Page, back_to
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.people import api as people
from maillage.people.api import Patient

FOUND = 8
NEXT_BEST = 3
MOVE_WITHIN, MOVE_CHOICES = timedelta(days=28), 24


class Reserve(Page):
    """One slot, and the person to book it for. A slot just taken shows the next ones, nothing retyped."""

    template_name = "agenda/reserve.html"
    permission = Permission.BOOK_APPOINTMENT

    @cached_property
    def slot(self) -> Slot:
        """The slot of the address. Raises Http404, and PermissionDenied where the visitor may not see it."""
        found = slot_with_names(self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        if not rights.sees(self.person, found):
            raise PermissionDenied(_("Ce créneau n’est pas ouvert à votre rôle."))
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        zone = self.slot.agenda.zone
        query = reading.clean_text(self.request.GET.get("q"))
        context.setdefault("chosen", None)
        context.setdefault("refusal", "")
        context.setdefault("behind", "")
        context.setdefault("elsewhere", [])
        context.setdefault("may_look_on", False)
        context.setdefault("others", [])
        return super().get_context_data(
            slot=self.slot,
            day=self.slot.starts_at.astimezone(zone).date(),
            when=presenters.clock(self.slot.starts_at, zone, self.slot.ends_at),
            kind=KIND_LABELS[Kind(self.slot.kind)],
            query=query,
            patients=self._found(query) if query else [],
            key=uuid4().hex,
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Book the slot; answer 409 with the next slots where it is no longer to be had.

        The action reads the slot, and who may see it, under its lock: the page reads it where it was refused.
        """
        patient = people.patient_seen_by(self.person, row_key(request.POST.get("patient")))
        if patient is None:
            raise Http404("patient")
        key = reading.key(request.POST.get("key"))
        if not key:
            raise Http404("key")
        said = request.POST.get("despite") == "1"
        try:
            made = booking.book(
                by=self.person, slot=Slot(pk=pk), patient=patient, key=key, despite_same_hour=said
            )
        except Slot.DoesNotExist as error:
            raise Http404(pk) from error
        except booking.BookingRefusedError as error:
            return self.render_to_response(self._refused(patient, error), status=409)
        agenda = made.slot.agenda
        day = made.slot.starts_at.astimezone(agenda.zone)
        text = _("Réservé pour {name} : {day} chez {professional}. {told}")
        when = formats.date_long(day.replace(tzinfo=None))
        told = patient_message(made)
        told_text = text.format(name=patient, day=when, professional=agenda, told=told.sentence)
        (messages.warning if told.say_it_now else messages.success)(request, told_text)
        return redirect("agenda:own_appointments")

    def _refused(self, patient: Patient, error: booking.BookingRefusedError) -> dict[str, Any]:
        """Return what the page says: whom the person also sees at that hour, or the next slots."""
        same_hour = error.refusal is booking.Refusal.SAME_HOUR
        kept_out = error.refusal is booking.Refusal.KEPT_OUT
        already_here = error.refusal is booking.Refusal.ALREADY_HERE
        return self.get_context_data(
            chosen=patient,
            refusal=str(error),
            behind=error.url,
            elsewhere=elsewhere_at(patient, self.slot) if same_hour else [],
            may_look_on=not same_hour and not already_here and not kept_out,
            others=[] if same_hour or already_here or kept_out else self._others(),
        )

    def _found(self, query: str) -> list[Patient]:
        purpose = _("prise de rendez-vous")
        return people.search_patients(by=self.person, text=query, purpose=purpose, limit=FOUND)

    def _others(self) -> list[tuple[Slot, Any, str]]:
        """Return the next slots of the same professional that the visitor could book."""
        zone = self.slot.agenda.zone
        start = self.slot.starts_at
        free = free_slots(self.person, start, start + timedelta(days=7)).filter(agenda=self.slot.agenda)
        return [
            (one, one.starts_at.astimezone(zone).date(), presenters.clock(one.starts_at, zone, one.ends_at))
            for one in free[:NEXT_BEST]
        ]


class _OfAppointment(Endpoint):
    """A change of one appointment, then the page that asked for it."""

    permission = Permission.BOOK_APPOINTMENT

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it; a refusal is said, nothing is lost."""
        appointment = get_object_or_404(Appointment.objects.for_person(self.person), pk=pk)
        key = reading.key(request.POST.get("key"))
        if not key:
            raise Http404("key")
        try:
            done = self.change(appointment, key)
        except booking.BookingRefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, done)
        return back_to(request, reverse("agenda:own_appointments"))

    def change(self, appointment: Appointment, key: str) -> str:
        """Make the change and return what to say."""
        raise NotImplementedError


class Outcome(_OfAppointment):
    """Tells in one click what became of an appointment."""

    def change(self, appointment: Appointment, key: str) -> str:
        """Pass to the state of the button. Raises Http404 for no state."""
        wanted = self.request.POST.get("state", "")
        if wanted not in {state.value for state in State}:
            raise Http404("state")
        outcomes.change_state(by=self.person, appointment=appointment, state=State(wanted), key=key)
        return _("C’est noté.")


class Undo(_OfAppointment):
    """Takes back the last click."""

    def change(self, appointment: Appointment, key: str) -> str:
        """Go back to the state before."""
        outcomes.undo(by=self.person, appointment=appointment, key=key)
        return _("Retour en arrière fait.")


class Move(_OfAppointment, Page):
    """The next free slots of the same agenda; the one chosen is confirmed, with who will be told what."""

    template_name = "agenda/move.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = Appointment.objects.for_person(self.person).filter(state=State.BOOKED.value)
        names = ("slot__schedule", "slot__agenda__professional", "slot__agenda__territory__scope", "patient")
        appointment = get_object_or_404(rows.select_related(*names).distinct(), pk=self.kwargs["pk"])
        agenda, now = appointment.slot.agenda, timezone.now()
        free = free_slots(self.person, now, now + MOVE_WITHIN).filter(agenda=agenda)
        zone = agenda.zone
        wanted = row_key(self.request.GET.get("vers"))
        target = free.filter(pk=wanted).first() if wanted else None
        return super().get_context_data(
            one=presenters.appointment_view(appointment, agenda, now),
            target=target and formats.date_long(target.starts_at.astimezone(zone).replace(tzinfo=None)),
            wanted=wanted,
            told=_who_is_told(self.person, appointment) if target else [],
            elsewhere=elsewhere_sentence(appointment.patient, target)
            if target and appointment.patient
            else "",
            slots=[
                (slot, slot.starts_at.astimezone(zone).date(), presenters.clock(slot.starts_at, zone))
                for slot in free[:MOVE_CHOICES]
            ],
            key=uuid4().hex,
            days=MOVE_WITHIN.days,
            back=self.request.GET.get("next", ""),
            **context,
        )

    def change(self, appointment: Appointment, key: str) -> str:
        """Take the slot of the button."""
        rows = Slot.objects.select_related("agenda__territory__scope", "agenda__professional")
        slot = get_object_or_404(rows, pk=row_key(self.request.POST.get("slot")))
        moved = outcomes.move(by=self.person, appointment=appointment, slot=slot, key=key)
        when = formats.date_long(moved.slot.starts_at.astimezone(slot.agenda.zone).replace(tzinfo=None))
        told = [patient_message(moved).sentence]
        if moved.patient is not None:
            told.append(elsewhere_sentence(moved.patient, moved.slot))
        return _("Déplacé au {when}. {told}").format(when=when, told=" ".join(filter(None, told)))


def _who_is_told(by: Person, appointment: Appointment) -> list[tuple[str, str]]:
    """Return whom a move made by `by` is told to, and by which way: the person, and the professional."""
    agenda = appointment.slot.agenda
    told: list[tuple[str, exchange.MessageStatus]] = []
    if appointment.patient is not None:
        told.append((str(appointment.patient), exchange.expected_message(appointment.patient)))
    if not rights.manages(by, agenda):
        told.append((str(agenda), exchange.expected_message(agenda.professional)))
    return [(who, one.sentence) for who, one in told]
