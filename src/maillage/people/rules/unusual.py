"""Which readings of patients' files are worth a look: signs, never a verdict.

A sign says what stands out of a reading; most have a good reason, which only a person can know. No framework.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Sign(StrEnum):
    """What makes a reading stand out."""

    RECENT_LINK = "recent_link"
    NO_LINK = "no_link"
    NIGHT = "night"
    MANY_FILES = "many_files"


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody read the file of a patient at a local time.

    `linked_at`: since when a link joined them, None where none did. `opened_own_link`: the reader opened it.
    `by_role`: their role reads every file of its scope, or works at night, so that neither is out of the way.
    """

    pk: int
    person: int
    patient: int
    at: datetime
    linked_at: datetime | None
    opened_own_link: bool = False
    by_role: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """From when a reading stands out: minutes, hours of the wall clock, files of different patients."""

    recent_link_minutes: int
    night_from_hour: int
    night_until_hour: int
    files: int
    files_within_minutes: int


def signs(readings: Iterable[Reading], limits: Limits) -> dict[int, frozenset[Sign]]:
    """Return the signs of each reading that has one, by its key."""
    rows = list(readings)
    hurried = _many_files(rows, limits)
    found = {}
    for one in rows:
        held = {sign for sign in Sign if _shows(one, sign, limits, hurried)}
        if held:
            found[one.pk] = frozenset(held)
    return found


def _shows(one: Reading, sign: Sign, limits: Limits, hurried: set[int]) -> bool:
    match sign:
        case Sign.RECENT_LINK:
            recent = timedelta(minutes=limits.recent_link_minutes)
            return one.opened_own_link and one.linked_at is not None and one.at - one.linked_at <= recent
        case Sign.NO_LINK:
            return one.linked_at is None and not one.by_role
        case Sign.NIGHT:
            is_night = one.at.hour >= limits.night_from_hour or one.at.hour < limits.night_until_hour
            return is_night and not one.by_role
        case _:
            return one.pk in hurried


def _many_files(readings: Sequence[Reading], limits: Limits) -> set[int]:
    """Return the readings by which somebody had read too many files in the time: those that went over."""
    within = timedelta(minutes=limits.files_within_minutes)
    of_person: dict[int, list[Reading]] = defaultdict(list)
    for one in sorted(readings, key=lambda one: (one.at, one.pk)):
        of_person[one.person].append(one)
    found = set()
    for rows in of_person.values():
        first = 0
        for last, one in enumerate(rows):
            while one.at - rows[first].at > within:
                first += 1
            if len({row.patient for row in rows[first : last + 1]}) >= limits.files:
                found.add(one.pk)
    return found
