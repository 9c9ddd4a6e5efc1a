"""Remote consultations: those of the day, one with its gestures, the waiting room that a link opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from maillage.agenda import api as agenda
from maillage.exchange import api as exchange
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, secret_page
from maillage.kernel.pages.gestures import Gestures
from maillage.kernel.phones import written_phone
from maillage.kernel.rules import Permission
from maillage.people import api as people
from maillage.telehealth.actions import sessions as actions
from maillage.telehealth.models import STAGE_LABELS, Session
from maillage.telehealth.pages.session_forms import ArrivalForm, CheckForm, EndForm
from maillage.telehealth.queries import sessions as queries
from maillage.telehealth.rules.sessions import Beside, Door, Outcome, Stage

#: Seconds after which the waiting room looks again whether somebody opened the door.
LOOK_AGAIN = 20


class Sessions(Page):
    """The remote consultations of today, in the agendas that the visitor manages."""

    template_name = "telehealth/sessions.html"
    permission = Permission.BOOK_APPOINTMENT

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        start = datetime.combine(timezone.localdate(), time.min, timezone.get_current_timezone())
        rows = queries.of_day(self.person, start)
        known, names = queries.sessions_of(rows), queries.names_read(self.person, rows)
        lines = [
            (
                one,
                names.get(one.patient_id or 0, ""),
                known.get(one.pk),
                STAGE_LABELS[known[one.pk].stage if one.pk in known else Stage.EXPECTED],
            )
            for one in rows
        ]
        waiting = sum(one is not None and one.stage is Stage.WAITING for _row, _name, one, _said in lines)
        return super().get_context_data(lines=lines, finding=_finding(len(rows), waiting), **context)


def _finding(count: int, waiting: int) -> str:
    if not count:
        return _("Aucune téléconsultation aujourd’hui.")
    said = ngettext("{count} téléconsultation aujourd’hui", "{count} téléconsultations aujourd’hui", count)
    here = ngettext("{waiting} personne attend", "{waiting} personnes attendent", waiting)
    return (
        f"{said.format(count=count)}, {here.format(waiting=waiting)}."
        if waiting
        else f"{said.format(count=count)}."
    )


class SessionPage(Gestures, Page):
    """One remote consultation for who receives: who waits, the check, the room, the telephone, the end."""

    template_name = "telehealth/session.html"
    permission = Permission.BOOK_APPOINTMENT
    refusals = (ValidationError, PermissionDenied)
    is_strict = True

    @cached_property
    def appointment(self) -> agenda.Appointment:
        """The remote appointment of an agenda that the visitor manages. Raises Http404."""
        found = queries.remote_appointment(self.kwargs["pk"])
        if found is None or not agenda.manages(self.person, found.slot.agenda):
            raise Http404(self.kwargs["pk"])
        return found

    @cached_property
    def patient(self) -> people.Patient:
        """The person, whom the circle lets the visitor reach; logged. Raises Http404."""
        assert self.appointment.patient_id is not None
        try:
            return people.patient_part(
                by=self.person,
                pk=self.appointment.patient_id,
                part=people.Part.REACH,
                purpose=queries.READING,
            ).patient
        except people.Patient.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None

    def get_clock(self) -> Scope | None:
        """Return the scope of the agenda."""
        return self.appointment.slot.agenda.territory.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        one, patient = self.appointment, self.patient
        session = queries.session_of(one)
        context.setdefault("check_form", CheckForm(session=session))
        context.setdefault("end_form", EndForm())
        phones = [phone for phone in (patient.phone, patient.other_phone) if phone]
        return super().get_context_data(
            appointment=one,
            patient=patient,
            session=session,
            stage=session.stage if session else Stage.EXPECTED,
            stage_said=STAGE_LABELS[session.stage if session else Stage.EXPECTED],
            room=queries.room_address(one),
            waiting_link=exchange.Link(queries.WAITING_PAGE, one.pk).token,
            phones=[(phone, written_phone(phone)) for phone in phones],
            **context,
        )

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return what is done of a consultation, once it is sure that the visitor reaches the person."""
        # Read first, and logged: Http404 for who does not reach them.
        is_reached = self.patient.pk is not None
        every = {"admit": self._admit, "check": self._check, "phone": self._phone, "end": self._end}
        return every if is_reached else {}

    def _admit(self) -> str:
        actions.admit(by=self.person, appointment=self.appointment)
        return _("La personne peut entrer : ouvrez la vidéo.")

    def _check(self) -> str:
        form = CheckForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError([error for errors in form.errors.values() for error in errors])
        data = form.cleaned_data
        actions.check(
            by=self.person,
            appointment=self.appointment,
            is_identified=data["is_identified"],
            has_agreed=data["has_agreed"],
            place=data["place"],
            beside=form.said_beside(),
            beside_name=data["beside_name"],
            conditions=form.conditions(),
        )
        return _("Vérifications gardées.")

    def _phone(self) -> str:
        actions.turn_to_phone(by=self.person, appointment=self.appointment)
        return _("Passage au téléphone noté : composez le numéro.")

    def _end(self) -> str:
        form = EndForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError([error for errors in form.errors.values() for error in errors])
        actions.end(
            by=self.person, appointment=self.appointment, outcome=Outcome(form.cleaned_data["outcome"])
        )
        return _("Issue notée.")


