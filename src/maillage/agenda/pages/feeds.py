"""The calendar that a secret address opens: final state only, no name of a patient, nothing about health."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from icalendar import Calendar, Event

from maillage.agenda.actions.sharing import digest_of
from maillage.agenda.models import Agenda, Closure, Feed
from maillage.agenda.queries.appointments import final_appointments

PAST, AHEAD = timedelta(days=31), timedelta(days=186)


@login_not_required
@never_cache
@require_GET
def feed(_request: HttpRequest, secret: str) -> HttpResponse:
    """Answer with the calendar of that address; 404 where it was revoked or never was."""
    rows = Feed.objects.select_related("agenda__professional", "agenda__territory")
    row = rows.filter(digest=digest_of(secret), revoked_at=None).first()
    if row is None:
        raise Http404
    response = HttpResponse(calendar(row.agenda), content_type="text/calendar; charset=utf-8")
    response["Referrer-Policy"] = "no-referrer"
    return response


def calendar(agenda: Agenda) -> bytes:
    """Return the appointments that stand and the absences, as iCalendar (RFC 5545), times in UTC."""
    now = timezone.now()
    document = Calendar()
    document.add("prodid", "-//Maillage//agenda//FR")
    document.add("version", "2.0")
    document.add("x-wr-calname", str(agenda))
    for one in final_appointments(agenda, now - PAST, now + AHEAD):
        event = _event(f"appointment-{one.pk}", now, one.slot.starts_at, one.slot.ends_at, _("Rendez-vous"))
        event.add("location", one.slot.schedule.name)
        document.add_component(event)
    closures = Closure.objects.filter(agenda=agenda, ends_at__gte=now - PAST).select_related("schedule")
    for closure in closures:
        words = _("Fermé : {place}").format(place=closure.schedule) if closure.schedule else _("Absence")
        event = _event(f"closure-{closure.pk}", now, closure.starts_at, closure.ends_at, words)
        document.add_component(event)
    return document.to_ical()


def _event(key: str, now: object, starts_at: object, ends_at: object, words: str) -> Event:
    event = Event()
    event.add("uid", f"{key}@maillage")
    event.add("dtstamp", now)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", words)
    event.add("class", "PRIVATE")
    return event
