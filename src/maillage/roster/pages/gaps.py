"""Why a post stays open, in words: what the computation kept, and who could take it now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.engines.roster import Rule
from maillage.roster.actions.exchanges import BROKEN
from maillage.roster.computations import case_of
from maillage.roster.models import Absence, Assignment, Post, Roster, Volunteer
from maillage.roster.pages.presenters import named
from maillage.roster.queries.sectors import volunteers_of


@dataclass(frozen=True, slots=True)
class GapWords:
    """One open post: why nobody could, rule by rule, and who is nearest; empty where nothing was computed."""

    post: Post
    when: str
    reasons: list[str]
    nearest: list[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A volunteer before a post: what would be broken, and what they already carry in this roster."""

    volunteer: Volunteer
    reasons: list[str]
    duties: int
    burden: float
    fair: float
    is_busy: bool


def gaps_of(roster: Roster) -> list[GapWords]:
    """Return the posts that nobody holds, explained by the last computation kept."""
    zone = roster.sector.zone
    last = roster.solves.first()
    told = {one["post"]: one for one in last.gaps} if last else {}
    people = {one.pk: one for one in volunteers_of(roster.sector)}
    missing = Post.objects.filter(roster=roster, assignment=None).order_by("starts_at", "seat")
    return [
        GapWords(
            post,
            f"{post.kind_label}, {named(post, zone)}",
            _reasons(told.get(post.pk, {}).get("blocked", {})),
            [
                f"{people[near['volunteer']]} ({_broken(near['rules'])})"
                for near in told.get(post.pk, {}).get("nearest", ())
                if near["volunteer"] in people
            ],
        )
        for post in missing
    ]


def candidates(post: Post) -> list[Candidate]:
    """Return the volunteers of the sector: those who may take a post first, the least loaded first."""
    case = case_of(post.roster)
    held = Assignment.objects.filter(post=post).first()
    holder = next((one for one in case.volunteers if held and one.pk == held.volunteer_id), None)
    burdens = case.held @ case.problem.posts.burden
    busy = _busy(post)
    absences = _absences(post)
    found = []
    for number, one in enumerate(case.volunteers):
        if holder is not None and one.pk == holder.pk:
            continue
        broken = {each.rule for each in case.moved([(post, holder, one)])} - {Rule.LOCK}
        found.append(
            Candidate(
                one,
                _why(one, broken, one.professional_id in absences, one.professional_id in busy),
                int(case.held[number].sum()),
                float(burdens[number]),
                float(case.problem.target[number]),
                one.professional_id in busy,
            )
        )
    return sorted(found, key=lambda one: (len(one.reasons), one.burden - one.fair))


def _why(volunteer: Volunteer, broken: set[Rule], is_away: bool, is_busy: bool) -> list[str]:
    """Return why a volunteer cannot take a post, the availability told apart."""
    if not volunteer.is_active:
        return [_("ne prend plus de gardes")]
    reasons = [str(BROKEN[one]) for one in sorted(broken - {Rule.AVAILABILITY})]
    if is_away:
        reasons.insert(0, _("absence ce jour-là"))
    elif is_busy:
        reasons.insert(0, _("déjà de garde à ce moment"))
    elif Rule.AVAILABILITY in broken:
        reasons.insert(0, _("garde trop proche dans un autre secteur"))
    return reasons


def _absences(post: Post) -> set[int]:
    zone = post.roster.sector.zone
    last = post.ends_at.astimezone(zone).date()
    rows = Absence.objects.filter(first_day__lte=last, last_day__gte=post.day)
    return set(rows.values_list("professional", flat=True))


def _busy(post: Post) -> set[int]:
    """Return the professionals on another duty at the time of a post, in any sector."""
    rows = Assignment.objects.filter(post__starts_at__lt=post.ends_at, post__ends_at__gt=post.starts_at)
    return set(rows.exclude(post=post).values_list("volunteer__professional", flat=True))


def _reasons(blocked: dict[str, int]) -> list[str]:
    """Return each rule with how many people it keeps from the post, the most first."""
    ordered = sorted(blocked.items(), key=lambda item: (-item[1], item[0]))
    return [
        ngettext("{rule} : {count} médecin", "{rule} : {count} médecins", count).format(
            rule=BROKEN[Rule(name)], count=count
        )
        for name, count in ordered
    ]


def _broken(rules: list[Any]) -> str:
    return ", ".join(str(BROKEN[Rule(one)]) for one in rules)
