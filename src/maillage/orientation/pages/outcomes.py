"""What became of a request: one tap of whoever received the person, and whoever sent them knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel.models import Person
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.rules import Permission
from maillage.orientation import api
from maillage.orientation.actions.appointments import may_be_said
from maillage.orientation.models import Closure, Request
from maillage.orientation.models.closing import OUTCOME_LABELS
from maillage.orientation.pages import endings, presenters
from maillage.orientation.pages.base import shown_page
from maillage.orientation.rules.vocabulary import Outcome, State
from maillage.orientation.rules.workflow import BY_EFFECTOR

ICONS = {
    Outcome.SEEN: "check",
    Outcome.NOT_HONOURED: "x",
    Outcome.REORIENTED: "route",
    Outcome.EMERGENCY: "ambulance",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A request as whoever received or sent it reads it: no more than they knew."""

    pk: int
    at: datetime
    when: str
    title: str
    patient: str
    detail: str
    state: str
    correction: presenters.Correction | None = None
    outcomes: Sequence[tuple[str, Any, str]] = ()
    later: str = ""


class ReceivedRequests(Page):
    """The requests that the visitor received, each with its four buttons; what they said."""

    template_name = "orientation/received.html"
    permission = Permission.BOOK_APPOINTMENT

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        motives = api.motive_labels()
        waiting = [_received(one, motives) for one in api.received(by=self.person)]
        return super().get_context_data(
            finding=_finding(len(waiting)),
            waiting=waiting,
            said=[_said(one, motives, self.person) for one in api.said(by=self.person)],
            **context,
        )


class Say(Endpoint):
    """Keeps the outcome that one tap said; the same tap again changes nothing."""

    permission = Permission.BOOK_APPOINTMENT

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Close the request, or give it back to the desk. Raises Http404 for what is no outcome."""
        asked = Request.objects.for_person(self.person).select_related("scope").filter(pk=pk).first()
        try:
            outcome, awaited = Outcome(request.POST.get("outcome", "")), State(request.POST.get("state", ""))
        except ValueError:
            raise Http404("outcome") from None
        if asked is None or outcome not in BY_EFFECTOR:
            raise Http404(pk)
        try:
            done = api.close(by=self.person, request=asked, outcome=outcome, awaited=awaited)
        except api.OrientationError as error:
            messages.warning(request, str(error))
        else:
            said = _("Issue notée : {outcome}. La demande est close.")
            back = _("Issue notée : {outcome}. Le bureau de régulation reprend la demande.")
            messages.success(request, (said if done.closes else back).format(outcome=OUTCOME_LABELS[outcome]))
        return shown_page(ReceivedRequests, request, reverse("orientation:received"))


class CorrectSaid(Endpoint):
    """Corrects an outcome that the visitor said, within the shift."""

    permission = Permission.BOOK_APPOINTMENT

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say another outcome in its place, or take it back. Raises Http404 for what is no outcome."""
        asked = Request.objects.for_person(self.person).select_related("scope").filter(pk=pk).first()
        number, text = request.POST.get("closure", ""), request.POST.get("outcome", "")
        closure = None
        if asked is not None and number.isdecimal() and len(number) < 18:
            closure = Closure.objects.of_request(asked).filter(pk=int(number)).first()
        if asked is None or closure is None or (text and text not in BY_EFFECTOR):
            raise Http404(pk)
        try:
            api.correct_outcome(
                by=self.person, request=asked, closure=closure, outcome=Outcome(text) if text else None
            )
        except api.OrientationError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("Issue corrigée. Le bureau de régulation la lit."))
        return shown_page(ReceivedRequests, request, reverse("orientation:received"))


def _finding(waiting: int) -> str:
    if not waiting:
        return _("Vous avez tout dit : aucune demande n’attend son issue.")
    text = ngettext(
        "{count} demande reçue attend son issue : touchez ce qu’elle est devenue.",
        "{count} demandes reçues attendent leur issue : touchez ce que chacune est devenue.",
        waiting,
    )
    return text.format(count=waiting)


def _received(one: api.Received, motives: dict[str, str]) -> Line:
    patient = presenters.patient_line(one.request.patient) or _("patient inconnu")
    line = _line(one.request, one.expected, motives, patient, one.place, one.request.state)
    now = [(which, icon) for which, icon in ICONS.items() if may_be_said(which, one.expected)]
    outcomes = [(which.value, OUTCOME_LABELS[which], icon) for which, icon in now]
    later = "" if len(now) == len(ICONS) else _("Venu ou non : cela se dira une fois l’heure venue.")
    return replace(line, outcomes=outcomes, later=later)


def _said(one: Closure, motives: dict[str, str], viewer: Person) -> Line:
    line = _line(one.request, one.at, motives, "", "", str(OUTCOME_LABELS[Outcome(one.outcome)]))
    return replace(line, correction=endings.correction(one.request, one, viewer, desk=False))


def _line(
    request: Request, at: datetime, motives: dict[str, str], patient: str, place: str, state: str
) -> Line:
    where = place or (request.commune.name if request.commune else "")
    detail = " · ".join(filter(None, [request.number, where]))
    when = presenters.moment(at, timezone.now())
    return Line(request.pk, at, when, presenters.title(request, motives), patient, detail, state)
