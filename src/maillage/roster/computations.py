"""The roster as the engine sees it: one problem, from the posts, the volunteers and the sourced rules."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.engines.roster import (
    VERSION,
    Gap,
    Limit,
    NoRosterError,
    Occasions,
    Posts,
    Problem,
    Progress,
    Rule,
    Solution,
    Violation,
    cover,
    gaps,
    solve,
    swapped,
    worsened,
)
from maillage.kernel import journal
from maillage.kernel.sourced_rules import rule
from maillage.roster.models import Absence, Assignment, Post, Preference, Roster, Volunteer
from maillage.roster.queries.departures import Unavailability, unavailable_among
from maillage.roster.rules.errors import RosterError

WANTED, UNWANTED = -2.0, 1.0
"""Cost of a duty wanted, and of one that its holder would rather not have."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEAREST = 3
"""How many people are named who could fill an open post if a rule were eased."""


@dataclass(frozen=True)
class Case:
    """A roster with everything that decides it: rows in the order of the engine's arrays.

    `gone`: which volunteers can hold no duty any more, by key.
    """

    roster: Roster
    posts: list[Post]
    volunteers: list[Volunteer]
    problem: Problem
    gone: Mapping[int, Unavailability]

    @cached_property
    def held(self) -> NDArray[np.bool_]:
        """Who holds what today, shape (people, posts)."""
        return np.array(self.problem.previous)

    @cached_property
    def input_hash(self) -> str:
        """A hash of all that decides the answer."""
        rows = [[post.pk for post in self.posts], [one.pk for one in self.volunteers]]
        digest = hashlib.sha256(journal.canonical(rows).encode())
        for name, column in _columns(self.problem):
            digest.update(name.encode())
            digest.update(str(column.shape).encode() + np.ascontiguousarray(column).tobytes())
        return digest.hexdigest()

    def moved(self, moves: list[tuple[Post, Volunteer | None, Volunteer | None]]) -> tuple[Violation, ...]:
        """The rules that moves (post, from, to) would break or worsen, by the engine's one judge."""
        place = {post.pk: number for number, post in enumerate(self.posts)}
        person = {one.pk: number for number, one in enumerate(self.volunteers)}
        numbered = [
            (place[post.pk], person[giver.pk] if giver else -1, person[taker.pk] if taker else -1)
            for post, giver, taker in moves
        ]
        # Whoever is gone holds nothing any more in the engine's eyes, and has nothing to give.
        numbered = [
            (post, giver if giver >= 0 and self.held[giver, post] else -1, taker)
            for post, giver, taker in numbered
        ]
        return worsened(self.problem, self.held, swapped(self.held, numbered))


@dataclass(frozen=True)
class Proposal:
    """What the engine proposes for a case, with which parameters; nothing is written."""

    case: Case
    solution: Solution
    parameters: dict[str, Any]
    engine_version: str = VERSION

    @property
    def gaps(self) -> list[dict[str, Any]]:
        """Each open post explained, as it is kept."""
        return [self._explained(gap) for gap in gaps(self.case.problem, self.solution.assignment)]

    def _explained(self, gap: Gap) -> dict[str, Any]:
        return {
            "post": self.case.posts[gap.post].pk,
            "binding": gap.binding and gap.binding.value,
            "blocked": {one.value: count for one, count in sorted(gap.blocked.items())},
            "nearest": [
                {
                    "volunteer": self.case.volunteers[near.person].pk,
                    "rules": sorted({one.rule.value for one in near.broken}),
                }
                for near in gap.relaxations
                if not any(one.rule is Rule.AVAILABILITY for one in near.broken)
            ][:NEAREST],
        }


def case_of(roster: Roster) -> Case:
    """Read what decides a roster: posts, volunteers, absences, wishes, locks, duties elsewhere, rules."""
    posts = list(Post.objects.filter(roster=roster).order_by("starts_at", "seat", "pk"))
    rows = Volunteer.objects.filter(sector=roster.sector_id).select_related("professional")
    volunteers = list(rows.order_by("pk"))
    gone = unavailable_among(Volunteer.objects.filter(sector=roster.sector_id))
    held, locks = _held(posts, volunteers, gone)
    on = roster.first_day
    rest = int(rule("roster.volunteer.rest_hours", on).value) * 60
    problem = Problem.of(
        _engine_posts(posts),
        _allowed(roster, posts, volunteers, rest, gone),
        rest=np.full(len(volunteers), rest),
        weight=_weights(roster, volunteers, gone),
        wish=_wishes(posts, volunteers),
        locks=locks,
        previous=held,
        limits=_monthly(posts, volunteers),
        occasions=_weekends(posts, volunteers),
        fairness=float(rule("roster.solver.fairness", on).value),
        change=float(rule("roster.solver.change", on).value),
    )
    return Case(roster, posts, volunteers, problem, gone)


