"""Rows of the other contexts as the tables of `rules.schema`: keys, days, hours; no name, no word of care.

Each table is read once, by the `api` of the context that has it, for the territory of a scope and the days of
a period; days are those of the territory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.care import api as care
from maillage.directory.api import Profession
from maillage.indicators.rules.periods import Period
from maillage.kernel import clock
from maillage.kernel.models import Scope
from maillage.kernel.sourced_rules import rule
from maillage.listening import api as listening
from maillage.orientation import api as orientation
from maillage.people import api as people

Rows = list[tuple[Any, ...]]
#: Agendas are read each Monday at this hour, as long as there are slots to come.
READ_AT = time(8)
_SEX = {"female": "F", "male": "M"}


def live_rows(scope: Scope, names: Iterable[str], period: Period, today: date) -> dict[str, Rows]:
    """Return the rows of the tables named, in the order of their columns."""
    reader = _Reader(scope, period, today)
    return {name: _READERS[name](reader) for name in names}


class _Reader:
    """Who reads the tables of one scope and one period."""

    def __init__(self, scope: Scope, period: Period, today: date) -> None:
        self.scope = scope
        self.zone = ZoneInfo(scope.time_zone)
        self.today = today
        self.period = period
        self.start = clock.bounds(period.start, scope)[0]
        self.end = clock.bounds(period.end, scope)[0]
        days = rule("indicators.access.third").value["horizon_days"]
        self.horizon = self.end + timedelta(days=days)

    @cached_property
    def days(self) -> clock.Days:
        return clock.Days(self.period.start, self.day(self.horizon), self.zone)

    def day(self, instant: datetime) -> date:
        """Return the day of an instant in the territory."""
        return instant.astimezone(self.zone).date()

    def people(self) -> Rows:
        rows = people.people_counted(self.scope, min(self.period.last_day, self.today))
        return [
            (one.person, one.birth_year, _SEX.get(one.sex), one.commune, one.has_doctor, None, None)
            for one in rows
        ]

    def requests(self) -> Rows:
        rows = orientation.requests_counted(self.scope, self.start, self.end)
        return [
            (
                one.request, one.person, one.commune, self.days.of(one.called_at), one.priority or None,
                one.called_at, one.answered_at, one.decided_at, one.appointment_at, one.is_void,
            )
            for one in rows
        ]  # fmt: skip

    def slots(self) -> Rows:
        rows = agenda.slots_counted(self.scope, self.start, self.horizon, Profession.PHYSICIAN.value)
        return [
            (one.slot, one.agenda, self.days.of(one.starts_at), one.starts_at, one.is_routine, one.capacity)
            for one in rows
        ]

    def seats(self) -> Rows:
        return [*agenda.seats_counted(self.scope, self.start, self.horizon, Profession.PHYSICIAN.value)]

    def absences(self) -> Rows:
        return [*agenda.absences_counted(self.scope, self.start, self.horizon)]

    def readings(self) -> Rows:
        """Each Monday of the period that is past or today."""
        first = self.period.start + timedelta(days=-self.period.start.weekday() % 7)
        last = min(self.period.last_day, self.today)
        days = (first + timedelta(weeks=week) for week in range((last - first).days // 7 + 1))
        return [(day, int(datetime.combine(day, READ_AT, self.zone).timestamp())) for day in days]

    def plans(self) -> Rows:
        around = people.professions_around(self.scope)
        return [
            (person, self.day(at), around.get(person, 0)) for person, at in care.plans_counted(self.scope)
        ]

    def cases(self) -> Rows:
        """A year before the end of the period, whatever its length."""
        start = min(self.start, self.end - timedelta(days=366))
        return [(person, self.day(at)) for person, at in care.cases_counted(self.scope, start, self.end)]

    def invitations(self) -> Rows:
        rows = care.invitations_counted(self.scope, self.start, min(self.end, timezone.now()))
        return [(one.invitation, self.day(one.at), one.profession or None, one.came) for one in rows]

    def answers(self) -> Rows:
        """Marks of surveys of patients that ended in the period: no two of one answer together."""
        rows = listening.marks_of_surveys(
            self.scope, listening.Audience.PATIENTS, self.period.start, self.period.end
        )
        each = (one for one in rows for _answer in range(one.count))
        # Numbered here: nothing tells one from another where they come from.
        return [(number, one.day, None, one.item, one.mark) for number, one in enumerate(each, start=1)]


_READERS: dict[str, Callable[[_Reader], Rows]] = {
    "people": _Reader.people, "requests": _Reader.requests, "slots": _Reader.slots, "seats": _Reader.seats,
    "absences": _Reader.absences, "readings": _Reader.readings, "plans": _Reader.plans,
    "cases": _Reader.cases, "invitations": _Reader.invitations, "answers": _Reader.answers,
}  # fmt: skip
