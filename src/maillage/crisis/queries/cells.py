"""What a cell knows now: its posts, its gestures, its structures, its people, what is late."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from maillage.crisis.models import (
    AskedStructure,
    Call,
    Cell,
    Duty,
    FragilePerson,
    GestureDone,
    LogEntry,
    SituationReport,
    StructureState,
    SupplyRequest,
    Volunteer,
)
from maillage.crisis.queries.templates import Template, template_of
from maillage.crisis.rules.calls import BY_PRESSURE, State
from maillage.crisis.rules.vocabulary import BY_WORRY, Blocker, Kind, Level, Post, Supply, blockers
from maillage.kernel import access, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule

#: Lines of the log on the first screen of a cell; the page of the log has them all.
SHOWN = 12


def closed_cells(person: Person, limit: int = 100) -> list[Cell]:
    """Return the last closed cells of the scopes of a person; however old, the open ones are `open_cells`."""
    rows = Cell.objects.for_person(person).exclude(closed_at=None).select_related("scope")
    return list(rows.order_by("-at", "-pk")[:limit])


@dataclass(frozen=True, slots=True)
class OpenCell:
    """An open cell, how many people somebody has to go and see, when its next report is due; no name."""

    cell: Cell
    visits: int
    report_due: datetime


def open_cells(person: Person) -> list[OpenCell]:
    """Return the open cells of the scopes of a person, the oldest first; one statement."""
    visits = FragilePerson._base_manager.filter(cell=OuterRef("pk"), state=State.VISIT.value).order_by()
    reports = SituationReport._base_manager.filter(cell=OuterRef("pk")).order_by()
    rows = Cell.objects.for_person(person).open().select_related("scope").order_by("at", "pk")
    found = rows.annotate(
        waiting=Coalesce(Subquery(visits.values("cell").annotate(total=Count("pk")).values("total")), 0),
        reported_at=Subquery(reports.values("cell").annotate(last=Max("at")).values("last")),
    )
    return [
        OpenCell(one, one.waiting, one.report_due(one.reported_at))  # type: ignore[attr-defined]  # annotated above
        for one in found
    ]


def cell_seen_by(person: Person, pk: int) -> Cell | None:
    """Return one cell, None for one of another territory."""
    rows = Cell.objects.for_person(person).filter(pk=pk)
    return rows.select_related("scope", "by", "closed_by").first()


def scopes_to_open(person: Person) -> list[Scope]:
    """Return the territories where a person may open a cell."""
    scopes = access.scopes_of(person, Permission.MANAGE_CRISIS)
    return list(Scope.objects.filter(kind="territory").order_by("label")) if scopes is None else scopes


@dataclass(frozen=True, slots=True)
class StructureNow:
    """A structure asked, with the last thing that it said."""

    asked: AskedStructure
    last: StructureState | None

    @property
    def level(self) -> Level | None:
        """How it holds, None where it has not answered."""
        return Level(self.last.level) if self.last is not None else None


@dataclass(frozen=True, slots=True)
class Calls:
    """How many people there are, by where they stand; `late`: visits that have waited too long.

    `due`: to call now; `next_at`: when the next one is, where none is due; `well`: of those to
    call later, the ones who answered last time.
    """

    total: int
    due: int
    later: int
    well: int
    done: int
    visits: int
    unassigned: int
    late: int
    calls: int
    next_at: datetime | None

    @property
    def reached(self) -> int:
        """Those who answered or were seen: whoever did not answer is called again, and was not reached."""
        return self.done + self.well


@dataclass(frozen=True, slots=True)
class CellNow:
    """Everything that a cell knows at an instant."""

    cell: Cell
    at: datetime
    template: Template
    duties: list[Duty]
    gestures: dict[str, GestureDone]
    structures: list[StructureNow]
    calls: Calls
    supplies: list[SupplyRequest]
    volunteers: list[Volunteer]
    log: list[LogEntry]
    reports: list[SituationReport]

    @property
    def report_due(self) -> datetime:
        """When the next report is due."""
        return self.cell.report_due(self.reports[-1].at if self.reports else None)

    @property
    def is_report_late(self) -> bool:
        """Whether the report should be there."""
        return self.cell.is_open and self.at > self.report_due

    @property
    def levels(self) -> dict[Level, int]:
        """How many structures hold how, from the level that worries most."""
        found = Counter(one.level for one in self.structures if one.level is not None)
        return {level: found[level] for level in BY_WORRY if found[level]}

    @property
    def silent(self) -> int:
        """How many structures have not answered."""
        return sum(one.last is None for one in self.structures)

    @property
    def lacking(self) -> list[SupplyRequest]:
        """What is asked for or promised."""
        return [one for one in self.supplies if one.state in {Supply.ASKED, Supply.PROMISED}]

    def blockers(self, handed_to: str = "") -> list[Blocker]:
        """Return what stops a return to normal."""
        unanswered = sum(one.state == Supply.ASKED for one in self.supplies)
        left = self.calls.due + self.calls.later
        return blockers(visits=self.calls.visits, supplies=unanswered, people=left, handed_to=handed_to)


def cell_now(cell: Cell, *, now: datetime | None = None, lines: int | None = SHOWN) -> CellNow:
    """Return what a cell knows; eleven statements. `lines`: of the log, from the last (None: all)."""
    at = now or timezone.now()
    log = log_of(cell)
    return CellNow(
        cell,
        at,
        template_of(Kind(cell.kind), cell.at),
        list(Duty.objects.of(cell).filter(until=None).select_related("person")),
        {one.code: one for one in GestureDone.objects.of(cell).select_related("by")},
        structures_now(cell),
        calls_of(cell, at),
        list(SupplyRequest.objects.of(cell).select_related("by")),
        list(Volunteer.objects.of(cell)),
        list(log if lines is None else log[:lines]),
        list(SituationReport.objects.of(cell).defer("content").select_related("by").order_by("number")),
    )


def structures_now(cell: Cell) -> list[StructureNow]:
    """Return the structures asked: those that worry, those that are silent, the others; two statements."""
    asked = list(AskedStructure.objects.of(cell).select_related("structure__commune"))
    later = StructureState._base_manager.filter(asked=OuterRef("asked")).order_by("-at", "-pk").values("pk")
    rows = StructureState.objects.in_scope(cell.scope).filter(asked__cell=cell, pk=Subquery(later[:1]))
    said = {one.asked_id: one for one in rows}
    found = [StructureNow(one, said.get(one.pk)) for one in asked]
    order = {level: place for place, level in enumerate(BY_WORRY)}
    # Those that hold come last: whoever is silent is asked again before.
    order[Level.NORMAL] = len(order) + 1
    return sorted(
        found,
        key=lambda one: (
            order[one.level] if one.level is not None else len(order) - 1,
            one.asked.structure.name,
        ),
    )


def calls_of(cell: Cell, now: datetime) -> Calls:
    """Return how many people of a cell stand where; two statements, no name."""
    hours: int = rule("crisis.calls.limits").value["visit_hours"]
    to_call, visit = Q(state=State.TO_CALL.value), Q(state=State.VISIT.value)
    found = FragilePerson.objects.of(cell).aggregate(
        total=Count("pk"),
        due=Count("pk", filter=to_call & Q(call_at__lte=now)),
        later=Count("pk", filter=to_call & Q(call_at__gt=now)),
        well=Count("pk", filter=to_call & Q(call_at__gt=now, unanswered=0)),
        done=Count("pk", filter=Q(state=State.DONE.value)),
        visits=Count("pk", filter=visit),
        unassigned=Count("pk", filter=visit & Q(visit_by="")),
        late=Count("pk", filter=visit & Q(visit_since__lt=now - timedelta(hours=hours))),
        next_at=Min("call_at", filter=to_call & Q(call_at__gt=now)),
    )
    return Calls(**found, calls=Call.objects.in_scope(cell.scope).filter(person__cell=cell).count())


def people_to_see(cell: Cell) -> QuerySet[FragilePerson]:
    """Return those whom somebody has to go and see, who has waited longest first."""
    return FragilePerson.objects.of(cell).to_see().order_by("visit_since", "pk")


def log_of(cell: Cell) -> QuerySet[LogEntry]:
    """Return the whole log of a cell, the last line first, each with what corrects it; two statements."""
    rows = LogEntry.objects.of(cell).select_related("by", "corrects__by").order_by("-at", "-pk")
    return rows.prefetch_related(Prefetch("corrections", LogEntry._base_manager.select_related("by")))


def line_of(cell: Cell, pk: int) -> LogEntry | None:
    """Return a line of the log of a cell, None for one of another."""
    return log_of(cell).filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class CrisisDay:
    """A day of a territory on which a cell was open, exercises aside."""

    day: date
    titles: tuple[str, ...]


def crisis_days(scope: Scope, since: date, until: date) -> list[CrisisDay]:
    """Return the days of a scope between two days, both included, on which a crisis cell was open.

    For figures that keep them apart; by the scope's own clock, one statement.
    """
    zone = scope.zone
    found: dict[date, list[str]] = {}
    today = timezone.localdate(timezone=zone)
    for cell in Cell.objects.in_scope(scope).filter(is_exercise=False).order_by("at", "pk"):
        first = max(cell.at.astimezone(zone).date(), since)
        last = cell.closed_at.astimezone(zone).date() if cell.closed_at else today
        for days in range((min(last, until) - first).days + 1):
            found.setdefault(first + timedelta(days=days), []).append(cell.title)
    return [CrisisDay(day, tuple(titles)) for day, titles in sorted(found.items())]


def report_of(cell: Cell, number: int) -> SituationReport | None:
    """Return one report of a cell, None where there is none of that number."""
    rows = SituationReport.objects.of(cell).filter(number=number)
    return rows.select_related("by", "cell__scope").first()


def people_on_paper(person: Person, cell: Cell) -> list[FragilePerson]:
    """Return the people of a cell for its paper, by commune then name; the reading is recorded."""
    rows = list(FragilePerson.objects.for_person(person).filter(cell=cell).order_by("commune", "name", "pk"))
    _record_reading(person, cell, len(rows))
    return rows


def people_listed(person: Person, cell: Cell) -> list[FragilePerson]:
    """Return the people of a cell for a page: to go and see, who presses most first, then to call.

    The reading is recorded.
    """
    order = {State.VISIT.value: 0, State.TO_CALL.value: 1, State.DONE.value: 2}
    pressing = {why.value: place for place, why in enumerate(BY_PRESSURE)}
    rows = list(FragilePerson.objects.for_person(person).filter(cell=cell).select_related("claimed_by"))
    _record_reading(person, cell, len(rows))
    return sorted(
        rows,
        key=lambda one: (
            order[one.state],
            pressing.get(one.why, 0),
            one.visit_since or one.call_at or cell.at,
            one.pk,
        ),
    )


def fragile_seen_by(person: Person, cell: Cell, pk: int) -> FragilePerson | None:
    """Return one person of a cell for who may read them; the reading is recorded."""
    row = (
        FragilePerson.objects.for_person(person)
        .filter(cell=cell, pk=pk)
        .select_related("claimed_by", "cell__scope")
        .first()
    )
    if row is not None:
        journal.record(
            by=person,
            verb="crisis.person_read",
            target=journal.target_of(cell),
            changes={"fragile": row.pk},
            scope=cell.scope,
        )
    return row


def _record_reading(person: Person, cell: Cell, count: int) -> None:
    if count:
        changes = {"people": count}
        target = journal.target_of(cell)
        journal.record(by=person, verb="crisis.list_read", target=target, changes=changes, scope=cell.scope)


def instant() -> datetime:
    """Return now, as every count of a page reads it."""
    return timezone.now()


def template(cell: Cell) -> Template:
    """Return the template that a cell was opened on."""
    return template_of(Kind(cell.kind), cell.at)


def late_before() -> datetime:
    """Return the instant before which a visit asked for is late."""
    hours: int = rule("crisis.calls.limits").value["visit_hours"]
    return timezone.now() - timedelta(hours=hours)


def on_the_line(person: Person, cell: Cell) -> FragilePerson | None:
    """Return whom somebody has on the line: taken by them, their minutes not over."""
    held = FragilePerson.objects.for_person(person).filter(cell=cell, state=State.TO_CALL.value)
    return held.filter(claimed_by=person, claimed_until__gt=timezone.now()).order_by("call_at", "pk").first()


def fragile_of(person: Person, cell: Cell, pk: int | None) -> FragilePerson | None:
    """Return one person of a cell for a gesture about them; nothing of them is shown."""
    if pk is None:
        return None
    rows = FragilePerson.objects.for_person(person).filter(cell=cell, pk=pk)
    return rows.select_related("cell__scope").first()


def calls_made(fragile: FragilePerson) -> list[Call]:
    """Return the calls made to somebody who was read, the last first."""
    rows = Call.objects.in_scope(fragile.cell.scope).filter(person=fragile)
    return list(rows.select_related("by").order_by("-at", "-pk"))


def asked_of(cell: Cell, pk: int) -> AskedStructure | None:
    """Return one structure asked by a cell."""
    return AskedStructure.objects.of(cell).filter(pk=pk).select_related("structure", "cell__scope").first()


def declarations_of(asked: AskedStructure) -> list[StructureState]:
    """Return what a structure said, the last first."""
    rows = StructureState.objects.in_scope(asked.cell.scope).filter(asked=asked)
    return list(rows.select_related("by").order_by("-at", "-pk"))


def director_of(cell: Cell) -> Duty | None:
    """Return who directs a cell now: whom a structure calls back."""
    rows = Duty.objects.of(cell).filter(post=Post.DIRECTOR.value, until=None)
    return rows.select_related("person").order_by("is_deputy", "pk").first()