def propose(
    roster: Roster, *, seconds: float | None = None, quick: bool = False, progress: Progress | None = None
) -> Proposal:
    """Fill the posts of a roster with the engine: the greedy cover where `quick`, the solver otherwise.

    `seconds`: time given to the solver; that of `roster.solver.seconds` unless told. `progress`: as the
    engine tells it. Locked duties stay, and as few of the others as possible move. Raises RosterError where
    nobody volunteers, or in want of time.
    """
    return proposal_of(fillable(roster), seconds=seconds, quick=quick, progress=progress)


def fillable(roster: Roster) -> Case:
    """Read what decides a roster. Raises RosterError where nobody volunteers."""
    sharing = Volunteer.objects.filter(sector=roster.sector_id, share__gt=0)
    gone = unavailable_among(sharing)
    if all(key in gone and gone[key].on(roster.first_day) for key in sharing.values_list("pk", flat=True)):
        raise RosterError(_("Aucun volontaire dans ce secteur : inscrivez-en avant de calculer."))
    return case_of(roster)


def seconds_given(roster: Roster) -> float:
    """Return the time that the solver has, by the rule in force when the roster begins."""
    return float(rule("roster.solver.seconds", roster.first_day).value)


def proposal_of(
    case: Case, *, seconds: float | None = None, quick: bool = False, progress: Progress | None = None
) -> Proposal:
    """Fill the posts of a case; as `propose`."""
    time_given = seconds_given(case.roster) if seconds is None else seconds
    parameters: dict[str, Any] = {
        "fairness": case.problem.fairness,
        "change": case.problem.change,
        "wanted": WANTED,
        "unwanted": UNWANTED,
        "seconds": 0.0 if quick else time_given,
    }
    try:
        solution = (
            cover(case.problem) if quick else solve(case.problem, seconds=time_given, progress=progress)
        )
    except NoRosterError as error:
        raise RosterError(_("Aucun tableau trouvé dans le temps donné : donnez-en davantage.")) from error
    return Proposal(case, solution, parameters)


def _engine_posts(posts: Sequence[Post]) -> Posts:
    return Posts.of(
        [_minute(post.starts_at) for post in posts],
        [_minute(post.ends_at) for post in posts],
        [post.burden for post in posts],
        day=[post.day.toordinal() for post in posts],
    )


def _weights(
    roster: Roster, volunteers: Sequence[Volunteer], gone: Mapping[int, Unavailability]
) -> list[float]:
    """Return the share of each; equal ones where nobody is left, since the engine shares among somebody."""
    shares = [
        0.0 if one.pk in gone and gone[one.pk].on(roster.first_day) else one.share for one in volunteers
    ]
    return shares if any(shares) else [1.0] * len(volunteers)


def _allowed(
    roster: Roster,
    posts: Sequence[Post],
    volunteers: Sequence[Volunteer],
    rest: int,
    gone: Mapping[int, Unavailability],
) -> NDArray[np.bool_]:
    """Who may hold what: not gone, not absent, and rested from the duties they hold in other rosters."""
    allowed = np.array(
        [[one.pk not in gone or not gone[one.pk].on(post.day) for post in posts] for one in volunteers],
        dtype=bool,
    )
    allowed = allowed.reshape(len(volunteers), len(posts))
    starts = np.array([_minute(post.starts_at) for post in posts], dtype=np.int64)
    ends = np.array([_minute(post.ends_at) for post in posts], dtype=np.int64)
    for number, spans in _busy(roster, volunteers, rest).items():
        for first, last in spans:
            allowed[number] &= (ends <= first) | (starts >= last)
    return allowed


