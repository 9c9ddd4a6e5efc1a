"""Who is on call: the one answer that every door gives; the posts of a roster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from maillage.kernel.models import Person
from maillage.kernel.statements import Statement, any_of, given, numbered
from maillage.roster.models import Absence, Assignment, Post, Roster, Sector
from maillage.roster.queries.departures import (
    NOTED,
    departure_of,
    departures_in,
    with_departures,
    with_holder_departures,
)
from maillage.roster.rules.vocabulary import Departure, SectorKind
from maillage.roster.rules.workflow import IN_FORCE
from maillage.territory.api import Commune


class Coverage(StrEnum):
    """What the rosters answer about a commune at a moment."""

    COVERED = "covered"
    GAP = "gap"
    OUTSIDE_HOURS = "outside_hours"
    NO_ROSTER = "no_roster"
    NO_SECTOR = "no_sector"


SENTENCES: dict[Coverage, str | Promise] = {
    Coverage.COVERED: _("Un médecin est de garde."),
    Coverage.GAP: _("Aucun médecin n’est inscrit sur cette plage : voyez avec le 15."),
    Coverage.OUTSIDE_HOURS: _("Pas de garde à cette heure : les cabinets sont ouverts."),
    Coverage.NO_ROSTER: _("Aucun tableau transmis ne couvre ce jour : voyez avec le 15."),
    Coverage.NO_SECTOR: _("Cette commune n’est d’aucun secteur de permanence : voyez avec le 15."),
}


SHARED_SENTENCES: dict[Coverage, str | Promise] = {
    Coverage.COVERED: _("Quelqu’un tient cette garde partagée."),
    Coverage.GAP: _("Personne n’est inscrit sur cette garde partagée."),
    Coverage.OUTSIDE_HOURS: _("Cette garde partagée n’a pas lieu à cette heure."),
    Coverage.NO_ROSTER: _("Aucun tableau publié ne couvre ce jour."),
    Coverage.NO_SECTOR: _("Aucune garde partagée ici."),
}


@dataclass(frozen=True, slots=True)
class OnCall:
    """The answer: how the moment is covered, in which sector, which posts are open or held.

    A post that nobody holds has no `assignment` in `held`; one whose holder cannot do it is in `gone`.
    """

    coverage: Coverage
    sector: Sector | None
    posts: tuple[Post, ...] = ()
    held: tuple[Assignment, ...] = ()
    gone: tuple[tuple[Assignment, Departure], ...] = ()

    @property
    def sentence(self) -> str:
        """What to tell whoever asked."""
        if self.coverage is not Coverage.GAP or not self.gone:
            shared = self.sector is not None and self.sector.is_shared
            return str((SHARED_SENTENCES if shared else SENTENCES)[self.coverage])
        text = ngettext(
            "{names} ne peut pas tenir cette garde, et personne d’autre n’y est : voyez avec le 15.",
            "{names} ne peuvent pas tenir cette garde, et personne d’autre n’y est : voyez avec le 15.",
            len(self.gone),
        )
        return text.format(names=", ".join(str(one.volunteer) for one, _why in self.gone))


_SECTOR: Statement[Sector] = Statement(
    lambda: Sector.objects.select_related("territory__scope").filter(
        kind=SectorKind.PDSA.value, members__commune=given("commune")
    )
)


def on_call(commune: Commune, at: datetime) -> OnCall:
    """Return who is on call for `commune` at the instant `at` (aware), by the rosters in force."""
    sector = _SECTOR.first(commune=commune.pk)
    return OnCall(Coverage.NO_SECTOR, None) if sector is None else on_call_in(sector, at)


def shared_on_call(commune: Commune, at: datetime) -> list[tuple[Sector, OnCall]]:
    """Return the shared on-calls of a commune, each with who holds it at the instant `at` (aware)."""
    sectors = Sector.objects.select_related("territory__scope").filter(
        kind=SectorKind.SHARED.value, members__commune=commune
    )
    return on_call_by_sector(sectors.order_by("name", "pk"), at)


def on_call_in(sector: Sector, at: datetime) -> OnCall:
    """Return who is on call in a sector at the instant `at` (aware), by the rosters in force."""
    return on_call_by_sector([sector], at)[0][1]


def on_call_by_sector(sectors: Iterable[Sector], at: datetime) -> list[tuple[Sector, OnCall]]:
    """Return each sector with who is on call in it at the instant `at` (aware), by the rosters in force.

    At most two queries, however many sectors, beside theirs.
    """
    asked = list(sectors)
    if not asked:
        return []
    posts: dict[int, list[Post]] = {}
    for post in _open_posts(len(asked)).rows(at=at, **numbered(len(asked), sector=asked)):
        posts.setdefault(post.roster.sector_id, []).append(post)
    held = {post.pk: _holder(post) for rows in posts.values() for post in rows if hasattr(post, "assignment")}
    idle = [sector for sector in asked if sector.pk not in posts]
    covered = _covered(idle, at) if idle else frozenset()
    return [(one, _answer(one, posts.get(one.pk, []), held, one.pk in covered)) for one in asked]


@cache
def _open_posts(count: int) -> Statement[Post]:
    """Return the posts open at an instant in so many sectors, each with its holder and who is gone."""
    return Statement(
        lambda: with_holder_departures(
            Post.objects.filter(
                any_of(count, roster__sector="sector"), roster__state__in=[state.value for state in IN_FORCE],
                starts_at__lte=given("at"), ends_at__gt=given("at"),
            ).select_related("roster").order_by("starts_at", "seat", "pk")
        )
    )  # fmt: skip


def _holder(post: Post) -> Assignment:
    """Return who holds a post read by `_open_posts`, with what `departure_of` reads."""
    held = post.assignment
    held.post = post
    for name in NOTED:
        setattr(held, name, getattr(post, name))
    return held


def _answer(sector: Sector, posts: list[Post], held: dict[int, Assignment], is_covered: bool) -> OnCall:
    if not posts:
        return OnCall(Coverage.OUTSIDE_HOURS if is_covered else Coverage.NO_ROSTER, sector)
    here = [one for key, one in held.items() if key in {post.pk for post in posts}]
    told = [(one, departure_of(one)) for one in here]
    names = tuple(one for one, why in told if why is None)
    gone = tuple((one, why) for one, why in told if why is not None)
    return OnCall(Coverage.COVERED if names else Coverage.GAP, sector, tuple(posts), names, gone)


def _covered(sectors: list[Sector], at: datetime) -> frozenset[int]:
    """Return the keys of the sectors of which a roster in force holds the local day of `at`."""
    days = {one.pk: at.astimezone(one.zone).date() for one in sectors}
    rows = _periods(len(sectors)).rows(**numbered(len(sectors), sector=sectors))
    return frozenset(key for key, first, last in rows if first <= days[key] <= last)


@cache
def _periods(count: int) -> Statement[tuple[int, date, date]]:
    """Return the first and the last day of the rosters in force of so many sectors."""
    states = [state.value for state in IN_FORCE]
    rows = Roster.objects.filter(state__in=states).order_by().values_list("sector", "first_day", "last_day")
    return Statement(lambda: rows.filter(any_of(count, sector="sector")))


def next_posts(sector: Sector, after: datetime) -> list[Post]:
    """Return the posts of the first block that starts at `after` or later, in the order of their seats."""
    coming = Post.objects.filter(roster__in=_in_force([sector]), starts_at__gte=after)
    first = coming.order_by("starts_at").values("starts_at")[:1]
    return list(coming.filter(starts_at__in=first).order_by("seat", "pk"))


def duties_of(person: Person, after: datetime) -> list[Assignment]:
    """Return the duties of a person that are not over at `after`, in every sector, the nearest first."""
    own = Assignment.objects.filter(volunteer__professional__account=person, post__ends_at__gt=after)
    rows = with_departures(own).select_related("post__roster__sector__territory__scope")
    return list(rows.order_by("post__starts_at", "pk"))


def _in_force(sectors: Iterable[Sector]) -> QuerySet[Roster]:
    return Roster.objects.filter(sector__in=list(sectors), state__in=[state.value for state in IN_FORCE])


def held_posts(posts: Iterable[Post]) -> QuerySet[Assignment]:
    """Return the assignments of some posts, in the order of time, with the names and who is gone."""
    rows = with_departures(Assignment.objects.filter(post__in=list(posts)))
    return rows.order_by("post__starts_at", "post__seat")


def posts_of(roster: Roster) -> QuerySet[Post]:
    """Return the posts of a roster in the order of time, each with its holder if any."""
    rows = Post.objects.filter(roster=roster).select_related("assignment__volunteer__professional")
    return rows.order_by("starts_at", "seat", "pk")


def missing_posts(roster: Roster, gone: Mapping[int, Departure] | None = None) -> int:
    """Return how many posts nobody holds, those to come of somebody who is gone for good included.

    `gone`: what `departures_in` says now, where the caller has just read it.
    """
    nobody = Post.objects.filter(roster=roster, assignment=None).count()
    known = departures_in(roster, timezone.now()) if gone is None else gone
    return nobody + sum(why is not Departure.AWAY for why in known.values())


def duties_during(absence: Absence) -> int:
    """Return how many duties a professional holds on the days of an absence, in any sector."""
    held = Assignment.objects.filter(volunteer__professional=absence.professional_id)
    return held.filter(post__day__gte=absence.first_day, post__day__lte=absence.last_day).count()
