"""Who holds a duty and cannot do it any more: no longer a volunteer, gone from the directory, on leave.

Read each time: whoever left by another door (a sheet closed, an account suspended, a membership ended) is
gone here too, from the same moment. A duty that is over stays with whoever held it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.directory.api import Membership
from maillage.kernel.models import Message
from maillage.roster.models import Absence, Assignment, Post, Roster, Volunteer
from maillage.roster.rules.vocabulary import Departure

HOLDER_GONE = "roster.holder_gone"
"""The topic under which the coordinators are told that somebody can do their duties to come no more."""

DEPARTURES: dict[Departure, str | Promise] = {
    Departure.STOPPED: _("ne prend plus de gardes"),
    Departure.MERGED: _("fiche fusionnée avec une autre : inscrivez celle qui a été gardée"),
    Departure.CLOSED: _("n’est plus en activité dans l’annuaire"),
    Departure.SUSPENDED: _("compte suspendu"),
    Departure.MOVED: _("n’exerce plus dans aucune structure connue"),
    Departure.AWAY: _("absence ce jour-là"),
}


#: What is noted beside a duty.
NOTED = ("is_member", "is_member_for_good", "member_until", "is_away")


@dataclass(frozen=True, slots=True)
class Unavailability:
    """Why somebody can hold no duty from a day on; `after`: the last day they still can, None: none."""

    why: Departure
    after: date | None = None

    def on(self, day: date) -> bool:
        """Whether they are gone on a day."""
        return self.after is None or day > self.after


def unavailable_among(volunteers: QuerySet[Volunteer]) -> dict[int, Unavailability]:
    """Return which of these volunteers are gone, or will be from a known day on, by key; one query."""
    rows = _noted(volunteers.order_by(), "professional").values_list(
        "pk", "is_active", "professional__merged_into", "professional__is_active",
        "professional__account__is_active", "is_member", "is_member_for_good", "member_until",
    )  # fmt: skip
    found = {key: _gone(*columns) for key, *columns in rows}
    return {key: gone for key, gone in found.items() if gone is not None}


def with_departures(held: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Note beside each duty what `departure_of` reads, in the same query."""
    absences = Absence.objects.filter(
        professional=OuterRef("volunteer__professional"),
        first_day__lte=OuterRef("post__day"),
        last_day__gte=OuterRef("post__day"),
    )
    rows: QuerySet[Assignment] = _noted(held, "volunteer__professional").annotate(is_away=Exists(absences))
    return rows.select_related("post", "volunteer__professional__account")


def with_holder_departures(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Note beside each post its holder, and the same of the holder as `with_departures`: `NOTED`."""
    absences = Absence.objects.filter(
        professional=OuterRef("assignment__volunteer__professional"),
        first_day__lte=OuterRef("day"),
        last_day__gte=OuterRef("day"),
    )
    noted = _noted(posts, "assignment__volunteer__professional")
    rows: QuerySet[Post] = noted.annotate(is_away=Exists(absences))
    return rows.select_related("assignment__volunteer__professional__account")


def departure_of(held: Any) -> Departure | None:
    """Return why the holder cannot do a duty read by `with_departures`; None where nothing is known."""
    professional = held.volunteer.professional
    account = professional.account
    gone = _gone(
        held.volunteer.is_active, professional.merged_into_id, professional.is_active,
        account.is_active if account else None, held.is_member, held.is_member_for_good, held.member_until,
    )  # fmt: skip
    if gone is not None and gone.on(held.post.day):
        return gone.why
    return Departure.AWAY if held.is_away else None


def departures_in(roster: Roster, now: datetime) -> dict[int, Departure]:
    """Return the duties of a roster, not over at `now`, whose holder cannot do them: post → why."""
    rows = with_departures(Assignment.objects.filter(post__roster=roster, post__ends_at__gt=now))
    found = {one.post_id: departure_of(one) for one in rows}
    return {post: why for post, why in found.items() if why is not None}


def never_reassigned(roster: Roster, now: datetime) -> list[tuple[Assignment, Departure]]:
    """Return the duties of a roster, over at `now`, whose holder was gone when they began, with why.

    A leave and the end of a membership have their days. Of the rest only the telling is dated: somebody was
    gone where the coordinators had been told so before the duty began; who left afterwards did their duties.
    """
    over = Assignment.objects.filter(post__roster=roster, post__ends_at__lte=now)
    rows = list(with_departures(over).order_by("post__starts_at", "pk"))
    told = _first_told({one.volunteer_id for one in rows})
    found = [(one, _departure_before(one, told.get(one.volunteer_id))) for one in rows]
    return [(one, why) for one, why in found if why is not None]


def _first_told(volunteers: set[int]) -> dict[int, datetime]:
    """Return when the coordinators were first told that each volunteer was gone."""
    rows = Message.objects.filter(topic=HOLDER_GONE, payload__volunteer__in=volunteers)
    newest_first = rows.order_by("-published_at").values_list("payload", "published_at")
    return {payload["volunteer"]: at for payload, at in newest_first}


def _departure_before(held: Any, told: datetime | None) -> Departure | None:
    why = departure_of(held)
    if why in {None, Departure.MOVED} or (told is not None and told < held.post.starts_at):
        return why
    return Departure.AWAY if held.is_away else None


def duties_to_reassign(volunteer: Volunteer) -> list[Assignment]:
    """Return the duties not over whose holder, this volunteer, is gone for good, the nearest first."""
    own = Assignment.objects.filter(volunteer=volunteer, post__ends_at__gt=timezone.now())
    rows = with_departures(own).order_by("post__starts_at", "pk")
    return [one for one in rows if departure_of(one) not in {None, Departure.AWAY}]


def _noted(rows: QuerySet[Any], professional: str) -> QuerySet[Any]:
    own = Membership.objects.filter(professional=OuterRef(professional)).order_by("-ends_on")
    noted: QuerySet[Any] = rows.annotate(
        is_member=Exists(own),
        is_member_for_good=Exists(own.filter(ends_on=None)),
        member_until=Subquery(own.exclude(ends_on=None).values("ends_on")[:1]),
    )
    return noted


def _gone(
    is_active: bool,
    merged_into: int | None,
    is_known: bool,
    is_open: bool | None,
    is_member: bool,
    is_member_for_good: bool,
    member_until: date | None,
) -> Unavailability | None:
    """Return why somebody is gone; `is_open`: their account is, None without one.

    Where no membership is known nothing follows from it: a volunteer of a hospital may have none here.
    """
    if not is_active:
        return Unavailability(Departure.STOPPED)
    if merged_into is not None:
        return Unavailability(Departure.MERGED)
    if not is_known:
        return Unavailability(Departure.CLOSED)
    if is_open is False:
        return Unavailability(Departure.SUSPENDED)
    if is_member and not is_member_for_good:
        return Unavailability(Departure.MOVED, member_until)
    return None
