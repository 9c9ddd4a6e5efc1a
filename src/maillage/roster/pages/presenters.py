"""Rows of a roster as the page shows them, times on the wall clock of the sector."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.roster.models import Exchange, Offer, Post, Roster, Volunteer
from maillage.roster.queries.duties import posts_of
from maillage.roster.queries.exchanges import open_exchanges


@dataclass(frozen=True, slots=True)
class Duty:
    """One post: its day, its hours, who holds it, whether the visitor may ask to be replaced."""

    pk: int
    day: date
    when: str
    kind: str
    holder: str
    is_mine: bool
    may_ask: bool
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Request:
    """One open request: the duty, who asks, the offers, and what the visitor may do."""

    exchange: Exchange
    when: str
    offers: list[tuple[Offer, str]]
    may_accept: bool
    may_offer: bool


def clock(post: Post, zone: ZoneInfo) -> str:
    """Return the hours of a post, as the wall clock of the sector shows them."""
    start, end = (moment.astimezone(zone).time() for moment in (post.starts_at, post.ends_at))
    return f"{formats.time_short(start)} – {formats.time_short(end)}"


def duties(roster: Roster, month: str, person: Person, manages: bool, now: datetime) -> list[Duty]:
    """Return the posts of a month (`2026-05`), in the order of time."""
    year, number = (int(part) for part in month.split("-"))
    asked = {one.post_id for one in open_exchanges(roster)}
    rows = []
    for post in posts_of(roster).filter(day__year=year, day__month=number):
        held = getattr(post, "assignment", None)
        is_mine = held is not None and held.volunteer.professional.account_id == person.pk
        to_come = post.starts_at > now and post.pk not in asked
        rows.append(
            Duty(
                pk=post.pk,
                day=post.day,
                when=clock(post, roster.sector.zone),
                kind=post.kind_label,
                holder=str(held.volunteer) if held else "",
                is_mine=is_mine,
                may_ask=held is not None and to_come and (is_mine or manages),
                is_asked=post.pk in asked,
            )
        )
    return rows


def requests(roster: Roster, me: Volunteer | None, manages: bool, now: datetime) -> list[Request]:
    """Return the open requests of a roster about duties to come."""
    zone = roster.sector.zone
    found = []
    for one in open_exchanges(roster).filter(post__starts_at__gt=now):
        offers = [(made, _swap(made.in_return, zone) if made.in_return else "") for made in one.offers.all()]
        is_own = me is not None and one.asked_by_id == me.pk
        found.append(
            Request(
                exchange=one,
                when=f"{formats.date_long(one.post.day)}, {clock(one.post, zone)}",
                offers=offers,
                may_accept=is_own or manages,
                may_offer=me is not None and me.is_active and not is_own,
            )
        )
    return found


def swappable(roster: Roster, me: Volunteer | None, now: datetime) -> list[tuple[int, str]]:
    """Return the visitor's own duties to come in a roster, to be given in a swap."""
    if me is None:
        return []
    mine = posts_of(roster).filter(assignment__volunteer=me, starts_at__gt=now)
    return [(post.pk, _swap(post, roster.sector.zone)) for post in mine]


def _swap(post: Post, zone: ZoneInfo) -> str:
    return f"{formats.date_long(post.day)}, {clock(post, zone)}"
