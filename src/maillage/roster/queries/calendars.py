"""A roster as iCalendar (RFC 5545), times in UTC."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from maillage.directory.api import Professional
from maillage.roster.models import Roster
from maillage.roster.queries.duties import posts_of


def ical(roster: Roster, *, only: Professional | None = None) -> bytes:
    """Return the posts of a roster, those that nobody holds included; `only`: the duties of one person."""
    document = Calendar()
    document.add("prodid", "-//Maillage//roster//FR")
    document.add("version", "2.0")
    document.add("x-wr-calname", str(roster.sector))
    now = timezone.now()
    for post in posts_of(roster):
        held = getattr(post, "assignment", None)
        if only is not None and (held is None or held.volunteer.professional_id != only.pk):
            continue
        who = held.volunteer if held else _("personne d’inscrit")
        event = Event()
        event.add("uid", f"post-{post.pk}@maillage")
        event.add("dtstamp", now)
        event.add("dtstart", post.starts_at)
        event.add("dtend", post.ends_at)
        event.add("summary", _("{kind} : {who}").format(kind=post.kind_label, who=who))
        event.add("location", roster.sector.name)
        document.add_component(event)
    return bytes(document.to_ical())
