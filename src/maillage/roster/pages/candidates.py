"""Who could take a post, and why each of the others cannot: told before anybody is chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from maillage.engines.roster import Rule
from maillage.roster.actions.exchanges import BROKEN
from maillage.roster.computations import case_of
from maillage.roster.models import Absence, Assignment, Post, Roster, Volunteer
from maillage.roster.pages.wording import commitment_text
from maillage.roster.queries.commitments import conflicts
from maillage.roster.queries.departures import DEPARTURES


@dataclass(frozen=True, slots=True)
class Candidate:
    """A volunteer before a post: what would be broken, and what they already carry in this roster.

    `elsewhere`: consultations they hold at that hour, which keep them from nothing and are said.
    `may_be_forced`: a decision may give them the post all the same.
    """

    volunteer: Volunteer
    reasons: list[str]
    duties: int
    burden: float
    fair: float
    elsewhere: list[str]
    may_be_forced: bool


def candidates(roster: Roster, posts: Sequence[Post]) -> dict[int, list[Candidate]]:
    """Return the volunteers of the sector before each post, by its key: those who may take it first.

    The least loaded come first; whoever holds the post is left out. The same queries however many posts.
    """
    if not posts:
        return {}
    case = case_of(roster)
    people = [one.professional_id for one in case.volunteers]
    zone = roster.sector.zone
    holders = dict(Assignment.objects.filter(post__in=posts).values_list("post", "volunteer"))
    busy, away = _busy(posts, people), _away(posts, people)
    known = conflicts((person, post) for post in posts for person in people)
    burdens = case.held @ case.problem.posts.burden
    counts = case.held.sum(axis=1)
    found: dict[int, list[Candidate]] = {}
    for post in posts:
        holder = next((one for one in case.volunteers if one.pk == holders.get(post.pk)), None)
        rows = []
        for number, one in enumerate(case.volunteers):
            if one is holder:
                continue
            left = case.gone.get(one.pk)
            is_gone = left is not None and left.on(post.day)
            is_busy = one.professional_id in busy[post.pk]
            if left is not None and is_gone:
                reasons = [str(DEPARTURES[left.why])]
            else:
                broken = {each.rule for each in case.moved([(post, holder, one)])} - {Rule.LOCK}
                reasons = _reasons(broken, one.professional_id in away[post.pk], is_busy)
            rows.append(
                Candidate(
                    one,
                    reasons,
                    int(counts[number]),
                    float(burdens[number]),
                    float(case.problem.target[number]),
                    [commitment_text(each, zone) for each in known.get((one.professional_id, post.pk), ())],
                    not (is_gone or is_busy),
                )
            )
        found[post.pk] = sorted(
            rows, key=lambda one: (len(one.reasons), len(one.elsewhere), one.burden - one.fair)
        )
    return found


def _preferred(one: Candidate) -> tuple[int, int, float]:
    """Order those who may before those who may not, those who are free before those who consult."""
    return len(one.reasons), len(one.elsewhere), one.burden - one.fair


def _reasons(broken: set[Rule], is_away: bool, is_busy: bool) -> list[str]:
    """Return why a volunteer cannot take a post, the availability told apart."""
    reasons = [str(BROKEN[one]) for one in sorted(broken - {Rule.AVAILABILITY})]
    if is_away:
        reasons.insert(0, _("absence ce jour-là"))
    elif is_busy:
        reasons.insert(0, _("déjà de garde à ce moment"))
    elif Rule.AVAILABILITY in broken:
        reasons.insert(0, _("garde trop proche dans un autre secteur"))
    return reasons


def _away(posts: Sequence[Post], people: Sequence[int]) -> dict[int, set[int]]:
    """Return the professionals on leave at the time of each post."""
    zone = posts[0].roster.sector.zone
    days = {one.pk: (one.day, one.ends_at.astimezone(zone).date()) for one in posts}
    first, last = min(day for day, _end in days.values()), max(end for _day, end in days.values())
    rows = Absence.objects.filter(professional__in=people, first_day__lte=last, last_day__gte=first)
    found: dict[int, set[int]] = defaultdict(set)
    for absence in rows:
        for key, (day, end) in days.items():
            if absence.first_day <= end and absence.last_day >= day:
                found[key].add(absence.professional_id)
    return found


def _busy(posts: Sequence[Post], people: Sequence[int]) -> dict[int, set[int]]:
    """Return the professionals on another duty at the time of each post, in any sector."""
    first, last = min(one.starts_at for one in posts), max(one.ends_at for one in posts)
    rows = Assignment.objects.filter(
        volunteer__professional__in=people, post__starts_at__lt=last, post__ends_at__gt=first
    ).select_related("post", "volunteer")
    found: dict[int, set[int]] = defaultdict(set)
    for one in rows:
        for post in posts:
            overlaps = one.post.starts_at < post.ends_at and one.post.ends_at > post.starts_at
            if one.post_id != post.pk and overlaps:
                found[post.pk].add(one.volunteer.professional_id)
    return found
