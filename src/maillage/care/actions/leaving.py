"""What becomes of the tasks, the alert rules and the meetings of somebody who leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.care.actions.meetings import record as record_meeting
from maillage.care.actions.networks import hand_step_on
from maillage.care.actions.recalls import hand_recall_on
from maillage.care.actions.tasks import hand_task_on, reads_plan
from maillage.care.models import AlertRule, Meeting, MeetingInvitation, NetworkStep, Recall, Task
from maillage.care.queries.recalls import carriers
from maillage.care.queries.rights import writes_part
from maillage.care.rules.meetings import MeetingState
from maillage.care.rules.tasks import TaskState
from maillage.kernel import access, journal
from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.people import api as people


def _named(person: Person) -> Q:
    return Q(person=person) | Q(professional__account=person)


def _tasks(person: Person) -> Any:
    # The base manager, here and below: whoever withdraws reads none of it, only how many there are.
    return Task._base_manager.filter(_named(person), state=TaskState.OPEN.value).order_by("pk")


def count_tasks(person: Person) -> int:
    """Return how many tasks somebody still has to do."""
    found: int = _tasks(person).count()
    return found


def hand_tasks_on(leaving: Leaving) -> int:
    """Give each task to who takes over where the patient's circle lets them read it.

    Otherwise to whoever asked for it, or another of the circle; one whom nobody may read stays in the file of
    the patient, where the next of the circle finds it. Return how many the successor took.
    """
    taken = 0
    rows = _tasks(leaving.person).select_related("patient__scope", "scope", "by")
    for row in rows.select_for_update(of=("self",)):
        to = next((one for one in _takers(row, leaving) if one is not None), None)
        if to is not None:
            hand_task_on(by=leaving.by, task=row, to=to, reason=_("départ"))
            taken += to == leaving.successor
    return taken


def _takers(row: Task, leaving: Leaving) -> Any:
    """Yield who may take a task, the first first; None for who may not."""
    for one in (leaving.successor, row.by):
        if one is not None and one.is_active and one.pk != leaving.person.pk:
            yield one if row.patient is None or reads_plan(one, row.patient) else None
    if row.patient is not None:
        for _key, _name, holder in people.holders_reading(row.patient, people.Part.PLAN):
            account = holder if isinstance(holder, Person) else holder.account
            if account is not None and account.is_active and account.pk != leaving.person.pk:
                yield account


def _rules(person: Person) -> Any:
    rows = AlertRule._base_manager.filter(_named(person), switched_on_at__isnull=False, ended_at=None)
    return rows.order_by("pk")


def count_rules(person: Person) -> int:
    """Return how many alert rules in force give their tasks to somebody."""
    found: int = _rules(person).count()
    return found


def hand_rules_on(leaving: Leaving) -> int:
    """Give the tasks of each rule to who takes over where they may read them, else to another of the circle.

    A rule that nobody of the circle can take goes on: its task is in the file of the patient.
    """
    taken = 0
    rows = _rules(leaving.person).select_related("patient__scope", "by")
    for row in rows.select_for_update(of=("self",)):
        to = next((one for one in _takers(row, leaving) if one is not None), None)
        if to is None:
            continue
        sheet = getattr(to, "professional", None)
        row.professional, row.person = sheet, None if sheet is not None else to
        row.save(update_fields=["professional", "person"])
        journal.record(
            by=leaving.by,
            verb="care.rule_handed_on",
            target=journal.target_of(row),
            changes={"person": [leaving.person, to]},
            reason=leaving.reason,
            scope=row.scope_id,
        )
        taken += to == leaving.successor
    return taken


def _recalls(person: Person) -> Any:
    return Recall._base_manager.filter(_named(person), ended_at=None).order_by("pk")


def count_recalls(person: Person) -> int:
    """Return how many patients' recalls somebody carries."""
    found: int = _recalls(person).count()
    return found


def hand_recalls_on(leaving: Leaving) -> int:
    """Give each recall to who takes over where they write the patient's file, else to another of the circle.

    One that nobody of the circle can take stays in the file of the patient, with its day.
    """
    return _hand_on(
        leaving,
        _recalls(leaving.person).select_related("patient__scope", "professional"),
        lambda row: row.patient,
        people.Part.HEALTH,
        lambda row, to: hand_recall_on(by=leaving.by, recall=row, to=to, reason=leaving.reason),
    )


def _hand_on(
    leaving: Leaving,
    rows: Any,
    patient_of: Callable[[Any], people.Patient],
    part: people.Part,
    give: Callable[[Any, Person], Any],
) -> int:
    """Give each row to who takes over in a part of its patient's file; return how many the successor took."""
    taken = 0
    for row in rows.select_for_update(of=("self",)):
        to = _writer(leaving, patient_of(row), part)
        if to is not None:
            give(row, to)
            taken += to == leaving.successor
    return taken


