"""Finding, taking, moving and cancelling an appointment: by the person, or by a carer whom they let."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.directory import api as directory
from maillage.kernel import clock, formats
from maillage.kernel.pages.base import Page
from maillage.kernel.parameters import row_key
from maillage.orientation import api as orientation
from maillage.space.actions import booking, checks
from maillage.space.models import SafetyCheck
from maillage.space.pages import wording
from maillage.space.pages.base import OfPerson
from maillage.space.pages.forms import AnswersForm, CheckForm
from maillage.space.queries.appointments import appointment_of, appointments_of
from maillage.space.queries.checks import alarm_of, check_of, is_cleared
from maillage.space.queries.slots import Option, is_open_to_all, options
from maillage.space.rules.booking import Limit, Result

#: Professionals shown at once, their first hours, the hours of one alone, those proposed after a refusal.
SHOWN, FIRST, ALL, NEXT = 10, 3, 60, 3
_PAST_SHOWN = 10
PROFESSIONS = (
    directory.Profession.PHYSICIAN,
    directory.Profession.NURSE,
    directory.Profession.MIDWIFE,
    directory.Profession.PHYSIOTHERAPIST,
    directory.Profession.PHARMACIST,
    directory.Profession.DENTIST,
)


class Appointments(OfPerson, Page):
    """The appointments of a person, with who made each; those to come are moved and cancelled from here."""

    template_name = "space/appointments.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now, patient = timezone.now(), self.patient
        coming, past = appointments_of(patient, now)
        may_act = agenda.acts_for(self.person, patient)
        return super().get_context_data(
            coming=[wording.shown(one, self.person, patient, now) for one in coming],
            past=[wording.shown(one, self.person, patient, now) for one in past[:_PAST_SHOWN]],
            may_act=may_act,
            **context,
        )


class _Booking(OfPerson, Page):
    """A step of taking or moving an appointment; `deplacer` in the address: the appointment to move."""

    acts = True
    purpose = "prise de rendez-vous"

    @cached_property
    def moved(self) -> agenda.Appointment | None:
        """The appointment to move, None where a new one is taken. Raises Http404."""
        text = self.request.POST.get("deplacer") or self.request.GET.get("deplacer")
        if not text:
            return None
        found = appointment_of(self.patient, row_key(text))
        if found is None or found.state != agenda.State.BOOKED.value:
            raise Http404(text)
        return found

    @cached_property
    def check(self) -> SafetyCheck | None:
        """The answers to the safety questions that the address names; None unless the visitor gave them."""
        text = self.request.POST.get("controle") or self.request.GET.get("controle")
        key = row_key(text)
        return check_of(self.person, self.patient, key) if key else None

    def to(self, name: str, *args: Any, **query: Any) -> str:
        """Return the address of another step, which carries the answers and the appointment to move."""
        if self.moved is not None:
            query.setdefault("deplacer", self.moved.pk)
        address = reverse(f"space:{name}", args=[self.patient.pk, *args])
        return f"{address}?{urlencode(query)}" if query else address

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = timezone.now()
        moved = self.moved and wording.shown(self.moved, self.person, self.patient, now)
        return super().get_context_data(moved=moved, check=self.check, **context)

    def choices(self, now: datetime, **narrowed: Any) -> list[Option]:
        """Return the professionals and hours that may be chosen now."""
        known = booking.limits()
        start = now + timedelta(minutes=known.notice_minutes)
        end = now + timedelta(days=known.horizon_days)
        return options(self.person, self.patient, start, end, **narrowed)


class Ask(_Booking):
    """First the signs that engage life, then why one books."""

    template_name = "space/check.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", CheckForm())
        alarm = alarm_of(self.patient, timezone.now())
        return super().get_context_data(alarm=alarm, **context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Keep the answers, then go on: to hours, to questions, to the 15; 422 where something is missing."""
        form = CheckForm(request.POST)
        patient = self.patient
        if form.is_valid() and alarm_of(patient, timezone.now()) is None:
            said = form.cleaned_data
            try:
                made = checks.start_check(
                    by=self.person,
                    patient=patient,
                    key=said["key"],
                    signs=said["signs"],
                    reason=form.why(),
                    motive=said["motive"],
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                if made.result == Result.CLEARED.value:
                    return redirect(self.to("slots", controle=made.pk))
                return redirect(self.to("answers", made.pk))
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Answers(_Booking):
    """What the first answers led to: more questions, the 15, or a voice to call."""

    template_name = "space/answers.html"

    @cached_property
    def check(self) -> SafetyCheck:
        """The answers of the address, the visitor's own. Raises Http404."""
        found = check_of(self.person, self.patient, self.kwargs["asked"])
        if found is None:
            raise Http404(self.kwargs["asked"])
        return found

    def form(self, *sent: Any) -> AnswersForm:
        """Return the questions that neither the age nor the sex of the person answers."""
        today = clock.today(self.patient.scope)
        return AnswersForm(
            *sent, asked=orientation.own_check(self.patient, self.check.motive, {}, today).asked
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        result = Result(self.check.result)
        if result is Result.UNANSWERED:
            context.setdefault("form", self.form())
        return super().get_context_data(
            result=result.value, slots_url=self.to("slots", controle=self.check.pk), **context
        )

    def post(self, request: HttpRequest, pk: int, asked: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Keep the answers; 422 where one is missing."""
        form = self.form(request.POST)
        if self.check.result == Result.UNANSWERED.value and not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        done = self.check
        if self.check.result == Result.UNANSWERED.value:
            done = checks.answer_check(by=self.person, check=self.check, answers=form.answers())
        if done.result == Result.CLEARED.value:
            return redirect(self.to("slots", controle=done.pk))
        return redirect(self.to("answers", done.pk))


class Slots(_Booking):
    """Professionals with free hours, one's own first, then the nearest; or all the hours of one."""

    template_name = "space/slots.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show them once the safety questions are answered; lead to the questions otherwise."""
        now = timezone.now()
        if not is_cleared(self.check, now) or alarm_of(self.patient, now) is not None:
            return redirect(self.to("ask"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = timezone.now()
        known = {one.value for one in PROFESSIONS}
        asked = self.request.GET.get("metier", "")
        profession = asked if asked in known else ""
        one = row_key(self.request.GET.get("chez"))
        if self.moved is not None:
            one, profession = self.moved.slot.agenda_id, ""
        found = self.choices(now, profession=profession, of_agenda=one)
        return super().get_context_data(
            professions=[(each.value, directory.PROFESSION_LABELS[each]) for each in PROFESSIONS],
            profession=profession,
            alone=one,
            found=[wording.professional(each, ALL if one else FIRST) for each in found[:SHOWN]],
            hidden=max(0, len(found) - SHOWN),
            days=booking.limits().horizon_days,
            **context,
        )


class Take(_Booking):
    """One hour: who, where, when; taken with one button. An hour just taken gives way to the next."""

    template_name = "space/take.html"

    @cached_property
    def slot(self) -> agenda.Slot:
        """The slot of the address, open to the public. Raises Http404."""
        found = agenda.slot_with_names(self.kwargs["slot"])
        if found is None or not is_open_to_all(self.person, found):
            raise Http404(self.kwargs["slot"])
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it once the safety questions are answered; lead to the questions otherwise."""
        now = timezone.now()
        if not is_cleared(self.check, now) or alarm_of(self.patient, now) is not None:
            return redirect(self.to("ask"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("refusal", "")
        context.setdefault("others", [])
        known = agenda.message_values(self.slot)
        local = self.slot.starts_at.astimezone(self.slot.agenda.zone)
        return super().get_context_data(
            wanted=self.slot,
            day=local.date(),
            when=formats.time_short(local.time()),
            kind=agenda.KIND_LABELS[agenda.Kind(self.slot.kind)],
            professional=self.slot.agenda.professional,
            where=wording.place_said(self.slot.schedule),
            phone=wording.dial(known.phone),
            key=uuid4().hex,
            **context,
        )

    def post(self, request: HttpRequest, pk: int, slot: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Take it, or move to it; 409 with the next hours where it is no longer to be had."""
        key = request.POST.get("key", "").replace("\x00", "")[:60]
        patient, check = self.patient, self.check
        if not key:
            raise Http404("key")
        if check is None:
            return redirect(self.to("ask"))
        try:
            if self.moved is not None:
                made = booking.move_own(
                    by=self.person, appointment=self.moved, slot=self.slot.pk, check=check, key=key
                )
            else:
                made = booking.book_for_oneself(
                    by=self.person, patient=patient, slot=self.slot.pk, check=check, key=key
                )
        except booking.LimitError as error:
            if error.limit in {Limit.NOT_CLEARED, Limit.ALARM}:
                messages.error(request, str(wording.LIMITS[error.limit]))
                return redirect(self.to("ask"))
            return self._refused(str(wording.LIMITS[error.limit]))
        except agenda.BookingRefusedError as error:
            is_kept_out = error.refusal is agenda.Refusal.KEPT_OUT
            return self._refused(wording.refused(error), [] if is_kept_out else self._others())
        self._say(made)
        return redirect("space:appointments", pk=pk)

    def _refused(self, why: str, others: Sequence[Any] = ()) -> HttpResponse:
        return self.render_to_response(self.get_context_data(refusal=why, others=others), status=409)

    def _others(self) -> list[Any]:
        """Return the next hours of the same professional."""
        found = self.choices(timezone.now(), of_agenda=self.slot.agenda_id)
        hours = sorted(
            (one for option in found for one in option.slots),
            key=lambda one: (one.starts_at < self.slot.starts_at, one.starts_at),
        )
        return wording.by_day(hours[:NEXT], self.slot.schedule)

    def _say(self, made: agenda.Appointment) -> None:
        told = agenda.patient_message(made)
        slot = made.slot
        when = formats.date_long(slot.starts_at.astimezone(slot.agenda.zone).replace(tzinfo=None))
        text = (
            _("C’est déplacé : {when}, avec {who}. {told}")
            if self.moved
            else _("C’est réservé : {when}, avec {who}. {told}")
        )
        said = text.format(when=when, who=slot.agenda, told=wording.told(told))
        (messages.warning if told.say_it_now else messages.success)(self.request, said)


class AppointmentPage(OfPerson, Page):
    """One appointment: who made it, until when it is moved or cancelled, whom to call."""

    template_name = "space/appointment.html"

    @cached_property
    def appointment(self) -> agenda.Appointment:
        """The appointment of the address, this person's. Raises Http404."""
        found = appointment_of(self.patient, self.kwargs["appointment"])
        if found is None:
            raise Http404(self.kwargs["appointment"])
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = timezone.now()
        return super().get_context_data(
            one=wording.shown(self.appointment, self.person, self.patient, now),
            may_act=agenda.acts_for(self.person, self.patient),
            key=uuid4().hex,
            **context,
        )

    def post(self, request: HttpRequest, pk: int, appointment: int) -> HttpResponse:
        """Cancel it; a refusal is said in plain words."""
        if not agenda.acts_for(self.person, self.patient):
            raise Http404(appointment)
        key = request.POST.get("key", "").replace("\x00", "")[:64]
        if not key:
            raise Http404("key")
        try:
            booking.cancel_own(by=self.person, appointment=self.appointment, key=key)
        except booking.LimitError as error:
            messages.error(request, str(wording.LIMITS[error.limit]))
            return redirect("space:appointment", pk=pk, appointment=appointment)
        except agenda.BookingRefusedError as error:
            messages.error(request, wording.refused(error))
        else:
            messages.success(request, _("C’est annulé. Le soignant est prévenu."))
        return redirect("space:appointments", pk=pk)
