"""From a project to what its page draws: clocks on one scale, missions with their objectives and actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.figures import Figure
from maillage.project.computations.findings import basis_of, findings
from maillage.project.models import (
    MISSION_LABELS,
    MONEY_LABELS,
    STATE_LABELS,
    LinkedPlan,
    Objective,
    Passage,
    Project,
)
from maillage.project.pages import words
from maillage.project.queries.projects import ActionSeen, Whole
from maillage.project.rules.actions import Money, MoneySource, money
from maillage.project.rules.missions import Clock, ClockState, Mission
from maillage.project.rules.states import WAY, ProjectKind, ProjectState

#: The drawing of a clock: its width, and the months that it always shows.
WIDTH, MONTHS = 240, 26
_DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A mission on the common scale: where its steps stand, in the units of the drawing; empty: not shown."""

    clock: Clock
    name: str
    said: str
    label: str
    kind: str
    start_x: str
    deployed_x: str
    today_x: str
    bar_to: str
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action in a list: its next step, its money, and what is late in words; empty where nothing is.

    `mission` is its mission where it is another than that of its objective.
    """

    seen: ActionSeen
    next: str
    money: str
    late: str
    mission: str


@dataclass(frozen=True, slots=True)
class ObjectiveSeen:
    """An objective with its actions, the figure it was made from, and that of today where it moved.

    `opened` shows the operations behind what its actions spent, empty where there are none to open.
    """

    objective: Objective
    figure: Figure | None
    said: str
    noted: str
    moved: str
    url: str
    actions: tuple[ActionLine, ...]
    links: tuple[LinkedPlan, ...]
    money: MoneyLine
    opened: str


@dataclass(frozen=True, slots=True)
class MissionSeen:
    """A mission with its objectives, how many of its actions are late, and its money.

    `url` opens the operations behind what it spent, empty where there are none to open.
    """

    mission: Mission
    name: str
    objectives: tuple[ObjectiveSeen, ...]
    count: int
    late: int
    money: Money
    said: str
    url: str


@dataclass(frozen=True, slots=True)
class WayStep:
    """A step of the way to the contract: done, current, to come; `said` is its day."""

    label: str
    state: str
    said: str


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """What one source of money comes to, as it is written."""

    name: str
    money: Money
    asked: str
    granted: str
    spent: str


def clock_lines(whole: Whole, forms: Mapping[Mission, Form]) -> list[ClockLine]:
    """Return the six missions on one scale of months from the signature, each with the form that marks it."""
    signed = whole.project.signed_on
    span = float(MONTHS)
    if signed is not None:
        span = max(span, (whole.today - signed).days / _DAYS_A_MONTH + 1)
    return [
        replace(_clock_line(one, signed, whole.today, span), form=forms.get(one.mission))
        for one in whole.clocks
    ]


def _clock_line(clock: Clock, signed: date | None, today: date, span: float) -> ClockLine:
    def place(months: float | None) -> str:
        # A text: a number would be written with a comma, which a drawing does not read.
        return "" if months is None else f"{months / span * WIDTH:.1f}"

    def since(day: date | None) -> float | None:
        return None if day is None or signed is None else max((day - signed).days / _DAYS_A_MONTH, 0)

    months = clock.months
    done = since(clock.deployed_on) if clock.deployed_on else since(today) if clock.started_on else None
    labels = {
        ClockState.DEPLOYED: (_("déployée"), "good"),
        ClockState.STARTED: (_("démarrée"), "good"),
        ClockState.START_LATE: (_("en retard"), "attention"),
        ClockState.DEPLOY_LATE: (_("en retard"), "attention"),
        ClockState.TO_START: (_("à démarrer"), ""),
        ClockState.NOT_RUNNING: (_("avant signature"), ""),
        ClockState.FREE: (_("facultative"), ""),
    }
    label, kind = labels[clock.state]
    return ClockLine(
        clock, words.mission_name(clock), words.clock_said(clock, today), label, kind,
        place(float(months.start) if months else None), place(float(months.deployed) if months else None),
        place(since(today)), place(done),
    )  # fmt: skip


def missions_seen(whole: Whole) -> list[MissionSeen]:
    """Return the missions that have an objective or an action, in the order of the law; money by action."""
    current = _today_figures(whole)
    found = []
    for mission in Mission:
        own = [one for one in whole.objectives if one.of_mission is mission]
        # By the mission of each action, as the accounts count: an objective may have actions of another.
        of_own = [one for one in whole.actions if one.action.of_mission is mission]
        if not own and not of_own:
            continue
        late = sum(one.is_late for one in of_own if one.action.is_open)
        spent = sum((one.money for one in of_own), Money())
        found.append(
            MissionSeen(
                mission,
                str(MISSION_LABELS[mission]),
                tuple(objective_seen(whole, one, current) for one in own),
                len(of_own),
                late,
                spent,
                _said(len(of_own), late, spent),
                opened(whole, projet=whole.project.pk, mission=mission.value) if spent.spent else "",
            )
        )
    return found


def _said(count: int, late: int, spent: Money) -> str:
    said = [ngettext("{count} action", "{count} actions", count).format(count=formats.number(count))]
    if late:
        said.append(
            ngettext("{count} en retard", "{count} en retard", late).format(count=formats.number(late))
        )
    if spent.granted and spent.spent is not None:
        said.append(
            _("{spent} dépensés sur {granted}").format(
                spent=words.euros(spent.spent), granted=words.euros(spent.granted)
            )
        )
    elif spent.spent:
        said.append(_("{spent} dépensés").format(spent=words.euros(spent.spent)))
    elif spent.granted:
        said.append(_("{granted} accordés").format(granted=words.euros(spent.granted)))
    elif spent.asked:
        said.append(_("{asked} demandés").format(asked=words.euros(spent.asked)))
    return " · ".join(said)


def opened(whole: Whole, **asked: object) -> str:
    """Return the address of the operations behind what is asked, empty where there are none to open."""
    return whole.spending.opened(**asked) if whole.spending is not None else ""


def objective_seen(whole: Whole, one: Objective, current: dict[str, Figure | None]) -> ObjectiveSeen:
    """Return an objective as its project shows it."""
    figure = one.figure
    own = whole.of_objective(one)
    spent = sum((each.money for each in own), Money())
    noted = (
        _("relevé le {day}").format(day=formats.date_short(one.noted_on)) if figure and one.noted_on else ""
    )
    return ObjectiveSeen(
        one,
        figure,
        figure_said(figure) if figure else "",
        noted,
        moved_said(one, current),
        diagnosis_url(whole.project, one),
        tuple(map(action_line, own)),
        whole.links.get(one.pk, ()),
        money_line("", spent),
        opened(whole, objectif=one.pk) if spent.spent else "",
    )


def _today_figures(whole: Whole) -> dict[str, Figure | None]:
    """Return the figures of today of the objectives whose data or perimeter changed since; else none."""
    return today_figures(whole.project, whole.objectives)


def today_figures(project: Project, objectives: Sequence[Objective]) -> dict[str, Figure | None]:
    """Return by finding the figure of today, None where the diagnosis no longer finds it.

    Only of the objectives whose data, parameters or perimeter changed since: the others stand as they are.
    """
    made = [one for one in objectives if one.finding]
    if not made:
        return {}
    basis = basis_of(project.territory)
    if not basis or all(one.basis == basis for one in made):
        return {}
    found = findings(project.territory)
    return {
        one.finding: (each.figure if (each := found.finding(one.finding)) else None)
        for one in made
        if one.basis != basis
    }


def moved_said(one: Objective, current: dict[str, Figure | None]) -> str:
    """Return the figure of today where it is another than the one kept, empty where it is the same."""
    if one.finding not in current:
        return ""
    figure = current[one.finding]
    if figure is None:
        return _("le diagnostic d’aujourd’hui ne trouve plus ce constat")
    before, now = one.figure, figure
    assert before is not None
    then = formats.quantity(before.value, before.unit, before.decimals)
    today = formats.quantity(now.value, now.unit, now.decimals)
    return "" if then == today else _("aujourd’hui {value}").format(value=today)


def figure_said(figure: Figure) -> str:
    """Return a figure with its unit, as its page writes it."""
    return _("secret") if figure.suppressed else formats.quantity(figure.value, figure.unit, figure.decimals)


def diagnosis_url(project: Project, one: Objective) -> str:
    """Return the page of the diagnosis that an objective came from, empty for another."""
    return reverse(f"territory:{one.page}", args=[project.territory.slug]) if one.page else ""


def way_steps(whole: Whole) -> list[WayStep]:
    """Return the way to the contract: what was done, when, and where the project stands."""
    last: dict[ProjectState, Passage] = {one.stands: one for one in whole.passages}
    kind = ProjectKind(whole.project.kind)
    shown = [one for one in WAY if kind is ProjectKind.CPTS or one is not ProjectState.LETTER_SENT]
    stands = whole.project.stands
    reached = max((shown.index(one) for one in last if one in shown), default=0)
    found = []
    for place, one in enumerate(shown):
        said = formats.date_short(last[one].on) if one in last else ""
        state = (
            "done"
            if place < reached or (place == reached and stands is not ProjectState.DRAFT)
            else "to-come"
        )
        if one is stands or (place == reached + 1 and stands is not ProjectState.ENDED and one not in last):
            state = "current" if state != "done" else state
        found.append(WayStep(str(STATE_LABELS[one]), state, said))
    return found


def money_lines(whole: Whole) -> list[MoneyLine]:
    """Return what each source of money asked, granted, spent; those without a line left out.

    The accounts say which action is paid, not from which of its sources: what each spent is then not known.
    """
    every = [line for one in whole.actions for line in one.lines]
    found = []
    for source in MoneySource:
        own = money((one.asked, one.granted, one.spent) for one in every if one.source == source.value)
        if whole.spending is not None and own != Money():
            own = replace(own, spent=None)
        if own != Money():
            found.append(money_line(str(MONEY_LABELS[source]), own))
    return found


def money_line(name: str, own: Money) -> MoneyLine:
    """Return money with its amounts written."""
    return MoneyLine(name, own, *(words.euros(one) for one in (own.asked, own.granted, own.spent)))


def action_line(one: ActionSeen) -> ActionLine:
    """Return an action as a list shows it."""
    step = one.next_step if one.action.is_open else None
    said = f"{step.title}, {formats.date_short(step.due_on)}" if step is not None else formats.UNKNOWN
    has_money = one.lines or one.money.spent
    amounts = (words.euros(one.money.spent), words.euros(one.money.granted))
    money = " / ".join(amounts) if has_money else formats.UNKNOWN
    late = ""
    if one.is_late and one.action.is_open:
        count = one.days_late
        text = ngettext("{count} jour de retard", "{count} jours de retard", count)
        late = text.format(count=formats.number(count))
    mission = one.action.mission if one.action.mission != one.action.objective.mission else ""
    return ActionLine(one, said, money, late, str(MISSION_LABELS[Mission(mission)]) if mission else "")
