"""Where a campaign stands: who is concerned, covered, asked; the counts that secrecy lets be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeVar

from django.utils import timezone

from maillage.directory import api as directory
from maillage.kernel.models import Scope
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.prevention.models import Campaign, Invitee, PreventionAct, TargetReason
from maillage.prevention.queries.targets import SourcedTarget, target_of
from maillage.prevention.rules.invitations import may_ask
from maillage.prevention.rules.pace import Projection, projection
from maillage.prevention.rules.targets import Answer, PersonFacts, Reason, Verdict, eligible
from maillage.prevention.rules.vocabulary import Standing

Said = TypeVar("Said")
SECRECY = "territory.secrecy.threshold"
PROJECTION = "prevention.campaigns.projection"


@dataclass(frozen=True, slots=True)
class Counted:
    """Somebody of a campaign, without a name: the answer of the rule, where they stand, where they live."""

    patient: int
    answer: Answer
    commune: str | None = None
    standing: Standing = Standing.TO_INVITE
    again_on: date | None = None
    last_done: date | None = None
    is_declared: bool = False
    is_waiting: bool = True

    @property
    def is_covered(self) -> bool:
        """Whether they are up to date."""
        return self.answer.reason is Reason.UP_TO_DATE

    @property
    def is_due(self) -> bool:
        """Whether the act is due."""
        return self.answer.verdict is Verdict.YES

    @property
    def is_unreached(self) -> bool:
        """Whether the act is due and they neither refused nor said that they come."""
        return self.is_due and self.standing not in {Standing.REFUSED, Standing.COMING}

    @property
    def is_askable(self) -> bool:
        """Whether the act is due, and they may still be invited: no answer stands against it."""
        return self.is_unreached and may_ask(self.standing)

    @property
    def is_to_ask(self) -> bool:
        """Whether somebody is to invite them today."""
        return self.is_due and self.is_waiting

    @property
    def is_shown(self) -> bool:
        """Whether they are in the list: concerned, or perhaps, or left out by a professional."""
        return self.answer.is_concerned or self.answer.reason in {
            Reason.EXCLUDED,
            Reason.NO_BIRTH,
            Reason.NO_SEX,
        }

    @property
    def group(self) -> str:
        """Its part of the list: to ask, unknown, or the rest."""
        if self.is_to_ask:
            return "ask"
        return "unknown" if self.answer.verdict is Verdict.UNKNOWN else "rest"


@dataclass(frozen=True, slots=True)
class CommuneCount:
    """A commune, or several too small together (`code` empty): people concerned and covered; None: secret."""

    code: str
    concerned: int | None
    covered: int | None
    communes: int = 1

    @property
    def share(self) -> float | None:
        """The share covered, 0 to 1."""
        if self.concerned is None or self.covered is None:
            return None
        return self.covered / self.concerned


@dataclass(frozen=True)
class Situation:
    """A campaign on a day."""

    campaign: Campaign
    target: SourcedTarget
    day: date
    people: list[Counted] = field(repr=False)

    @cached_property
    def by_key(self) -> dict[int, Counted]:
        """Each person of the scope by the key of their file."""
        return {one.patient: one for one in self.people}

    @cached_property
    def reasons(self) -> Counter[Reason]:
        """How many people have each answer of the rule."""
        return Counter(one.answer.reason for one in self.people)

    @cached_property
    def standings(self) -> Counter[Standing]:
        """How many of those who are due stand where."""
        return Counter(one.standing for one in self.people if one.is_due)

    @property
    def concerned(self) -> int:
        """The denominator: due, or up to date."""
        return self.reasons[Reason.DUE] + self.reasons[Reason.UP_TO_DATE]

    @property
    def covered(self) -> int:
        """Those who are up to date."""
        return self.reasons[Reason.UP_TO_DATE]

    @property
    def unknown(self) -> int:
        """Those of whom the birth or the sex is to be asked."""
        return self.reasons[Reason.NO_BIRTH] + self.reasons[Reason.NO_SEX]

    @cached_property
    def declared(self) -> int:
        """Those who are up to date as they say, by an act done elsewhere."""
        return sum(one.is_covered and one.is_declared for one in self.people)

    @cached_property
    def gained(self) -> int:
        """Those who are up to date by an act since the first day of the campaign."""
        first = self.campaign.first_day
        return sum(
            one.is_covered and one.last_done is not None and one.last_done >= first for one in self.people
        )

    @cached_property
    def to_ask(self) -> int:
        """How many are to be invited today."""
        return sum(one.is_to_ask for one in self.people)

    @cached_property
    def unreached(self) -> int:
        """How many are due, and neither refused nor said that they come."""
        return sum(one.is_unreached for one in self.people)

    @property
    def share(self) -> float | None:
        """The share covered, None where nobody is concerned."""
        return self.covered / self.concerned if self.concerned else None

    @property
    def goal_share(self) -> float:
        """The goal, 0 to 1."""
        return self.campaign.goal / 100

    @cached_property
    def projection(self) -> Projection | None:
        """Where the coverage would be on the last day if the pace stays; None where nothing can be said."""
        least = rule(PROJECTION).value
        return projection(
            concerned=self.concerned,
            covered=self.covered,
            gained=self.gained,
            goal=self.goal_share,
            first=self.campaign.first_day,
            last=self.campaign.last_day,
            day=self.day,
            **least,
        )

    @cached_property
    def is_secret(self) -> bool:
        """Whether the whole is too small for its counts to be shown to who reads no name."""
        return hides(self.concerned, self.covered, rule(SECRECY).value)

    def unreached_by_commune(self) -> dict[str, int]:
        """Return how many people are still to be reached in each commune where some live."""
        return dict(Counter(one.commune for one in self.people if one.commune and one.is_unreached))

    def communes(self) -> list[CommuneCount]:
        """Return each commune that secrecy lets be shown, then the others together, where they are enough.

        A commune is hidden where a count of those concerned, covered or not covered is under the threshold,
        zero included; one more is where it alone could be found by subtraction from the whole.
        """
        least: int = rule(SECRECY).value
        concerned: Counter[str] = Counter()
        covered: Counter[str] = Counter()
        for one in self.people:
            if one.answer.is_concerned:
                concerned[one.commune or ""] += 1
                covered[one.commune or ""] += one.is_covered
        codes = sorted(concerned)
        hidden = {one for one in codes if not one or hides(concerned[one], covered[one], least)}
        return grouped(codes, concerned, covered, hidden, least)


def hides(concerned: int, covered: int, least: int) -> bool:
    """Return whether one of the counts of a group is under the threshold, zero included."""
    return min(concerned, covered, concerned - covered) < least


def grouped(
    codes: list[str], concerned: Counter[str], covered: Counter[str], hidden: set[str], least: int
) -> list[CommuneCount]:
    """Return the communes that are shown, then the hidden ones together.

    While the hidden ones together are too small themselves, the whole less those shown would tell them: the
    smallest of those shown joins them.
    """
    shown = [one for one in codes if one not in hidden]
    while hidden and shown:
        some, done = sum(concerned[one] for one in hidden), sum(covered[one] for one in hidden)
        if not hides(some, done, least):
            break
        smallest = min(shown, key=lambda one: (concerned[one], one))
        shown.remove(smallest)
        hidden.add(smallest)
    found = [CommuneCount(one, concerned[one], covered[one]) for one in shown]
    if hidden:
        some, done = sum(concerned[one] for one in hidden), sum(covered[one] for one in hidden)
        is_hidden = hides(some, done, least)
        rest = CommuneCount("", None, None) if is_hidden else CommuneCount("", some, done)
        found.append(CommuneCount(rest.code, rest.concerned, rest.covered, communes=len(hidden - {""})))
    return found


def situation(campaign: Campaign, day: date | None = None) -> Situation:
    """Return where a campaign stands on a day (today by default); seven statements, whoever is in it.

    Those whose file is frozen, or opposed to being counted, are left out.
    """
    on = day or timezone.localdate()
    target = target_of(campaign.target, min(on, campaign.last_day))
    scope = campaign.scope
    rows = people.Patient.objects.in_scope(scope).filter(people.countable()).order_by("pk")
    if campaign.practice_id is not None:
        rows = rows.filter(referring_doctor__in=doctors_of(campaign.practice))
    files = list(rows.values_list("pk", "birth_date", "sex"))
    homes = {one.person: one.commune for one in people.people_counted(scope, on)}
    acts = _acts(scope, campaign.target)
    grounds = _grounds(scope, campaign.target)
    asked = {
        patient: (Standing(standing), again_on)
        for patient, standing, again_on in Invitee.objects.of(campaign)
        .order_by()
        .values_list("patient", "standing", "again_on")
    }
    found = []
    for pk, born, sex in files:
        done = acts.get(pk, [])
        facts = PersonFacts(born, sex, tuple(at for at, _said in done), frozenset(grounds.get(pk, ())))
        standing, again_on = asked.get(pk, (Standing.TO_INVITE, None))
        waits = pk not in asked or (again_on is not None and again_on <= on)
        last = max(done, default=None)
        found.append(
            Counted(
                pk,
                eligible(facts, target.target, on),
                homes.get(pk),
                standing,
                again_on,
                last[0] if last else None,
                bool(last and last[1]),
                waits,
            )
        )
    return Situation(campaign, target, on, found)


def doctors_of(practice: directory.Structure | None) -> list[int]:
    """Return the professionals who work today in a practice."""
    return [] if practice is None else [one.professional_id for one in directory.team_of(practice)]


def _acts(scope: Scope, target: str) -> dict[int, list[tuple[date, bool]]]:
    rows = PreventionAct.objects.in_scope(scope).standing().filter(target=target)
    return _together(
        (patient, (day, said))
        for patient, day, said in rows.order_by("pk").values_list("patient", "done_on", "is_declared")
    )


def _grounds(scope: Scope, target: str) -> dict[int, list[str]]:
    rows = TargetReason.objects.in_scope(scope).standing().filter(target=target)
    return _together(rows.order_by("pk").values_list("patient", "reason"))


def _together(pairs: Iterable[tuple[int, Said]]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = {}
    for key, said in pairs:
        found.setdefault(key, []).append(said)
    return found
