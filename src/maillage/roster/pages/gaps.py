"""Why a post stays open, in words: what the computation kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from maillage.engines.roster import Rule
from maillage.roster.actions.exchanges import BROKEN
from maillage.roster.models import Post, Roster
from maillage.roster.pages.presenters import named
from maillage.roster.queries.sectors import volunteers_of


@dataclass(frozen=True, slots=True)
class GapExplanation:
    """One open post: why nobody could, rule by rule, and who is nearest; empty where nothing was computed."""

    post: Post
    when: str
    reasons: list[str]
    nearest: list[str]


def gaps_of(roster: Roster) -> list[GapExplanation]:
    """Return the posts that nobody holds, explained by the last computation kept."""
    zone = roster.sector.zone
    last = roster.solves.first()
    told = {one["post"]: one for one in last.gaps} if last else {}
    people = {one.pk: one for one in volunteers_of(roster.sector)}
    missing = Post.objects.filter(roster=roster, assignment=None).order_by("starts_at", "seat")
    return [
        GapExplanation(
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


def _reasons(blocked: dict[str, int]) -> list[str]:
    """Return each rule with how many people it keeps from the post, the most first."""
    ordered = sorted(blocked.items(), key=lambda item: (-item[1], item[0]))
    return [
        ngettext("{rule} : {count} personne", "{rule} : {count} personnes", count).format(
            rule=BROKEN[Rule(name)], count=count
        )
        for name, count in ordered
    ]


def _broken(rules: list[Any]) -> str:
    return ", ".join(str(BROKEN[Rule(one)]) for one in rules)
