"""Rows of a roster as the pages show them, times on the wall clock of the sector."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.roster.models import STATE_LABELS, Exchange, Offer, Post, Roster, Volunteer
from maillage.roster.models.rosters import ORIGIN_LABELS
from maillage.roster.pages.candidates import Candidate, candidates
from maillage.roster.pages.wording import commitment_text
from maillage.roster.queries.commitments import conflicts
from maillage.roster.queries.departures import DEPARTURES, never_reassigned
from maillage.roster.queries.duties import posts_of
from maillage.roster.queries.exchanges import open_exchanges
from maillage.roster.queries.settings import next_deadline
from maillage.roster.rules.vocabulary import Departure, Origin
from maillage.roster.rules.workflow import add_months


@dataclass(frozen=True, slots=True)
class Due:
    """A legal deadline: what is to be done, by which day, how many days from today, before or after."""

    label: str
    last_day: date
    is_late: bool
    days_away: int


@dataclass(frozen=True, slots=True)
class Duty:
    """One post: its day, its hours, who holds it, whether the visitor may ask to be replaced."""

    pk: int
    day: date
    when: str
    kind: str
    holder: str
    gone: str
    origin: str
    is_locked: bool
    is_own: bool
    may_ask: bool
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month: `column` 1 is Monday."""

    day: date
    column: int
    is_today: bool
    duties: list[Duty]


@dataclass(frozen=True, slots=True)
class Request:
    """One open request: the duty, who asks, the offers, and what the visitor may do.

    `stale`: whose offer no longer stands. `others`: whose offer, made by phone, the visitor may note for
    them; `kept_away`: who could not take the duty, and why.
    """

    exchange: Exchange
    when: str
    offers: list[tuple[Offer, str]]
    stale: list[Volunteer]
    may_accept: bool
    may_offer: bool
    has_offered: bool
    swappable: list[tuple[int, str]]
    others: list[Volunteer]
    kept_away: list[Candidate]


def due_of(roster: Roster, today: date) -> Due | None:
    """Return the next legal deadline of a roster in words; None once all is done."""
    found = next_deadline(roster, today)
    if found is None:
        return None
    return Due(str(STATE_LABELS[found.step]), found.last_day, found.is_late, abs(found.days_left))


def clock(post: Post, zone: ZoneInfo) -> str:
    """Return the hours of a post, as the wall clock of the sector shows them."""
    start, end = (moment.astimezone(zone).time() for moment in (post.starts_at, post.ends_at))
    return f"{formats.time_short(start)} – {formats.time_short(end)}"


def named(post: Post, zone: ZoneInfo) -> str:
    """Return the day and hours of a post: « samedi 2 mai 2026, 20 h 00 – 8 h 00 »."""
    return f"{formats.date_long(post.day)}, {clock(post, zone)}"


def until(post: Post, zone: ZoneInfo, now: datetime) -> str:
    """Return until when a post lasts, as one says it today: « jusqu’à demain, 8 h 00 »."""
    ends, today = post.ends_at.astimezone(zone), now.astimezone(zone).date()
    hour = formats.time_short(ends.time())
    if ends.date() == today:
        return _("jusqu’à {hour}").format(hour=hour)
    if ends.date() == today + timedelta(days=1):
        return _("jusqu’à demain, {hour}").format(hour=hour)
    return _("jusqu’au {moment}").format(moment=formats.date_long(ends.replace(tzinfo=None)))


def months_of(roster: Roster) -> list[str]:
    """Return the months of a roster (`2026-05`)."""
    first, found = roster.first_day.replace(day=1), []
    while first <= roster.last_day:
        found.append(f"{first:%Y-%m}")
        first = add_months(first, 1)
    return found


def month_of(
    roster: Roster,
    month: str,
    person: Person,
    manages: bool,
    now: datetime,
    *,
    asked: Collection[int],
    gone: Mapping[int, Departure],
) -> list[Day]:
    """Return the days of a month (`2026-05`) with their posts, in the order of time.

    `asked`: posts that somebody asks to be replaced on; `gone`: those whose holder cannot do them, and why.
    """
    zone = roster.sector.zone
    year, number = (int(part) for part in month.split("-"))
    posts = posts_of(roster).filter(day__year=year, day__month=number)
    today = now.astimezone(zone).date()
    days = groupby(posts, key=lambda post: post.day)
    return [
        Day(
            day,
            day.isoweekday(),
            day == today,
            [_duty(post, zone, person, manages, now, post.pk in asked, gone.get(post.pk)) for post in held],
        )
        for day, held in days
    ]


