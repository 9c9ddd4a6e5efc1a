"""Who may read what of a patient's file: one rule, which every reader of it interprets.

Articles L.1110-4 and L.1110-12 of the Code de la santé publique: inside the care team of one patient,
sharing needs that the patient is informed and does not oppose; outside it, the patient's consent comes
first. Being a member of a CPTS is no link. A part whose use is restricted (article 18 of the GDPR) opens to
an emergency access, and to the act that the person asks for, alone. `RULE` says it once, as an expression
over `Fact`s of one link and one part of the file. `fold` gives it a meaning: true or false in `decide`, with
the reason, or a condition of SQL; the reader of a whole matrix asks `decide` for each cell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import and_, not_, or_
from typing import TypeVar

Meaning = TypeVar("Meaning")


class Part(StrEnum):
    """A part of a patient's file that is opened, consented to or opposed by itself."""

    IDENTITY = "identity"
    REACH = "reach"
    CIRCLE = "circle"
    APPOINTMENTS = "appointments"
    SOCIAL = "social"
    HEALTH = "health"
    PLAN = "plan"
    CRISIS = "crisis"


class Origin(StrEnum):
    """Why somebody is linked to a patient."""

    REFERRING_DOCTOR = "referring_doctor"
    TEAM = "team"
    RESIDENCE = "residence"
    ADVICE = "advice"
    COORDINATION = "coordination"
    SOCIAL = "social"
    BOOKING = "booking"
    REGULATION = "regulation"
    EXPERTISE = "expertise"
    EDUCATION = "education"
    MANDATE = "mandate"
    EMERGENCY = "emergency"


#: In the care team of the patient (L.1110-12): who takes part directly in their care, known to them.
CARE_TEAM = frozenset({Origin.REFERRING_DOCTOR, Origin.TEAM, Origin.RESIDENCE})
#: An act that the patient asked for: it opens what the act needs, as long as it lasts.
ACTS = frozenset({Origin.BOOKING, Origin.REGULATION, Origin.EXPERTISE, Origin.EDUCATION})

_REACHED = frozenset({Part.IDENTITY, Part.REACH})
#: What each origin opens at most, before need, consent and opposition.
OPENS: Mapping[Origin, frozenset[Part]] = {
    Origin.REFERRING_DOCTOR: frozenset(Part),
    Origin.TEAM: frozenset(Part),
    Origin.RESIDENCE: frozenset(Part),
    Origin.ADVICE: frozenset({*_REACHED, Part.HEALTH, Part.PLAN}),
    Origin.COORDINATION: frozenset(Part),
    Origin.SOCIAL: frozenset({*_REACHED, Part.CIRCLE, Part.APPOINTMENTS, Part.SOCIAL, Part.PLAN}),
    Origin.BOOKING: frozenset({*_REACHED, Part.APPOINTMENTS}),
    Origin.REGULATION: frozenset({*_REACHED, Part.CIRCLE, Part.APPOINTMENTS, Part.CRISIS}),
    # The expert reads what the question shares, kept with it, and nothing else of the file.
    Origin.EXPERTISE: frozenset({Part.IDENTITY}),
    # The team of a programme reads what is written in the programme, and nothing else of the file.
    Origin.EDUCATION: _REACHED,
    Origin.MANDATE: frozenset(Part),
    Origin.EMERGENCY: frozenset({*_REACHED, Part.CIRCLE, Part.HEALTH, Part.PLAN, Part.CRISIS}),
}


class Fact(StrEnum):
    """What is asked of one link and one part of the file; the order is that in which a refusal is told."""

    IN_FORCE = "in_force"
    ROLE_HELD = "role_held"
    OPENED = "opened"
    NEEDED = "needed"
    OPPOSED = "opposed"
    OPPOSED_IN_EMERGENCY = "opposed_in_emergency"
    RESTRICTED = "restricted"
    IN_TEAM = "in_team"
    INFORMED = "informed"
    CONSENTED = "consented"
    OF_AN_ACT = "of_an_act"
    OF_AN_EMERGENCY = "of_an_emergency"
    OF_A_MANDATE = "of_a_mandate"
    MANDATED = "mandated"


