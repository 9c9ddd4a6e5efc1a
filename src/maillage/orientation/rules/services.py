"""When a service to call is shown: opening hours, whom a protocol is for, who may ask for what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from maillage.orientation.rules.vocabulary import Answer, CallerKind, Origin, ProposalKind, Why

#: Who asks for a bed or for hospital care at home: not the person, nor the family.
_PROFESSIONALS = frozenset({CallerKind.PHYSICIAN, CallerKind.CARER_PROFESSIONAL})
ON_PROFESSIONAL_REQUEST = frozenset({ProposalKind.LOCAL_HOSPITAL, ProposalKind.HAD})
AT_THE_EHPAD = frozenset({ProposalKind.EHPAD_TELE, ProposalKind.MOBILE_TEAM})
#: What says of a proposal that it is shown to be checked, never as an answer.
TO_CHECK = frozenset(
    {Why.CHECK_AGE, Why.CHECK_SEX, Why.CHECK_FEVER, Why.CHECK_PREGNANCY, Why.NOT_ESTABLISHED}
)
_CHECK_FACT = {"fever": Why.CHECK_FEVER, "pregnancy": Why.CHECK_PREGNANCY}
#: A fact that excludes: answered no, the condition is met.
_WITHOUT = {Answer.YES: Answer.NO, Answer.NO: Answer.YES, Answer.UNKNOWN: Answer.UNKNOWN}
DURING_OPENING_HOURS = frozenset({ProposalKind.CENTRE, ProposalKind.DUTY_HOUSE})


def is_open(hours: Iterable[tuple[int, time, time]], at: datetime) -> bool:
    """Return whether one of the stretches (weekday, opens, closes) holds `at`, a local instant.

    Hours that nobody told hold no instant.
    """
    now = at.time()
    return any(weekday == at.weekday() and opens <= now < closes for weekday, opens, closes in hours)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of a person: age in months, sex, and facts that answers gave (`fever`, `pregnancy`)."""

    age_months: int | None
    sex: str
    facts: Mapping[str, Answer] = field(default_factory=dict)


def conditions(
    protocol: Mapping[str, Any], who: PersonFacts, *, age_min: int | None = None, age_max: int | None = None
) -> list[tuple[Why, Answer]]:
    """Return each condition of a protocol, by what it checks, and whether the person meets it.

    `age_min`, `age_max` (whole years, both included), `sex` and `not_if` (facts that exclude) are those of
    the protocol; the arguments, those of whoever follows it. `age_sure`: up to where its sources agree.
    Yes: met; no: the person is excluded; unknown: to be checked.
    """
    lows = [one for one in (protocol.get("age_min"), age_min) if one is not None]
    highs = [one for one in (protocol.get("age_max"), age_max) if one is not None]
    found: list[tuple[Why, Answer]] = []
    if lows or highs:
        years = None if who.age_months is None else who.age_months // 12
        found.append((Why.CHECK_AGE, _age_suits(years, lows, highs, protocol.get("age_sure"))))
    if "sex" in protocol:
        met = Answer.YES if who.sex == protocol["sex"] else Answer.NO
        found.append((Why.CHECK_SEX, met if who.sex else Answer.UNKNOWN))
    for name in protocol.get("not_if", ()):
        found.append((_CHECK_FACT[name], _WITHOUT[who.facts.get(name, Answer.UNKNOWN)]))
    return found


def _age_suits(years: int | None, lows: list[int], highs: list[int], sure: int | None) -> Answer:
    if years is None:
        return Answer.UNKNOWN
    if not all([*(years >= one for one in lows), *(years <= one for one in highs)]):
        return Answer.NO
    return Answer.UNKNOWN if sure is not None and years > sure else Answer.YES


def to_check(
    protocol: Mapping[str, Any], who: PersonFacts, *, age_min: int | None = None, age_max: int | None = None
) -> list[Why] | None:
    """Return what is still to be checked before a protocol is followed; None where it excludes the person.

    The arguments are those of `conditions`. Where its conditions are not `established`, that is to be
    checked, whoever the person is.
    """
    met = conditions(protocol, who, age_min=age_min, age_max=age_max)
    if any(answer is Answer.NO for _why, answer in met):
        return None
    checks = [why for why, answer in met if answer is Answer.UNKNOWN]
    return checks + [Why.NOT_ESTABLISHED] * (not protocol.get("established", False))


def may_be_asked(kind: ProposalKind, *, caller: CallerKind | None, origin: Origin) -> bool:
    """Return whether a service of that kind makes sense for that caller.

    A bed and hospital care at home are asked for by a professional; what happens at the EHPAD is for its
    residents.
    """
    if kind in ON_PROFESSIONAL_REQUEST:
        return caller in _PROFESSIONALS or origin in {Origin.EHPAD, Origin.PROFESSIONAL}
    return origin is Origin.EHPAD or kind not in AT_THE_EHPAD
