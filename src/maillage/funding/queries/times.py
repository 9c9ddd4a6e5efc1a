"""Time given that waits to be indemnified: meetings and trainings attended, shared duties, what was noted.

Nothing is typed again: each line is read where it is kept, and named by its source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum
from django.urls import reverse

from maillage.care import api as care
from maillage.directory import api as directory
from maillage.funding.models import CeilingDecision, Indemnity, Operation, RateDecision, TimeGiven
from maillage.funding.rules.ceiling import Room
from maillage.funding.rules.indemnity import Rate, rate_for
from maillage.funding.rules.vocabulary import MISSIONS, MissionCode, RateUnit, TimeKind
from maillage.governance import api as governance
from maillage.kernel import formats
from maillage.kernel.models import Person, Scope
from maillage.kernel.sourced_rules import SourcedRule, rule
from maillage.project import api as project
from maillage.roster import api as roster

Payee = directory.Professional | Person
CEILING = "care.meetings.yearly_cap"


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Time of somebody: where it is kept, when, how long, its mission unless another is chosen.

    `hourly` is what whoever pays wrote beside it, in cents. `action` is that of the project that it was given
    to, of its mission.
    """

    source: str
    who: Payee
    time: TimeKind
    day: date
    minutes: int
    mission: MissionCode
    label: str = ""
    url: str = ""
    hourly: int | None = None
    action: project.Action | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """A line with its rate and its worth in cents; None where no rate is decided. `why` is empty for one
    typed.
    """

    line: TimeLine
    rate: Rate | None
    decision: RateDecision | None = None

    @property
    def cents(self) -> int | None:
        """What it is worth."""
        return None if self.rate is None else self.rate.worth(self.line.minutes)


def payee_of(professional: directory.Professional | None, person: Person | None) -> Payee:
    """Return who is paid: the sheet of an account that has one, so that nobody has two ceilings."""
    if professional is not None:
        return professional
    assert person is not None
    sheet: directory.Professional | None = getattr(person, "professional", None)
    return person if sheet is None else sheet


def payee_key(who: Payee) -> tuple[str, int]:
    """Return what tells somebody paid from another."""
    return ("professional" if isinstance(who, directory.Professional) else "person", who.pk)


def holder(who: Payee) -> dict[str, Payee | None]:
    """Return the columns that name somebody paid."""
    is_sheet = isinstance(who, directory.Professional)
    return {"professional": who if is_sheet else None, "person": None if is_sheet else who}


def mission_of(action: project.Action) -> MissionCode:
    """Return the mission of the law that an action of the project serves."""
    return MISSIONS[list(project.Mission).index(action.of_mission)]


def times_in(scope: Scope, since: date, until: date) -> list[TimeLine]:
    """Return all the time given in a scope between two days, indemnified or not; six statements."""
    presences = care.paid_presences(scope, since, until)
    actions = project.actions_of_meetings(scope, {one.meeting_id for one in presences})
    return sorted(
        [
            *(_of_meeting(one, actions.get(one.meeting_id)) for one in presences),
            *map(_of_governance, governance.paid_times(scope, since, until)),
            *(_of_duty(one) for one in roster.shared_duties_done(scope, since, until)),
            *_noted(scope, since, until),
        ],
        key=lambda one: (one.day, one.source),
    )


def _of_meeting(one: care.Attendance, action: project.Action | None) -> TimeLine:
    """Return a presence; a meeting called for an action of the project is of its mission."""
    kind = care.MeetingKind(one.meeting.kind)
    mission = MissionCode.M2 if kind is care.MeetingKind.RCP else MissionCode.RUNNING
    label = str(one.meeting.get_kind_display())
    if action is not None:
        mission = mission_of(action)
        label = formats.told(label, action.title)
    return TimeLine(
        f"care.attendance:{one.pk}", payee_of(one.professional, one.person), TimeKind.MEETING,
        one.meeting.held_on, one.minutes, mission, label,
        reverse("care:meeting", args=[one.meeting_id]),
        None if one.hourly_rate is None else int(one.hourly_rate * 100), action,
    )  # fmt: skip


def _of_governance(one: governance.GovernanceTime) -> TimeLine:
    page = "governance:training" if one.is_training else "governance:sitting"
    return TimeLine(
        one.source, payee_of(None, one.person), TimeKind.TRAINING if one.is_training else TimeKind.MEETING,
        one.day, one.minutes, MissionCode.M6 if one.is_training else MissionCode.RUNNING, one.label,
        reverse(page, args=[one.page]),
    )  # fmt: skip


