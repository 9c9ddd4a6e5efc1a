"""The calendar that a secret address opens: final state only, no name of a patient, nothing about health."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from maillage.agenda.models import Agenda, Closure, Feed
from maillage.agenda.queries.appointments import final_appointments
from maillage.kernel.feeds import Happening, calendar, calendar_response

PAST, AHEAD = timedelta(days=31), timedelta(days=186)


@login_not_required
@never_cache
@require_GET
def feed(_request: HttpRequest, secret: str) -> HttpResponse:
    """Answer with the calendar of that address; 404 where it was revoked or never was."""
    rows = Feed.objects.opened_by(secret).select_related("agenda__professional", "agenda__territory")
    agenda = get_object_or_404(rows).agenda
    return calendar_response(calendar(str(agenda), "agenda", happenings(agenda)))


def happenings(agenda: Agenda) -> Iterator[Happening]:
    """Yield the appointments that stand, then the absences."""
    now = timezone.now()
    for one in final_appointments(agenda, now - PAST, now + AHEAD):
        slot = one.slot
        yield Happening(
            f"appointment-{one.pk}", slot.starts_at, slot.ends_at, _("Rendez-vous"), slot.schedule.name
        )
    closures = Closure.objects.filter(agenda=agenda, ends_at__gte=now - PAST).select_related("schedule")
    for closure in closures:
        words = _("Fermé : {place}").format(place=closure.schedule) if closure.schedule else _("Absence")
        yield Happening(f"closure-{closure.pk}", closure.starts_at, closure.ends_at, words)
