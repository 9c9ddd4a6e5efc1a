"""The waiting list: who waits, what was offered to them, putting somebody on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from maillage.agenda.actions import booking, waiting
from maillage.agenda.models import Agenda, Offer, WaitingEntry
from maillage.agenda.pages import presenters, reading
from maillage.agenda.pages.base import OfAgenda
from maillage.agenda.pages.forms import WaitingForm
from maillage.agenda.queries import waiting as queries
from maillage.agenda.queries.appointments import elsewhere_sentence
from maillage.agenda.queries.message_values import patient_message
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.people import api as people
from maillage.people.api import Patient

FOUND = 8


class Waiting(Page):
    """Everybody who waits, in the agendas that the visitor keeps, and those whom they put on a list."""

    template_name = "agenda/waiting.html"
    permission = Permission.BOOK_APPOINTMENT

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = presenters.waiting_views(self.person, list(queries.waiting_list(self.person)))
        return super().get_context_data(
            rows=rows,
            awaited=sum(one.is_pending for row in rows for one in row.offers),
            agendas=queries.agendas_to_wait_for(self.person),
            **context,
        )


class OfOneAgenda(OfAgenda, Page):
    """Who waits for one agenda."""

    template_name = "agenda/waiting_of.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        entries = list(queries.waiting_list(self.person, self.agenda))
        rows = presenters.waiting_views(self.person, entries)
        return super().get_context_data(rows=rows, **context)


class Enrol(Page):
    """Puts somebody on the list of an agenda: first who, then what they would take."""

    template_name = "agenda/enrol.html"
    permission = Permission.BOOK_APPOINTMENT

    @cached_property
    def agenda(self) -> Agenda:
        """The agenda of the address. Raises Http404 where it is of another territory."""
        return get_object_or_404(queries.agendas_to_wait_for(self.person), pk=self.kwargs["pk"])

    @cached_property
    def patient(self) -> Patient | None:
        """The person chosen, None before. Raises Http404 for one that the visitor may not see."""
        asked = self.request.POST.get("patient") or self.request.GET.get("patient", "")
        if not asked:
            return None
        found = Patient.objects.for_person(self.person)
        return get_object_or_404(found, pk=row_key(asked))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query = reading.clean_text(self.request.GET.get("q"))
        context.setdefault("form", WaitingForm(agenda=self.agenda))
        found = self._found(query) if query and self.patient is None else []
        return super().get_context_data(
            agenda=self.agenda, patient=self.patient, query=query, patients=found, **context
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (read by `agenda`)
        """Put them on the list; 422 where the form must be mended."""
        patient = self.patient
        if patient is None:
            raise Http404("patient")
        form = WaitingForm(request.POST, agenda=self.agenda)
        if form.is_valid():
            try:
                waiting.wait_for(by=self.person, agenda=self.agenda, patient=patient, **form.cleaned_data)
            except waiting.WaitingError as error:
                form.add_error(None, str(error))
            else:
                text = _("{name} attend un créneau. Le premier qui se libère lui sera proposé.")
                messages.success(request, text.format(name=patient))
                return redirect("agenda:waiting")
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _found(self, query: str) -> list[Patient]:
        purpose = _("inscription en liste d’attente")
        return people.search_patients(by=self.person, text=query, purpose=purpose, limit=FOUND)


class Leave(Endpoint):
    """Takes somebody off the list."""

    permission = Permission.BOOK_APPOINTMENT

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        entries = WaitingEntry.objects.for_person(self.person).select_related("agenda__professional")
        waiting.leave_waiting(by=self.person, entry=get_object_or_404(entries, pk=pk))
        messages.success(request, _("C’est noté : cette personne n’attend plus."))
        return redirect("agenda:waiting")


class Answer(Endpoint):
    """Notes what somebody answered, by telephone, to an offer."""

    permission = Permission.BOOK_APPOINTMENT

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        offer = get_object_or_404(Offer.objects.select_related("slot"), pk=pk)
        wanted = request.POST.get("answer", "")
        if wanted not in {"accept", "decline"}:
            raise Http404("answer")
        try:
            if wanted == "accept":
                made = waiting.accept_offer(by=self.person, offer=offer, key=f"offer-{pk}-{self.person.pk}")
                elsewhere = elsewhere_sentence(made.patient, made.slot) if made.patient is not None else ""
                told = " ".join(filter(None, [patient_message(made).sentence, elsewhere]))
                tell = messages.warning if elsewhere else messages.success
                tell(request, _("Rendez-vous pris. {told}").format(told=told))
            else:
                waiting.decline_offer(by=self.person, offer=offer)
                messages.success(request, _("Refus noté : le créneau est proposé à la personne suivante."))
        except (waiting.WaitingError, booking.BookingRefusedError) as error:
            messages.error(request, str(error))
        return redirect("agenda:waiting")
