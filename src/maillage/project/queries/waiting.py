"""What of projects waits for somebody: their steps, what is late on a territory, what the board reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.statements import given
from maillage.project.models import Action, MissionMark, Project, Step
from maillage.project.queries.projects import clocks_of
from maillage.project.rules.actions import OPEN
from maillage.project.rules.missions import Clock
from maillage.project.rules.states import IN_FORCE, ProjectState

_GOING = [one.value for one in OPEN]


def _own(person: object) -> Q:
    """Return the condition « `person` carries this step »: its own, or else as the lead of its action."""
    named = Q(person=person) | Q(professional__account=person)
    lead = Q(action__person=person) | Q(action__professional__account=person)
    return named | Q(person=None, professional=None) & lead


def _to_do() -> Q:
    return Q(done_on=None, withdrawn_at=None, action__state__in=_GOING) & ~Q(
        action__project__state=ProjectState.ENDED.value
    )


def steps_waiting() -> QuerySet[Step]:
    """Return the steps that the reader carries and whose day has come or comes soon, for a statement."""
    # The base manager, for keys alone: they are read in scope before they are drawn.
    rows = Step._base_manager.filter(_own(given("person")), _to_do(), shows_on__lte=given("day"))
    return rows.annotate(due_at=Cast("due_on", DateTimeField()))


def steps_drawn(person: Person, keys: Sequence[int]) -> list[Step]:
    """Return the steps of some keys that still wait for `person`, the next first."""
    rows = Step.objects.for_person(person).filter(_own(person), _to_do(), pk__in=list(keys))
    return list(rows.select_related("action__project").order_by("due_on", "pk"))


@dataclass(frozen=True, slots=True)
class Late:
    """What is late in the projects that somebody writes: steps, and missions on their legal clock."""

    steps: list[Step]
    clocks: list[tuple[Project, Clock]]


def late_of(person: Person) -> Late:
    """Return what is late in the projects that `person` writes, the oldest first; three statements."""
    scopes = access.scopes_of(person, Permission.EDIT_PROJECT)
    if scopes == []:
        return Late([], [])
    today = timezone.localdate()
    inside = Q() if scopes is None else Q(action__project__territory__scope__in=scopes)
    rows = Step.objects.for_person(person).filter(inside, _to_do(), due_on__lt=today)
    steps = list(
        rows.select_related("action__person", "action__professional", "person", "professional").order_by(
            "due_on", "pk"
        )
    )
    signed = Project.objects.for_person(person).filter(state__in=[one.value for one in IN_FORCE])
    if scopes is not None:
        signed = signed.filter(territory__scope__in=scopes)
    projects = list(signed.select_related("territory__scope"))
    marks = list(MissionMark.objects.for_person(person).filter(project__in=projects)) if projects else []
    clocks = [
        (project, clock)
        for project in projects
        for clock in clocks_of(project, [one for one in marks if one.project_id == project.pk], today)
        if clock.is_late
    ]
    return Late(steps, sorted(clocks, key=lambda one: one[1].next_day or today))


@dataclass(frozen=True, slots=True)
class Followed:
    """What the board follows: the actions that are late, and how many there are in all."""

    late: list[Action]
    total: int


def followed(person: Person) -> Followed:
    """Return the actions of the projects that `person` reads and that go on; one statement."""
    today = timezone.localdate()
    behind = Step._base_manager.filter(
        action=OuterRef("pk"), done_on=None, withdrawn_at=None, due_on__lt=today
    )
    rows = Action.objects.for_person(person).exclude(project__state=ProjectState.ENDED.value)
    actions = list(
        rows.annotate(is_behind=Exists(behind)).select_related("person", "professional").order_by("pk")
    )
    late = [one for one in actions if one.is_open and (one.is_behind or one.is_overdue(today))]  # type: ignore[attr-defined]  # annotated above
    return Followed(late, len(actions))