def _of_duty(one: roster.Assignment) -> TimeLine:
    post = one.post
    return TimeLine(
        f"roster.assignment:{one.pk}", one.volunteer.professional, TimeKind.ON_CALL, post.day,
        round(post.hours * 60), MissionCode.M1, str(post.roster.sector),
        reverse("roster:detail", args=[post.roster_id]),
    )  # fmt: skip


def _noted(scope: Scope, since: date, until: date) -> Iterable[TimeLine]:
    rows = TimeGiven.objects.in_scope(scope).filter(day__gte=since, day__lte=until)
    for one in rows.select_related("professional__account", "person__professional"):
        yield TimeLine(
            f"funding.timegiven:{one.pk}", payee_of(one.professional, one.person), TimeKind(one.time),
            one.day,
            one.minutes, MissionCode(one.mission), one.label,
        )  # fmt: skip


def indemnified(scope: Scope, sources: Iterable[str]) -> dict[str, int]:
    """Return the number of the standing operation of each source that has one; one statement."""
    rows = Operation.objects.in_scope(scope).filter(source__in=list(sources), reversed_by=None)
    return dict(rows.order_by().values_list("source", "number"))


def rates_of(scope: Scope) -> list[tuple[Rate, RateDecision]]:
    """Return every rate that a territory decided, the first one first; one statement."""
    rows = RateDecision.objects.in_scope(scope).select_related("by").order_by("pk")
    return [
        (Rate(TimeKind(one.time), one.profession, RateUnit(one.unit), one.cents, one.valid_from, one.pk), one)
        for one in rows
    ]


def priced(lines: Iterable[TimeLine], rates: list[tuple[Rate, RateDecision]]) -> list[Priced]:
    """Return lines with the rate of each: the one typed beside the time, else the one decided."""
    known = dict(rates)
    found = []
    for one in lines:
        if one.hourly:
            found.append(Priced(one, Rate(one.time, "", RateUnit.HOUR, one.hourly, one.day)))
            continue
        profession = one.who.profession if isinstance(one.who, directory.Professional) else ""
        rate = rate_for(known, one.time, profession, one.day)
        found.append(Priced(one, rate, None if rate is None else known[rate]))
    return found


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The ceiling of a year: cents, None where nobody established it; the rule, or the decision that
    has it.
    """

    year: int
    cents: int | None
    rule: SourcedRule
    decision: CeilingDecision | None


def ceiling_of(scope: Scope, year: int) -> Ceiling:
    """Return the ceiling of a year in a scope: the last one typed there, else the sourced rule."""
    found = rule(CEILING, date(year, 12, 31))
    typed = (
        CeilingDecision.objects.in_scope(scope).filter(year=year).select_related("by").order_by("-pk").first()
    )
    if typed is not None:
        return Ceiling(year, typed.cents, found, typed)
    return Ceiling(year, None if found.value is None else found.value * 100, found, None)


def entered(scope: Scope, who: Payee, year: int) -> int:
    """Return what of a year is already entered for somebody, reversals left out, in cents."""
    rows = Indemnity.objects.in_scope(scope).filter(day__year=year, operation__reversed_by=None)
    if isinstance(who, directory.Professional) and who.account_id is not None:
        # What was entered for their account, before it had a sheet, is theirs too.
        rows = rows.filter(Q(professional=who) | Q(person=who.account_id))
    else:
        rows = rows.filter(**holder(who))
    return int(rows.aggregate(sum=Sum("cents"))["sum"] or 0)


def entered_by_person(scope: Scope, year: int) -> dict[tuple[str, int], int]:
    """Return what of a year is entered for each, in cents; one statement."""
    rows = Indemnity.objects.in_scope(scope).filter(day__year=year, operation__reversed_by=None)
    columns = ("professional", "person__professional", "person")
    sums = rows.order_by(*columns).values_list(*columns).annotate(sum=Sum("cents"))
    found: dict[tuple[str, int], int] = {}
    for sheet, of_account, account, cents in sums:
        one = sheet or of_account
        key = ("professional", one) if one else ("person", account)
        found[key] = found.get(key, 0) + int(cents)
    return found


def room_for(scope: Scope, who: Payee, year: int) -> Room | None:
    """Return what the ceiling of a year leaves to somebody; None where no ceiling is established."""
    ceiling = ceiling_of(scope, year)
    return None if ceiling.cents is None else Room(ceiling.cents, entered(scope, who, year))
