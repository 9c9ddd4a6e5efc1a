"""The calendar that a secret address opens: final state only, no name of a patient, nothing about health.

Beside the appointments and absences of an agenda, what other contexts ask of its professional: meetings.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.actions.rights import manages
from maillage.agenda.models import Agenda, Closure, Feed
from maillage.agenda.queries.appointments import final_appointments
from maillage.kernel.contributions import happenings_of
from maillage.kernel.feeds import Happening, calendar, calendar_view, lasts_whole_days

PAST, AHEAD = timedelta(days=31), timedelta(days=186)


@calendar_view
def feed(secret: str) -> bytes:
    """Return the calendar of that address.

    Raises Http404 where it was revoked, never was, or was made by somebody who keeps the agenda no more.
    """
    rows = Feed.objects.opened_by(secret).select_related(
        "agenda__professional__account", "agenda__territory__scope"
    )
    found = get_object_or_404(rows)
    if not manages(found.created_by, found.agenda):
        raise Http404("feed")
    return calendar(str(found.agenda), "agenda", happenings(found.agenda))


def happenings(agenda: Agenda) -> Iterator[Happening]:
    """Yield the appointments that stand, then the absences, then what other contexts bring."""
    now = timezone.now()
    for one in final_appointments(agenda, now - PAST, now + AHEAD):
        slot = one.slot
        yield Happening(
            f"appointment-{one.pk}", slot.starts_at, slot.ends_at, _("Rendez-vous"), slot.schedule.name
        )
    closures = Closure.objects.filter(agenda=agenda, ends_at__gte=now - PAST).select_related("schedule")
    for closure in closures:
        summary = _("Fermé : {place}").format(place=closure.schedule) if closure.schedule else _("Absence")
        starts, ends = (at.astimezone(agenda.zone) for at in (closure.starts_at, closure.ends_at))
        whole = lasts_whole_days(starts, ends)
        yield Happening(f"closure-{closure.pk}", starts, ends, summary, is_whole_days=whole)
    if (account := agenda.professional.account) is not None:
        yield from happenings_of(account, now - PAST, now + AHEAD)