class OwnRoom(Endpoint):
    """Leads the patient, or who reads their appointments with them, to their waiting room; logged."""

    permission = None

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Redirect to the page of the link. Raises Http404."""
        found = queries.remote_appointment(pk)
        if found is None or found.patient_id is None:
            raise Http404(pk)
        try:
            people.patient_part(
                by=self.person, pk=found.patient_id, part=people.Part.APPOINTMENTS, purpose=queries.READING
            )
        except people.Patient.DoesNotExist:
            raise Http404(pk) from None
        return redirect(queries.WAITING_PAGE, exchange.Link(queries.WAITING_PAGE, pk).token)


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def waiting(request: HttpRequest, token: str) -> HttpResponse:
    """Show the waiting room that a secret address opens, or take « I am here »; 404 for one never made.

    No account, no name of the person, no word of health. Opening it changes nothing, since telephones open
    the addresses of messages by themselves. The address is the secret: the form needs no cookie.
    """
    key = exchange.opened(queries.WAITING_PAGE, token)
    row = queries.remote_appointment(key) if key is not None else None
    if row is None or row.patient is None:
        return _room(request, {"status": "unknown"}, status=404)
    with translation.override("en" if row.patient.language == "en" else "fr"):
        form = ArrivalForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                _arrive(row, form)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect(queries.WAITING_PAGE, token)
        session = queries.session_of(row)
        said = _said(row, session) | {"form": form}
        return _room(request, said, status=422 if form.errors else 200)


def _arrive(row: agenda.Appointment, form: ArrivalForm) -> None:
    data = form.cleaned_data
    actions.arrive(
        appointment=row,
        signs=data["signs"],
        none_said=data["none_said"],
        beside=Beside(data["beside"]) if data.get("beside") else None,
        beside_name=data.get("beside_name", ""),
    )


def _said(row: agenda.Appointment, session: Session | None) -> dict[str, Any]:
    slot = row.slot
    stage = session.stage if session else Stage.EXPECTED
    door = queries.door_of(row)
    status = door.value if door is not Door.OPEN and stage is not Stage.ENDED else stage.value
    return {
        "status": status,
        "is_vital": session is not None and session.is_vital and stage is not Stage.ENDED,
        "when": slot.starts_at.astimezone(slot.agenda.zone).replace(tzinfo=None),
        "opens_at": queries.opens_at(row).astimezone(slot.agenda.zone).replace(tzinfo=None),
        "professional": slot.agenda.professional.name,
        "room": queries.room_address(row) if status == Stage.ADMITTED.value else "",
        "phone": slot.agenda.professional.phone,
        "phone_said": written_phone(slot.agenda.professional.phone),
    }


def _room(request: HttpRequest, said: dict[str, Any], status: int = 200) -> HttpResponse:
    response = secret_page(request, "telehealth/waiting.html", said, status=status)
    if said["status"] == Stage.WAITING.value and status == 200:
        response["Refresh"] = str(LOOK_AGAIN)
    return response
