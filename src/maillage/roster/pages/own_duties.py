"""One's own duties: the next ones, a replacement asked in one gesture, the offers that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from maillage.kernel import clock
from maillage.kernel.pages.base import Page
from maillage.kernel.rules import Permission
from maillage.roster.models import Assignment, Exchange, Roster, Volunteer
from maillage.roster.pages.presenters import Request, named, requests
from maillage.roster.pages.wording import commitment_text
from maillage.roster.queries.commitments import conflicts
from maillage.roster.queries.departures import departure_of
from maillage.roster.queries.duties import duties_of
from maillage.roster.queries.exchanges import open_among, volunteerings_of
from maillage.roster.rules.vocabulary import ExchangeState
from maillage.roster.rules.workflow import IN_FORCE


@dataclass(frozen=True, slots=True)
class MyDuty:
    """One duty to come: when, where, in days; whether it is firm, running, asked about, to be reassigned."""

    held: Assignment
    when: str
    days_away: int
    is_now: bool
    is_firm: bool
    is_asked: bool
    is_gone: bool
    elsewhere: list[str]


class OwnDuties(Page):
    """The duties of whoever is signed in, in every sector."""

    template_name = "roster/own_duties.html"
    permission = Permission.VIEW_ROSTER

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = timezone.now()
        volunteerings = volunteerings_of(self.person)
        duties = _duties(duties_of(self.person, now), now)
        asked = [one for volunteer in volunteerings for one in _requests(volunteer, now)]
        return super().get_context_data(
            volunteerings=volunteerings,
            duties=duties,
            own=[one for one in asked if one.may_accept],
            others=[one for one in asked if one.may_offer],
            **context,
        )


def _duties(rows: list[Assignment], now: datetime) -> list[MyDuty]:
    asked = open_among([one.post_id for one in rows])
    known = conflicts((one.volunteer.professional_id, one.post) for one in rows)
    return [
        MyDuty(
            one,
            named(one.post, one.post.roster.sector.zone),
            (one.post.day - clock.today(one.post.roster.sector.territory.scope)).days,
            one.post.starts_at <= now,
            one.post.roster.step in IN_FORCE,
            one.post_id in asked,
            departure_of(one) is not None,
            [
                commitment_text(each, one.post.roster.sector.zone)
                for each in known.get((one.volunteer.professional_id, one.post_id), ())
            ],
        )
        for one in rows
    ]


def _requests(volunteer: Volunteer, now: datetime) -> list[Request]:
    """Return the open requests in the sector of a volunteer."""
    asked = Exchange.objects.filter(state=ExchangeState.OPEN.value).values("post__roster")
    rosters = Roster.objects.filter(sector=volunteer.sector_id, pk__in=asked)
    rows = rosters.select_related("sector__territory__scope").order_by("first_day")
    return [one for roster in rows for one in requests(roster, volunteer, False, now)]
