"""What an ACI of a CPTS pays, and when: from its terms to dated payments, to the cent.

The contract parts into exercises, from its signature or one of its anniversaries to the next. For each:

- the running grant: the first in full at signature, the others `advance` at their beginning, the rest at
their end;
- the fixed part of a mission, in proportion of the days from its start: `advance` at its start (or at the
  beginning of the exercise), the rest at the end;
- the variable part of a mission, at the end, by attainment; without proportion, as the example we know has
none.

A contract that ends early ends its last exercise there: all is in proportion of the days, and what was
advanced
beyond it is to give back. Amounts are whole cents; each due is rounded once, half up, and the balance is what
remains of it: the payments of an exercise make its due exactly.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from maillage.kernel.amounts import rounded


class Part(StrEnum):
    """What a payment is a part of."""

    GRANT = "grant"
    FIXED = "fixed"
    VARIABLE = "variable"
    INSTALMENT = "instalment"


class Step(StrEnum):
    """When in the life of a due a payment comes."""

    FULL = "full"
    ADVANCE = "advance"
    BALANCE = "balance"


class ScheduleError(ValueError):
    """Terms that no contract can have; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class MissionTerms:
    """One mission: its code, its first day, its yearly amounts in cents, None where nobody has typed them.

    `attained` is the share reached by exercise (0 to 1), absent where it is not established.
    """

    code: str
    starts_on: date
    fixed: int | None = None
    variable: int | None = None
    attained: Mapping[int, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed: signature, first day without contract, yearly grant in cents, share paid in advance."""

    signed_on: date
    ends_on: date
    grant: int | None
    missions: tuple[MissionTerms, ...]
    advance: Fraction


@dataclass(frozen=True, slots=True)
class Exercise:
    """One year of the contract: its number from 1, its first day, the day after its last, its full length."""

    number: int
    starts_on: date
    ends_on: date
    whole_days: int


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment: `cents` None where an amount is missing, negative where it is to give back.

    `yearly` is the amount of a whole year, `days` of `whole_days` its proportion; `due` what the exercise
    owes in
    all, `before` what of it was paid already, `attained` the share of a variable part.
    """

    on: date
    part: Part
    step: Step
    mission: str
    exercise: int
    cents: int | None
    yearly: int | None
    days: int
    whole_days: int
    due: int | None = None
    before: int | None = None
    attained: Fraction | None = None

    @property
    def key(self) -> str:
        """What names this payment in its contract, whatever its amount becomes."""
        return f"{self.part.value}:{self.mission}:{self.exercise}:{self.step.value}"


def anniversary(signed_on: date, years: int) -> date:
    """Return the anniversary of a day; 29 February has the 28th of common years."""
    year = signed_on.year + years
    return date(year, signed_on.month, min(signed_on.day, monthrange(year, signed_on.month)[1]))


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, the last of its month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def exercises(signed_on: date, ends_on: date) -> list[Exercise]:
    """Return the exercises of a contract, the last one cut where it ends."""
    found: list[Exercise] = []
    while (start := anniversary(signed_on, len(found))) < ends_on:
        full = anniversary(signed_on, len(found) + 1)
        found.append(Exercise(len(found) + 1, start, min(full, ends_on), (full - start).days))
    return found


def schedule(terms: Terms) -> list[Payment]:
    """Return every payment of a contract, by day. Raises ScheduleError for terms that cannot be."""
    if terms.ends_on <= terms.signed_on:
        raise ScheduleError("ends_before")
    if any(one.starts_on < terms.signed_on for one in terms.missions):
        raise ScheduleError("mission_before")
    found: list[Payment] = []
    for exercise in exercises(terms.signed_on, terms.ends_on):
        found += _grant(terms, exercise)
        for mission in terms.missions:
            found += _fixed(terms, exercise, mission)
            found += _variable(exercise, mission)
    order = list(Part)
    return sorted(found, key=lambda one: (one.on, order.index(one.part), one.mission, one.exercise))


def _grant(terms: Terms, exercise: Exercise) -> list[Payment]:
    return _advanced(
        Part.GRANT, "", exercise, exercise.starts_on, terms.grant,
        Fraction(1) if exercise.number == 1 else terms.advance,
    )  # fmt: skip


def _fixed(terms: Terms, exercise: Exercise, mission: MissionTerms) -> list[Payment]:
    first = max(mission.starts_on, exercise.starts_on)
    if first >= exercise.ends_on:
        return []
    return _advanced(Part.FIXED, mission.code, exercise, first, mission.fixed, terms.advance)


def _advanced(
    part: Part, mission: str, exercise: Exercise, first: date, yearly: int | None, share: Fraction
) -> list[Payment]:
    """Return an advance at `first`, on what the exercise would owe to its full end, then the balance."""
    planned = exercise.whole_days - (first - exercise.starts_on).days
    days = (exercise.ends_on - first).days
    step = Step.FULL if share == 1 else Step.ADVANCE
    advance = due = None
    if yearly is not None:
        advance = rounded(rounded(Fraction(yearly * planned, exercise.whole_days)) * share)
        due = rounded(Fraction(yearly * days, exercise.whole_days))
    paid = Payment(
        first, part, step, mission, exercise.number, advance, yearly, planned, exercise.whole_days, due, 0
    )
    if share == 1 and days == planned:
        return [paid]
    balance = None if due is None or advance is None else due - advance
    rest = Payment(
        exercise.ends_on, part, Step.BALANCE, mission, exercise.number, balance, yearly, days,
        exercise.whole_days, due, advance,
    )  # fmt: skip
    return [paid, rest]


def _variable(exercise: Exercise, mission: MissionTerms) -> list[Payment]:
    if mission.starts_on >= exercise.ends_on:
        return []
    attained = mission.attained.get(exercise.number)
    cents = None
    if mission.variable is not None and attained is not None:
        cents = rounded(mission.variable * attained)
    return [
        Payment(
            exercise.ends_on,
            Part.VARIABLE,
            Step.BALANCE,
            mission.code,
            exercise.number,
            cents,
            mission.variable,
            exercise.whole_days,
            exercise.whole_days,
            cents,
            0,
            attained,
        )
    ]


def total(payments: Sequence[Payment]) -> int:
    """Return the sum of the payments whose amount is known."""
    return sum(one.cents for one in payments if one.cents is not None)
