"""Where the next day of a campaign would reach most of the people still to be reached."""

from __future__ import annotations

from dataclasses import dataclass

from maillage.kernel.sourced_rules import SourcedRule, rule
from maillage.prevention.queries.campaigns import communes_of
from maillage.prevention.queries.situations import SECRECY, Situation
from maillage.prevention.rules.places import Reach, ranked, reach_of
from maillage.territory import api as territory

REACH = "prevention.days.reach"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A commune where to hold a day, and whom it would reach; `is_estimate`: minutes as the crow flies."""

    commune: territory.Commune
    reach: Reach
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class Proposals:
    """The communes in order, out of how many people, by which rule; none where too few live anywhere."""

    found: list[Proposal]
    people: int
    rule: SourcedRule
    is_secret: bool


def next_places(situation: Situation) -> Proposals:
    """Return the communes where a day would reach most people, the best first.

    What secrecy hides is not told: a place that reaches fewer people than the threshold, or leaves fewer
    than it beyond (but nobody), is left out.
    """
    bound = rule(REACH)
    least: int = rule(SECRECY).value
    people = situation.unreached_by_commune()
    total = sum(people.values())
    if total < least:
        return Proposals([], total, bound, is_secret=True)
    communes = communes_of(situation.campaign.scope)
    lived = list(territory.Commune.objects.filter(code__in=people))
    own = [one for one in communes if one.pk in people]
    others = [one for one in communes if one.pk not in people]
    candidates = [*own, *others][: bound.value["candidates"]]
    places: dict[str, tuple[territory.Commune, bool]] = {}
    found = []
    for one in candidates:
        journeys = territory.journeys_from(one, lived)
        minutes = {to.pk: float(time) for to, time in zip(lived, journeys.minutes, strict=True)}
        reach = reach_of(one.pk, minutes, people, bound.value["minutes"])
        if reach.people >= least and not 0 < reach.beyond < least:
            places[one.pk] = (one, bool(journeys.is_estimate.any()))
            found.append(reach)
    shown = ranked(found)[: bound.value["shown"]]
    return Proposals(
        [Proposal(places[one.code][0], one, places[one.code][1]) for one in shown],
        total,
        bound,
        is_secret=False,
    )