def _duty(
    post: Post,
    zone: ZoneInfo,
    person: Person,
    manages: bool,
    now: datetime,
    is_asked: bool,
    gone: Departure | None,
) -> Duty:
    held = getattr(post, "assignment", None)
    is_own = held is not None and held.volunteer.professional.account_id == person.pk
    return Duty(
        pk=post.pk,
        day=post.day,
        when=clock(post, zone),
        kind=post.kind_label,
        holder=str(held.volunteer) if held else "",
        gone=str(DEPARTURES[gone]) if gone else "",
        origin=str(ORIGIN_LABELS[Origin(held.origin)]) if held else "",
        is_locked=held is not None and held.is_locked,
        is_own=is_own,
        may_ask=held is not None and post.starts_at > now and not is_asked and (is_own or manages),
        is_asked=is_asked,
    )


def collisions(roster: Roster, now: datetime) -> list[tuple[Post, str, str, list[str]]]:
    """Return the duties to come during which their holder consults elsewhere: post, when, who, where."""
    zone = roster.sector.zone
    held = [one for one in posts_of(roster).filter(ends_at__gt=now) if hasattr(one, "assignment")]
    known = conflicts((post.assignment.volunteer.professional_id, post) for post in held)
    return [
        (
            post,
            named(post, zone),
            str(post.assignment.volunteer),
            [commitment_text(one, zone) for one in known[post.assignment.volunteer.professional_id, post.pk]],
        )
        for post in held
        if (post.assignment.volunteer.professional_id, post.pk) in known
    ]


def to_reassign(roster: Roster, gone: Mapping[int, Departure]) -> list[tuple[Post, str, str, str]]:
    """Return the duties to come whose holder cannot do them: post, when, who, why."""
    if not gone:
        return []
    return [
        (
            post,
            named(post, roster.sector.zone),
            str(post.assignment.volunteer),
            str(DEPARTURES[gone[post.pk]]),
        )
        for post in posts_of(roster).filter(pk__in=gone)
    ]


def to_verify(roster: Roster, now: datetime) -> list[tuple[Post, str, str, str]]:
    """Return the duties over that stayed with somebody who was gone: post, when, who, why."""
    return [
        (one.post, named(one.post, roster.sector.zone), str(one.volunteer), str(DEPARTURES[why]))
        for one, why in never_reassigned(roster, now)
    ]


def requests(roster: Roster, me: Volunteer | None, manages: bool, now: datetime) -> list[Request]:
    """Return the open requests of a roster about duties to come."""
    zone = roster.sector.zone
    own = swappable(roster, me, now)
    asked = list(open_exchanges(roster).filter(post__starts_at__gt=now))
    everybody = candidates(roster, [one.post for one in asked]) if manages else {}
    found = []
    for one in asked:
        offered = list(one.offers.all())
        made = [each for each in offered if _stands(each)]
        is_own = me is not None and one.asked_by_id == me.pk
        told = {one.asked_by_id, me and me.pk, *(each.volunteer_id for each in made)}
        others = [each for each in everybody.get(one.post_id, ()) if each.volunteer.pk not in told]
        found.append(
            Request(
                exchange=one,
                when=named(one.post, zone),
                offers=[(each, named(each.in_return, zone) if each.in_return else "") for each in made],
                stale=[each.volunteer for each in offered if each not in made],
                may_accept=is_own or manages,
                may_offer=me is not None and me.is_active and not is_own,
                has_offered=me is not None and any(each.volunteer_id == me.pk for each in made),
                swappable=own,
                others=[each.volunteer for each in others if not each.reasons],
                kept_away=[each for each in others if each.reasons],
            )
        )
    return found


def _stands(offer: Offer) -> bool:
    """Whether an offer may still be accepted: the duty given in return is still its author's."""
    if offer.in_return is None:
        return True
    held = getattr(offer.in_return, "assignment", None)
    return held is not None and held.volunteer_id == offer.volunteer_id


def swappable(roster: Roster, me: Volunteer | None, now: datetime) -> list[tuple[int, str]]:
    """Return the visitor's own duties to come in a roster, to be given in a swap."""
    if me is None:
        return []
    own = posts_of(roster).filter(assignment__volunteer=me, starts_at__gt=now)
    return [(post.pk, named(post, roster.sector.zone)) for post in own]


def enumerated(words: Iterable[str]) -> str:
    """Return words in a row: « a, b et c »."""
    *first, last = list(words) or [""]
    return _("{first} et {last}").format(first=", ".join(first), last=last) if first else last