def _writer(leaving: Leaving, patient: people.Patient, part: people.Part) -> Person | None:
    """Return who takes over in a part of a file: the successor, else another of the circle."""
    to = leaving.successor
    if to is not None and to.is_active and writes_part(to, patient, part):
        return to
    return next((one for one in carriers(patient, part) if one.pk != leaving.person.pk), None)


def _steps(person: Person) -> Any:
    rows = NetworkStep._base_manager.filter(_named(person), done_on=None, pathway__closed_at=None)
    return rows.order_by("pk")


def count_steps(person: Person) -> int:
    """Return how many steps of pathways somebody still has to do."""
    found: int = _steps(person).count()
    return found


def hand_steps_on(leaving: Leaving) -> int:
    """Give each step to who takes over where they write the patient's plan, else to another of the circle."""
    return _hand_on(
        leaving,
        _steps(leaving.person).select_related("pathway__patient__scope"),
        lambda row: row.pathway.patient,
        people.Part.PLAN,
        lambda row, to: hand_step_on(by=leaving.by, step=row, to=to, reason=leaving.reason),
    )


def _invitations(person: Person) -> Any:
    rows = MeetingInvitation._base_manager.filter(_named(person), withdrawn_at=None)
    return rows.filter(meeting__ends_at__gt=timezone.now()).order_by("pk")


def count_invitations(person: Person) -> int:
    """Return how many meetings to come somebody is asked to."""
    found: int = _invitations(person).count()
    return found


def end_invitations(leaving: Leaving) -> int:
    """Ask them no more, at once."""
    for row in _invitations(leaving.person).select_related("meeting").select_for_update(of=("self",)):
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        record_meeting(leaving.by, "care.meeting_uninvited", row, {})
    return 0


def _meetings(person: Person) -> Any:
    rows = Meeting._base_manager.filter(organiser=person, ends_at__gt=timezone.now())
    return rows.exclude(state=MeetingState.CANCELLED.value).order_by("pk")


def count_meetings(person: Person) -> int:
    """Return how many meetings to come somebody organises."""
    found: int = _meetings(person).count()
    return found


def hand_meetings_on(leaving: Leaving) -> int:
    """Give each meeting to who takes over where they work in its scope, else to who keeps its meetings."""
    taken = 0
    for row in _meetings(leaving.person).select_related("scope").select_for_update(of=("self",)):
        to = leaving.successor
        if to is None or not access.may(to, Permission.BOOK_APPOINTMENT, row.scope):
            kept_by = access.people_with(Permission.MANAGE_MEETINGS, row.scope)
            to = next((one for one in kept_by if one.pk != leaving.person.pk), None)
        if to is None:
            continue
        row.organiser = to
        row.sequence += 1
        row.save(update_fields=["organiser", "sequence"])
        record_meeting(leaving.by, "care.meeting_taken_over", row, {"organiser": [leaving.person.pk, to.pk]})
        taken += to == leaving.successor
    return taken


WITHDRAWALS = (
    Withdrawal(
        "care.tasks",
        lazy("Tâches à faire"),
        Fate.PASSES,
        count_tasks,
        ("care.task.person", "care.task.professional"),
        hand_tasks_on,
        otherwise=lazy("rendues à qui les a demandées ou au cercle de soins"),
        order=22,
    ),
    Withdrawal(
        "care.rules",
        lazy("Règles d’alerte qui lui donnent des tâches"),
        Fate.PASSES,
        count_rules,
        ("care.alertrule.person", "care.alertrule.professional"),
        hand_rules_on,
        otherwise=lazy("rendues au cercle de soins"),
        order=24,
    ),
    Withdrawal(
        "care.recalls",
        lazy("Patients à rappeler"),
        Fate.PASSES,
        count_recalls,
        ("care.recall.person", "care.recall.professional"),
        hand_recalls_on,
        otherwise=lazy("rendus au cercle de soins"),
        order=25,
    ),
    Withdrawal(
        "care.steps",
        lazy("Étapes de parcours à faire"),
        Fate.PASSES,
        count_steps,
        ("care.networkstep.person", "care.networkstep.professional"),
        hand_steps_on,
        otherwise=lazy("rendues au cercle de soins"),
        order=25,
    ),
    Withdrawal(
        "care.meetings",
        lazy("Réunions à venir à tenir"),
        Fate.PASSES,
        count_meetings,
        ("care.meeting.organiser",),
        hand_meetings_on,
        otherwise=lazy("rendues à la coordination"),
        order=26,
    ),
    Withdrawal(
        "care.invitations",
        lazy("Invitations à des réunions"),
        Fate.ENDS,
        count_invitations,
        ("care.meetinginvitation.person", "care.meetinginvitation.professional"),
        end_invitations,
        order=14,
    ),
)
