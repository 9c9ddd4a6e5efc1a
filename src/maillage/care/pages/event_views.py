"""A resident gets worse: the call at 2 a.m., how it ended, the return, what peers said, what is counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.care.actions import acute_events as actions
from maillage.care.computations.card_pdf import transfer_pdf
from maillage.care.computations.cards import said_card
from maillage.care.models import AcuteEvent, CrisisCard
from maillage.care.models.acute_events import JUDGEMENT_LABELS, TOLD_LABELS
from maillage.care.pages import home_presenters as presenters
from maillage.care.pages.home_forms import (
    AdviceForm,
    DeskForm,
    EndingForm,
    EventForm,
    ReturnForm,
    ReviewForm,
    ToldForm,
    VisitForm,
)
from maillage.care.pages.home_views import OfCard, OfHome
from maillage.care.queries import homes as queries
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, pdf_response
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.orientation import api as orientation
from maillage.people import api as people

#: Hours of the next morning in which a mobile team is looked for.
MORNING = (time(7), time(13))


class NewEvent(OfCard, Page):
    """The signs first; where none is there, what happens, and the desk."""

    template_name = "care/event_form.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not self.may_act:
            raise PermissionDenied(_("Vous ne travaillez pas dans l’EHPAD de cette personne."))
        context.setdefault("form", EventForm(signs=actions.vital_signs()))
        return super().get_context_data(
            patient=self.patient, stay=self.stay, said=said_card(self.card), **context
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note the event; the next page is the 15, or what to do next."""
        form = EventForm(request.POST, signs=actions.vital_signs())
        if self.stay is None:
            raise Http404(pk)
        if form.is_valid():
            data = form.cleaned_data
            try:
                event = actions.report_event(
                    by=self.person,
                    stay=self.stay,
                    key=data["key"],
                    reason=data["reason"],
                    signs=data["signs"],
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("care:event", pk=event.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OfEvent(PermissionMixin):
    """An event of a resident whose crisis card the visitor reads; each reading is logged."""

    permission = Permission.VIEW_RESIDENTS

    @cached_property
    def event(self) -> AcuteEvent:
        """The event. Raises Http404."""
        rows = AcuteEvent.objects.for_person(self.person).select_related(
            "stay__patient__scope", "stay__patient__referring_doctor", "stay__home__commune", "by",
            "ended_by", "request", "appointment__slot__agenda__professional", "transfer", "review__by",
        )  # fmt: skip
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(self.kwargs["pk"])
        people.log_access(
            by=self.person, patients=[found.stay.patient], what="file", purpose="événement aigu"
        )
        return found

    @cached_property
    def card(self) -> CrisisCard | None:
        """The resident's card as it is now."""
        return queries.current_card(self.event.stay.patient)

    def get_clock(self) -> Scope | None:
        """Return the scope of the resident."""
        return self.event.stay.patient.scope


class Event(OfEvent, Page):
    """One event: what is next is open, what is done is told."""

    template_name = "care/event.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        event = self.event
        request = event.request
        told = _told(event)
        return super().get_context_data(
            event=event,
            patient=event.stay.patient,
            said=said_card(self.card),
            signs=[text for key, text in actions.vital_signs().items() if key in event.signs],
            desk=context.pop("desk", None) or self._desk_form(),
            advice=context.pop("advice", None) or AdviceForm(),
            ending=context.pop("ending", None) or self._ending_form(),
            returning=context.pop("returning", None) or ReturnForm(),
            review=context.pop("review", None) or ReviewForm(),
            request_state=request.state_label if request else "",
            slots=self._slots(),
            transfer=getattr(event, "transfer", None),
            reviewed=getattr(event, "review", None),
            judgements=JUDGEMENT_LABELS,
            told=told,
            told_choices=TOLD_LABELS.items(),
            must_tell=bool(event.ending) and event.told != "reached",
            judged=rule("care.transfers.judged").value,
            may_act=queries.works_in(self.person, event.stay.home_id),
            **context,
        )

    def _desk_form(self) -> DeskForm:
        last = orientation.last_sent(by=self.person)
        return DeskForm(initial={"phone": last.caller_phone if last else ""})

    def _ending_form(self) -> EndingForm:
        decider = "samu" if self.event.is_vital else "on_call"
        return EndingForm(
            initial={"decider": decider, "ending": "transferred" if self.event.is_vital else None}
        )

    def _slots(self) -> list[tuple[int, str]]:
        """Return the visits of the mobile team of the next morning, where one is to be planned."""
        event = self.event
        if event.ending != "deferred" or event.appointment_id is not None:
            return []
        zone = event.stay.patient.scope.zone
        now = timezone.now().astimezone(zone)
        day = now.date() if now.time() < MORNING[0] else now.date() + timedelta(days=1)
        start, end = (datetime.combine(day, hour, zone) for hour in MORNING)
        found = actions.mobile_slots(self.person, start, end)[:4]
        return [(one.pk, presenters.slot_said(one)) for one in found]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what one of the forms of the page asks."""
        name = request.POST.get("do", "")
        if name not in _DEEDS:
            return redirect("care:event", pk=pk)
        form_class, deed = _DEEDS[name]
        form = form_class(request.POST)
        if form.is_valid():
            try:
                said = deed(self, form)
            except (ValidationError, orientation.OrientationError, agenda.BookingRefusedError) as error:
                form.add_error(None, error if isinstance(error, ValidationError) else str(error))
            else:
                messages.success(request, said)
                return redirect("care:event", pk=pk)
        shown = {name: form} if name in _SHOWN else {}
        if not shown:
            messages.error(
                request, " ".join(map(str, form.non_field_errors())) or _("Choisissez une réponse.")
            )
            return redirect("care:event", pk=pk)
        return self.render_to_response(self.get_context_data(**shown), status=422)

    def _ask(self, form: forms.Form) -> str:
        sent = actions.call_desk(by=self.person, event=self.event, phone=form.cleaned_data["phone"])
        return _("Demande {number} envoyée au bureau, avec la fiche de nuit.").format(number=sent.number)

    def _advise(self, form: forms.Form) -> str:
        data = form.cleaned_data
        actions.note_advice(by=self.person, event=self.event, doctor=data["doctor"], text=data["text"])
        return _("Conseil noté.")

    def _end(self, form: forms.Form) -> str:
        actions.end_event(by=self.person, event=self.event, **form.cleaned_data)
        return _("Suite notée.")

    def _return(self, form: forms.Form) -> str:
        actions.come_back(by=self.person, event=self.event, **form.cleaned_data)
        return _("Retour noté.")

    def _review(self, form: forms.Form) -> str:
        actions.review_event(by=self.person, event=self.event, **form.cleaned_data)
        return _("Avis des pairs noté.")

    def _book(self, form: forms.Form) -> str:
        slot = agenda.Slot.objects.filter(pk=form.cleaned_data["slot"]).first()
        if slot is None:
            raise ValidationError(_("Choisissez une heure."))
        actions.book_visit(by=self.person, event=self.event, slot=slot)
        return _("Visite réservée.")

    def _tell(self, form: forms.Form) -> str:
        actions.tell_relative(by=self.person, event=self.event, outcome=form.cleaned_data["told"])
        return _("C’est noté.")


#: What the forms of the page do, by the name of each; those of `_SHOWN` are shown again with their errors.
_DEEDS: dict[str, tuple[type[forms.Form], Callable[[Event, forms.Form], str]]] = {
    "desk": (DeskForm, Event._ask),
    "advice": (AdviceForm, Event._advise),
    "ending": (EndingForm, Event._end),
    "returning": (ReturnForm, Event._return),
    "review": (ReviewForm, Event._review),
    "visit": (VisitForm, Event._book),
    "told": (ToldForm, Event._tell),
}
_SHOWN = frozenset({"desk", "advice", "ending", "returning", "review"})


def _told(event: AcuteEvent) -> str:
    """Say what the call to the relative gave, and when; empty where nobody called."""
    if not event.told or event.told_at is None:
        return ""
    return f"{TOLD_LABELS[event.told]}, {presenters.moment(event.told_at)}"


class TransferSheet(OfEvent, Endpoint):
    """The liaison sheet that leaves with a resident."""

    def get(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        return pdf_response(transfer_pdf(self.event, self.card), f"liaison-{self.event.pk}.pdf")


class Transfers(OfHome, Page):
    """The events of a home's residents, and what is counted over a year, nobody named."""

    template_name = "care/transfers.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = queries.events_of_home(by=self.person, home=self.home)
        counts = queries.counts(self.home, timezone.localdate())
        return super().get_context_data(
            home=self.home,
            rows=[presenters.event_line(one) for one in rows],
            counts=presenters.counted(counts),
            completeness=counts.rates.completeness,
            judged=rule("care.transfers.judged"),
            finding=presenters.transfers_finding(rows),
            index=reverse("care:residents"),
            **context,
        )