def _busy(roster: Roster, volunteers: Sequence[Volunteer], rest: int) -> dict[int, list[tuple[int, int]]]:
    """Return, by volunteer's number, the minutes (from, to) in which they take no duty of this roster."""
    numbers = {one.professional_id: number for number, one in enumerate(volunteers)}
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    midnight, zone = time(), roster.sector.zone
    for absence in Absence.objects.filter(
        professional__in=numbers, first_day__lte=roster.last_day + timedelta(days=1),
        last_day__gte=roster.first_day,
    ):  # fmt: skip
        first = datetime.combine(absence.first_day, midnight, zone)
        after = datetime.combine(absence.last_day + timedelta(days=1), midnight, zone)
        spans[numbers[absence.professional_id]].append((_minute(first), _minute(after)))
    near = timedelta(days=2)
    elsewhere = Assignment.objects.filter(
        volunteer__professional__in=numbers, post__day__gte=roster.first_day - near,
        post__day__lte=roster.last_day + near,
    ).exclude(post__roster=roster)  # fmt: skip
    for one in elsewhere.select_related("post", "volunteer"):
        span = (_minute(one.post.starts_at) - rest, _minute(one.post.ends_at) + rest)
        spans[numbers[one.volunteer.professional_id]].append(span)
    return spans


def _held(
    posts: Sequence[Post], volunteers: Sequence[Volunteer], gone: Mapping[int, Unavailability]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return who holds and who locks what; the duties to come of those who are gone are to be held again."""
    now = timezone.now()
    place = {post.pk: number for number, post in enumerate(posts)}
    person = {one.pk: number for number, one in enumerate(volunteers)}
    held = np.zeros((len(volunteers), len(posts)), dtype=bool)
    locks = np.zeros_like(held)
    for one in Assignment.objects.filter(post__in=place).select_related("post"):
        left = gone.get(one.volunteer_id)
        if left is not None and left.on(one.post.day) and one.post.ends_at > now:
            continue
        held[person[one.volunteer_id], place[one.post_id]] = True
        locks[person[one.volunteer_id], place[one.post_id]] = one.is_locked
    return held, locks


def _wishes(posts: Sequence[Post], volunteers: Sequence[Volunteer]) -> NDArray[np.float64]:
    costs = {
        (one.volunteer_id, one.kind): WANTED if one.is_wanted else UNWANTED
        for one in Preference.objects.filter(volunteer__in=list(volunteers))
    }
    rows = [[costs.get((one.pk, post.kind), 0.0) for post in posts] for one in volunteers]
    return np.array(rows, dtype=float).reshape(len(volunteers), len(posts))


def _monthly(posts: Sequence[Post], volunteers: Sequence[Volunteer]) -> tuple[Limit, ...]:
    """Return the maximum of duties in each month of the period."""
    months = sorted({_month(post.day) for post in posts})
    most = np.array([np.inf if one.max_per_month is None else one.max_per_month for one in volunteers])
    return tuple(
        Limit(
            f"month:{month}",
            np.array([float(_month(post.day) == month) for post in posts]),
            np.zeros(len(volunteers)),
            most,
        )
        for month in months
    )


def _weekends(posts: Sequence[Post], volunteers: Sequence[Volunteer]) -> tuple[Occasions, ...]:
    """Return the maximum of weekends in each month; a weekend is of the month of its Saturday."""
    saturdays = [_saturday(post.day) for post in posts]
    most = np.array([one.max_weekends for one in volunteers], dtype=np.int64)
    known = sorted({day for day in saturdays if day is not None})
    number = {day: place for place, day in enumerate(known)}
    months = sorted({_month(day) for day in known})
    return tuple(
        Occasions(
            f"weekends:{month}",
            np.array(
                [number[day] if day and _month(day) == month else -1 for day in saturdays],
                dtype=np.int64,
            ),
            most,
        )
        for month in months
    )


def _columns(problem: Problem) -> list[tuple[str, NDArray[Any]]]:
    """Return every array of a problem, named, in one order."""
    found = [(field.name, np.asarray(getattr(problem.posts, field.name))) for field in fields(Posts)]
    names = ("allowed", "rest", "weight", "wish", "locks", "previous", "fairness", "change")
    found += [(name, np.asarray(getattr(problem, name))) for name in names]
    for limit in problem.limits:
        found += [(limit.name, limit.amount), (limit.name, limit.minimum), (limit.name, limit.maximum)]
    for group in problem.occasions:
        found += [(group.name, group.occasion), (group.name, group.maximum)]
    return found


def _saturday(day: date) -> date | None:
    weekday = day.weekday()
    return day - timedelta(days=weekday - 5) if weekday >= 5 else None


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _minute(at: datetime) -> int:
    return (at - EPOCH) // timedelta(minutes=1)
