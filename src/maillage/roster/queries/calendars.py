"""Duties as calendars: one roster whole, and what a secret address shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory.api import Professional
from maillage.kernel.feeds import Happening, calendar
from maillage.roster.models import Assignment, DutyFeed, Post, Roster
from maillage.roster.queries.departures import departure_of, with_departures
from maillage.roster.queries.duties import posts_of
from maillage.roster.rules.workflow import IN_FORCE

PAST = timedelta(days=31)
PRODUCER = "roster"


def ical(roster: Roster, *, only: Professional | None = None) -> bytes:
    """Return the posts of a roster, those that nobody holds included; `only`: the duties of one person."""
    posts = posts_of(roster).select_related("roster__sector", "assignment__volunteer__professional")
    if only is not None:
        posts = posts.filter(assignment__volunteer__professional=only)
    return calendar(str(roster.sector), PRODUCER, _sector_duties(posts), private=False)


def feed_calendar(feed: DutyFeed) -> bytes:
    """Return what a secret address shows: the duties of rosters in force as they are now, no draft.

    A replacement shows at once: the event keeps its key and changes hands.
    """
    posts = Post.objects.filter(
        roster__state__in=[state.value for state in IN_FORCE], ends_at__gte=timezone.now() - PAST
    ).select_related("roster__sector", "assignment__volunteer__professional")
    posts = posts.order_by("starts_at", "seat", "pk")
    if feed.sector is not None:
        own = posts.filter(roster__sector=feed.sector)
        return calendar(str(feed.sector), PRODUCER, _sector_duties(own), private=False)
    own = posts.filter(assignment__volunteer__professional=feed.professional_id)
    name = _("Gardes de {name}").format(name=feed.professional)
    return calendar(name, PRODUCER, _own_duties(own))


def _sector_duties(posts: Iterable[Post]) -> Iterator[Happening]:
    rows = list(posts)
    coming = Assignment.objects.filter(post__in=rows, post__ends_at__gt=timezone.now())
    gone = {one.post_id for one in with_departures(coming) if departure_of(one) is not None}
    for post in rows:
        held = getattr(post, "assignment", None)
        who = held.volunteer if held and post.pk not in gone else _("personne d’inscrit")
        summary = _("{kind} : {who}").format(kind=post.kind_label, who=who)
        yield _happening(post, summary)


def _own_duties(posts: Iterable[Post]) -> Iterator[Happening]:
    for post in posts:
        yield _happening(post, _("Garde : {kind}").format(kind=post.kind_label))


def _happening(post: Post, summary: str) -> Happening:
    key = f"post-{post.pk}"
    return Happening(key, post.starts_at, post.ends_at, summary, post.roster.sector.name)