@dataclass(frozen=True, slots=True)
class Every:
    """All of the terms hold."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One of the terms at least holds."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class No:
    """The term does not hold."""

    term: Term


Term = Fact | Every | Some | No

#: What no restriction closes: whose file it is, without which nobody knows that it is frozen, and the card
#: that a night without the person's doctor is spent by.
SPARED = frozenset({Part.IDENTITY, Part.CRISIS})

#: Active link, a role still held, need by role; then opposition, and what lets by what the link is.
RULE = Every(
    (
        Fact.IN_FORCE,
        Fact.ROLE_HELD,
        Fact.OPENED,
        Fact.NEEDED,
        Some(
            (
                Every((Fact.OF_AN_EMERGENCY, No(Fact.OPPOSED_IN_EMERGENCY))),
                Every(
                    (
                        No(Fact.OPPOSED),
                        Some(
                            (
                                Fact.OF_AN_ACT,
                                Every(
                                    (
                                        No(Fact.RESTRICTED),
                                        Some(
                                            (
                                                Every((Fact.IN_TEAM, Fact.INFORMED)),
                                                Every((Fact.OF_A_MANDATE, Fact.MANDATED)),
                                                Every((No(Fact.OF_A_MANDATE), Fact.CONSENTED)),
                                            )
                                        ),
                                    )
                                ),
                            )
                        ),
                    )
                ),
            )
        ),
    )
)


def fold(
    term: Term,
    fact: Callable[[Fact], Meaning],
    every: Callable[[Meaning, Meaning], Meaning],
    some: Callable[[Meaning, Meaning], Meaning],
    no: Callable[[Meaning], Meaning],
) -> Meaning:
    """Return the meaning of `term` where a fact means `fact(…)`, and the connectives what is given."""
    if isinstance(term, Fact):
        return fact(term)
    if isinstance(term, No):
        return no(fold(term.term, fact, every, some, no))
    meanings = [fold(one, fact, every, some, no) for one in term.terms]
    return reduce(every if isinstance(term, Every) else some, meanings)


class Means(StrEnum):
    """How a patient said what they want: by themselves in their space, aloud, or on paper."""

    SPACE = "space"
    SPOKEN = "spoken"
    PAPER = "paper"


class Reason(StrEnum):
    """Why a part of a file may or may not be read; worded in `people.queries.circle`."""

    OWN = "own"
    TEAM = "team"
    CONSENT = "consent"
    ACT = "act"
    EMERGENCY = "emergency"
    MANDATE = "mandate"
    NO_LINK = "no_link"
    ENDED = "ended"
    ROLE_LOST = "role_lost"
    NOT_OPENED = "not_opened"
    NOT_NEEDED = "not_needed"
    OPPOSED = "opposed"
    RESTRICTED = "restricted"
    NOT_INFORMED = "not_informed"
    NO_CONSENT = "no_consent"
    NOT_MANDATED = "not_mandated"


@dataclass(frozen=True, slots=True)
class Link:
    """What links somebody to a patient: why, in which role, from when to when, told to them or not.

    `role` is empty where the link is with a structure: its staff act in the roles that each holds.
    `mandated`: the parts that a mandate opens, each as long as the person leaves it open.
    """

    key: int
    origin: Origin
    role: str
    since: datetime
    until: datetime | None = None
    is_informed: bool = False
    mandated: tuple[Choice, ...] = ()

    def is_in_force(self, now: datetime) -> bool:
        """Return whether it holds at `now`: from `since`, before `until`."""
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Choice:
    """A consent, an opposition or a restriction: one part of the file (None: all), between two instants.

    `in_emergency`: an opposition that holds even then.
    """

    part: Part | None
    since: datetime
    until: datetime | None = None
    in_emergency: bool = False

    def is_about(self, part: Part, now: datetime) -> bool:
        """Return whether it is about `part` and holds at `now`."""
        return self.part in (None, part) and self._holds(now)

    def lets(self, part: Part, now: datetime) -> bool:
        """Return whether, as a consent, it opens `part` at `now`: one to any part opens whose file it is."""
        return self._holds(now) and (part is Part.IDENTITY or self.part in (None, part))

    def freezes(self, part: Part, now: datetime) -> bool:
        """Return whether, as a restriction, it closes `part` at `now`."""
        return part not in SPARED and self.is_about(part, now)

    def _holds(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Standing:
    """All that the rule looks at for one person and one patient.

    `roles`: those the person holds today; `consents`: those given to this person or a structure where they
    work; `oppositions`: those to everybody, to this person or to such a structure; `restrictions`: what the
    DPO froze of the file, for everybody; `is_own`: the file is the person's.
    """

    roles: frozenset[str]
    links: tuple[Link, ...] = ()
    consents: tuple[Choice, ...] = ()
    oppositions: tuple[Choice, ...] = ()
    is_own: bool = False
    restrictions: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a part may be read, why, and by which link (None without one, and of one's own file)."""

    is_allowed: bool
    reason: Reason
    link: Link | None = None


