"""Projects that a person may read, and all that one holds, read in a bounded number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from maillage.kernel import access, clock
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.project.models import (
    Action,
    ActionMeeting,
    Axis,
    BudgetLine,
    Chapter,
    LinkedPlan,
    MissionMark,
    Objective,
    Passage,
    Project,
    Step,
)
from maillage.project.queries.spending import Spending, spending_of
from maillage.project.rules.actions import Money, money
from maillage.project.rules.missions import Clock, Mission, Months, clocks
from maillage.territory import api as territory

OPTIONAL_RULE = "project.missions.optional"


@dataclass(frozen=True)
class ActionSeen:
    """An action with its steps (none withdrawn), its money and its meetings, as of a day.

    `spending` is what the accounts say, None where the territory keeps none: what is spent is then declared.
    """

    action: Action
    steps: tuple[Step, ...]
    lines: tuple[BudgetLine, ...]
    meetings: tuple[ActionMeeting, ...]
    today: date
    spending: Spending | None = None

    @cached_property
    def late_steps(self) -> list[Step]:
        """The steps whose day has passed, while the action goes on."""
        return [one for one in self.steps if one.is_overdue(self.today)]

    @property
    def is_late(self) -> bool:
        """Whether a step, or the whole, should be over."""
        return bool(self.late_steps) or self.action.is_overdue(self.today)

    @property
    def next_step(self) -> Step | None:
        """The first step that is not done, None where all are."""
        return next((one for one in self.steps if one.done_on is None), None)

    @cached_property
    def money(self) -> Money:
        """What it asked, was granted and spent, as the accounts have it where they are kept."""
        found = money((one.asked, one.granted, one.spent) for one in self.lines)
        return found if self.spending is None else replace(found, spent=self.spending.of(self.action))

    @property
    def declared(self) -> Decimal:
        """What was declared as spent, line by line."""
        return sum((one.spent for one in self.lines), Decimal(0))

    @property
    def days_late(self) -> int:
        """Since how many days the oldest thing late is."""
        days = [one.due_on for one in self.late_steps]
        if self.action.is_overdue(self.today) and self.action.ends_on is not None:
            days.append(self.action.ends_on)
        return (self.today - min(days)) // timedelta(days=1) if days else 0


@dataclass(frozen=True)
class Whole:
    """A project with all that it holds; `today` is the day of its territory."""

    project: Project
    today: date
    passages: tuple[Passage, ...]
    axes: tuple[Axis, ...]
    objectives: tuple[Objective, ...]
    actions: tuple[ActionSeen, ...]
    clocks: tuple[Clock, ...]
    chapters: dict[str, Chapter]
    links: dict[int, tuple[LinkedPlan, ...]]
    spending: Spending | None = None

    @cached_property
    def open(self) -> list[ActionSeen]:
        """The actions that are neither done nor dropped."""
        return [one for one in self.actions if one.action.is_open]

    @cached_property
    def late(self) -> list[ActionSeen]:
        """Those late, the latest first."""
        found = [one for one in self.open if one.is_late]
        return sorted(found, key=lambda one: (-one.days_late, one.action.pk))

    @cached_property
    def money(self) -> Money:
        """What the whole project asked, was granted and spent."""
        return sum((one.money for one in self.actions), Money())

    @property
    def declared(self) -> Decimal:
        """What was declared as spent, all actions."""
        return sum((one.declared for one in self.actions), Decimal(0))

    @property
    def late_clocks(self) -> list[Clock]:
        """The missions whose legal day has passed."""
        return [one for one in self.clocks if one.is_late]

    def of_objective(self, objective: Objective) -> list[ActionSeen]:
        """Return the actions of an objective."""
        return [one for one in self.actions if one.action.objective_id == objective.pk]


def projects_for(person: Person) -> list[Project]:
    """Return the projects that a person may read, those that go on first, the newest first."""
    rows = Project.objects.for_person(person).select_related("territory__scope", "by")
    found = list(rows.order_by("-starts_on", "-pk")[:100])
    return sorted(found, key=lambda one: one.is_ended)


def project_seen_by(person: Person, pk: int) -> Project | None:
    """Return one project, None for one of another territory."""
    rows = Project.objects.for_person(person).filter(pk=pk)
    return rows.select_related("territory__scope", "by").first()


def action_seen_by(person: Person, pk: int) -> Action | None:
    """Return one action, None for one of another territory."""
    rows = Action.objects.for_person(person).filter(pk=pk)
    return rows.select_related(
        "project__territory__scope", "objective", "professional__account", "person", "by"
    ).first()


def objective_seen_by(person: Person, pk: int) -> Objective | None:
    """Return one objective, None for one of another territory or withdrawn."""
    rows = Objective.objects.for_person(person).filter(pk=pk, withdrawn_at=None)
    return rows.select_related("project__territory__scope", "axis", "by").first()


def places_to_write(person: Person) -> list[territory.Territory]:
    """Return the territories whose project a person may write."""
    scopes = access.scopes_of(person, Permission.EDIT_PROJECT)
    rows = territory.Territory.objects.select_related("scope").order_by("search_name", "pk")
    return list(rows if scopes is None else rows.filter(scope__in=scopes))


def months_of_missions(on: date | None = None) -> dict[Mission, Months]:
    """Return the legal months of each mission that has any."""
    free = set(rule(OPTIONAL_RULE, on).value)
    found = {}
    for one in Mission:
        if one.value not in free:
            value = rule(f"project.missions.{one.value}", on).value
            found[one] = Months(int(value["start"]), int(value["deployed"]))
    return found


def clocks_of(project: Project, marks: Sequence[MissionMark], today: date) -> list[Clock]:
    """Return the clocks of a project on a day."""
    done = {Mission(one.mission): one.days for one in marks}
    return clocks(months_of_missions(), project.signed_on, done, today)


def whole_of(project: Project, reader: Person | None = None) -> Whole:
    """Return a project that was read in scope, with all that it holds; twelve statements.

    `reader`: what is spent is read from the accounts as they may see them; without one, whole.
    """
    today = clock.today(project.territory.scope)
    spending = spending_of(project, reader)
    actions = list(
        Action.objects.of(project)
        .select_related("professional__account", "person", "objective")
        .order_by("starts_on", "pk")
    )
    return Whole(
        project=project,
        today=today,
        passages=tuple(Passage.objects.of(project).select_related("by").order_by("on", "pk")),
        axes=tuple(Axis.objects.of(project).order_by("position", "pk")),
        objectives=tuple(
            Objective.objects.of(project).filter(withdrawn_at=None).select_related("axis").order_by("pk")
        ),
        actions=tuple(actions_seen(project, actions, today, spending)),
        clocks=tuple(clocks_of(project, list(MissionMark.objects.of(project)), today)),
        chapters={one.name: one for one in Chapter.objects.of(project).select_related("by")},
        links=_links(project),
        spending=spending,
    )


def actions_seen(
    project: Project, actions: Sequence[Action], today: date, spending: Spending | None = None
) -> list[ActionSeen]:
    """Return actions of a project with what each holds; three statements."""
    of: dict[int, Action] = {one.pk: one for one in actions}
    for one in of.values():
        one.project = project
    steps: dict[int, list[Step]] = defaultdict(list)
    rows = Step.objects.of(project).filter(withdrawn_at=None, action__in=of)
    for step in rows.select_related("professional__account", "person").order_by("due_on", "pk"):
        step.action = of[step.action_id]
        steps[step.action_id].append(step)
    lines: dict[int, list[BudgetLine]] = defaultdict(list)
    for line in BudgetLine.objects.of(project).filter(action__in=of).order_by("pk"):
        lines[line.action_id].append(line)
    meetings: dict[int, list[ActionMeeting]] = defaultdict(list)
    linked = ActionMeeting.objects.of(project).filter(action__in=of).select_related("meeting__scope")
    for meeting in linked.order_by("meeting__starts_at", "pk"):
        meetings[meeting.action_id].append(meeting)
    return [
        ActionSeen(one, tuple(steps[one.pk]), tuple(lines[one.pk]), tuple(meetings[one.pk]), today, spending)
        for one in actions
    ]


def _links(project: Project) -> dict[int, tuple[LinkedPlan, ...]]:
    found: dict[int, list[LinkedPlan]] = defaultdict(list)
    for one in LinkedPlan.objects.of(project).order_by("pk"):
        found[one.objective_id].append(one)
    return {key: tuple(rows) for key, rows in found.items()}
