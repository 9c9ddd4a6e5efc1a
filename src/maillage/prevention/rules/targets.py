"""Who is concerned by an act of prevention on a day: yes, no or unknown, and why. No framework."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

#: What a file says of a sex that decides; anything else is to be asked.
_KNOWN_SEXES = frozenset({"female", "male"})


class Repeat(StrEnum):
    """When it is due again."""

    INTERVAL = "interval"
    ONCE = "once"
    BAND = "band"
    SEASON = "season"


class Verdict(StrEnum):
    """Whether somebody is to be invited."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why."""

    DUE = "due"
    UP_TO_DATE = "up_to_date"
    AGE = "age"
    SEX = "sex"
    EXCLUDED = "excluded"
    NO_BIRTH = "no_birth"
    NO_SEX = "no_sex"


@dataclass(frozen=True, slots=True)
class Band:
    """Ages in whole years, both included; `last` None: no upper age."""

    first: int
    last: int | None

    def holds(self, age: int) -> bool:
        """Return whether somebody of that age is in it."""
        return self.first <= age and (self.last is None or age <= self.last)


_ANY_AGE = Band(0, None)


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an act is for, and how often.

    `months` parts two acts of Repeat.INTERVAL; a season of Repeat.SEASON begins with `season_month`; `doses`
    make the act whole where it is done once; `born_from` is the first year of birth concerned, 0 for any. A
    professional says which `exclusions` leave somebody out, which `additions` take them in at any age.
    """

    code: str
    sexes: frozenset[str]
    bands: tuple[Band, ...]
    repeat: Repeat
    months: int = 0
    season_month: int = 0
    doses: int = 1
    born_from: int = 0
    exclusions: tuple[str, ...] = ()
    additions: tuple[str, ...] = ()
    is_vaccine: bool = False

    @classmethod
    def read(cls, code: str, said: Mapping[str, Any]) -> Target:
        """Return the target that the value of a sourced rule says. Raises KeyError, ValueError."""
        return cls(
            code,
            frozenset(said["sexes"]),
            tuple(Band(one["from"], one.get("to")) for one in said["bands"]),
            Repeat(said["repeat"]),
            months=said.get("months", 0),
            season_month=said.get("season_month", 0),
            doses=said.get("doses", 1),
            born_from=said.get("born_from", 0),
            exclusions=tuple(said.get("exclusions", ())),
            additions=tuple(said.get("additions", ())),
            is_vaccine=said["is_vaccine"],
        )


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What a file says that decides: birth, sex, days when the act was done, what a professional said."""

    born: date | None
    sex: str
    done: tuple[date, ...] = ()
    grounds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody is to be invited, and why."""

    verdict: Verdict
    reason: Reason

    @property
    def is_concerned(self) -> bool:
        """Whether they count in the denominator of a coverage: due, or up to date."""
        return self.reason in {Reason.DUE, Reason.UP_TO_DATE}


def eligible(facts: PersonFacts, target: Target, day: date) -> Answer:
    """Return whether somebody is to be invited for a target on a day, and why.

    Of 50 to 74 years: from the 50th birthday to the day before the 75th. Born on 29 February, they are a year
    older on 1 March. What is not known is said where it would decide: « unknown » is never a no.
    """
    if facts.sex in _KNOWN_SEXES and facts.sex not in target.sexes:
        return Answer(Verdict.NO, Reason.SEX)
    if facts.grounds & set(target.exclusions):
        return Answer(Verdict.NO, Reason.EXCLUDED)
    if facts.born is None:
        return Answer(Verdict.UNKNOWN, Reason.NO_BIRTH)
    band = band_of(target, facts.born, day)
    if band is None and facts.born <= day and facts.grounds & set(target.additions):
        band = _ANY_AGE
    if band is None:
        return Answer(Verdict.NO, Reason.AGE)
    if facts.sex not in _KNOWN_SEXES and not target.sexes >= _KNOWN_SEXES:
        return Answer(Verdict.UNKNOWN, Reason.NO_SEX)
    if is_up_to_date(target, facts.born, band, facts.done, day):
        return Answer(Verdict.NO, Reason.UP_TO_DATE)
    return Answer(Verdict.YES, Reason.DUE)


def band_of(target: Target, born: date, day: date) -> Band | None:
    """Return the band in which somebody born that day is on `day`, None outside all of them."""
    if born > day or born.year < target.born_from:
        return None
    age = years_between(born, day)
    return next((one for one in target.bands if one.holds(age)), None)


def is_up_to_date(target: Target, born: date, band: Band, done: tuple[date, ...], day: date) -> bool:
    """Return whether what was done until `day` is enough for now."""
    past = [one for one in done if one <= day]
    if target.repeat is Repeat.ONCE:
        return len(past) >= target.doses
    if not past:
        return False
    last = max(past)
    if target.repeat is Repeat.BAND:
        return band.holds(years_between(born, last))
    if target.repeat is Repeat.SEASON:
        return last >= season_start(day, target.season_month)
    return months_after(last, target.months) > day


def years_between(born: date, day: date) -> int:
    """Return an age in whole years; born on 29 February, a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def season_start(day: date, month: int) -> date:
    """Return the first day of the season that `day` is in: the last 1st of `month` that is past, or today."""
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