Need = Mapping[str, Collection[str]]


def decide(standing: Standing, part: Part, now: datetime, need: Need) -> Decision:
    """Return the decision of the rule for one part of a file; `need` gives the parts that each role needs.

    Of several links the one that allows counts; where none does, the one that comes closest is told.
    """
    if standing.is_own:
        return Decision(True, Reason.OWN)
    closest = Decision(False, Reason.NO_LINK)
    for link in standing.links:
        facts = facts_of(standing, link, part, now, need)
        if fold(RULE, facts.__contains__, and_, or_, not_):
            return Decision(True, _because(facts), link)
        refusal = Decision(False, _refusal(facts), link)
        if _CLOSENESS[refusal.reason] > _CLOSENESS[closest.reason]:
            closest = refusal
    return closest


def facts_of(standing: Standing, link: Link, part: Part, now: datetime, need: Need) -> frozenset[Fact]:
    """Return which facts hold of a link, for one part of the file."""
    against = [one for one in standing.oppositions if one.is_about(part, now)]
    acting = (link.role,) if link.role else standing.roles
    holding = {
        Fact.IN_FORCE: link.is_in_force(now),
        Fact.ROLE_HELD: not link.role or link.role in standing.roles,
        Fact.OPENED: part in OPENS[link.origin],
        Fact.NEEDED: any(part in need.get(role, ()) for role in acting),
        Fact.OPPOSED: bool(against),
        Fact.OPPOSED_IN_EMERGENCY: any(one.in_emergency for one in against),
        Fact.RESTRICTED: any(one.freezes(part, now) for one in standing.restrictions),
        Fact.IN_TEAM: link.origin in CARE_TEAM,
        Fact.INFORMED: link.is_informed,
        Fact.CONSENTED: any(one.lets(part, now) for one in standing.consents),
        Fact.OF_AN_ACT: link.origin in ACTS,
        Fact.OF_AN_EMERGENCY: link.origin is Origin.EMERGENCY,
        Fact.OF_A_MANDATE: link.origin is Origin.MANDATE,
        Fact.MANDATED: any(one.is_about(part, now) for one in link.mandated),
    }
    return frozenset(fact for fact, holds in holding.items() if holds)


def roles_in_need(part: Part, need: Need, held: Iterable[str]) -> list[str]:
    """Return those of the roles `held` that need `part`, in order."""
    return sorted(role for role in held if part in need.get(role, ()))


def origins_opening(part: Part) -> list[str]:
    """Return the origins whose links may open `part`."""
    return [origin.value for origin in Origin if part in OPENS[origin]]


def _because(facts: frozenset[Fact]) -> Reason:
    if Fact.OF_AN_EMERGENCY in facts:
        return Reason.EMERGENCY
    if Fact.OF_AN_ACT in facts:
        return Reason.ACT
    if Fact.OF_A_MANDATE in facts:
        return Reason.MANDATE
    return Reason.TEAM if {Fact.IN_TEAM, Fact.INFORMED} <= facts else Reason.CONSENT


def _refusal(facts: frozenset[Fact]) -> Reason:
    if Fact.IN_FORCE not in facts:
        return Reason.ENDED
    if Fact.ROLE_HELD not in facts:
        return Reason.ROLE_LOST
    if Fact.OPENED not in facts:
        return Reason.NOT_OPENED
    if Fact.NEEDED not in facts:
        return Reason.NOT_NEEDED
    if Fact.OPPOSED in facts:
        return Reason.OPPOSED
    if Fact.RESTRICTED in facts:
        return Reason.RESTRICTED
    if Fact.OF_A_MANDATE in facts:
        return Reason.NOT_MANDATED
    return Reason.NOT_INFORMED if Fact.IN_TEAM in facts else Reason.NO_CONSENT


#: How far in the rule each refusal comes: the furthest is the one to mend.
_CLOSENESS = {
    reason: place
    for place, reason in enumerate(
        (
            Reason.NO_LINK,
            Reason.ENDED,
            Reason.ROLE_LOST,
            Reason.NOT_OPENED,
            Reason.NOT_NEEDED,
            Reason.NO_CONSENT,
            Reason.NOT_MANDATED,
            Reason.NOT_INFORMED,
            Reason.RESTRICTED,
            Reason.OPPOSED,
        )
    )
}
