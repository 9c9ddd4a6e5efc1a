"""Opening a task, doing it, cancelling it, passing it on: each is safe to repeat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.models import Task
from maillage.care.queries.rights import may_write, require_writer
from maillage.care.rules.tasks import INBOX_KIND, Priority, TaskOrigin, TaskState, deadline
from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import access, confiding, databases, journal
from maillage.kernel.models import InboxHolding, Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, made_meanwhile, same_write
from maillage.people import api as people

Owner = directory.Professional | Person
LONGEST = 2000


@transaction.atomic
def open_task(
    *,
    by: Person | None,
    scope: Scope,
    owner: Owner,
    title: str,
    key: str,
    patient: people.Patient | None = None,
    why: str = "",
    due_at: datetime | None = None,
    priority: Priority = Priority.ROUTINE,
    origin: TaskOrigin = TaskOrigin.HAND,
    source: str = "",
    follows: Task | None = None,
) -> Task:
    """Ask somebody to do something; without `due_at`, in the delay of the priority. They are told.

    About a patient, `by` writes the plan by the circle of care and `owner` reads it; about nobody, `by` works
    in the scope. `by` is None for a rule of the plan, whose action has checked who may. The same `key` of
    `by` again returns the first task; it is refused about somebody else. Raises PermissionDenied,
    ValidationError.
    """
    known = made_before(Task, by=by, key=key)
    if known is not None:
        return _same(known, scope, patient)
    if by is not None:
        _require(by, scope, patient)
    said = " ".join(title.split())
    if not said:
        raise ValidationError(_("Dites ce qui est à faire."))
    if patient is not None and not reads_plan(owner, patient):
        raise ValidationError(
            _(
                "{name} ne lit pas le plan de cette personne : faites-le d’abord entrer dans le cercle."
            ).format(name=owner)
        )
    now = timezone.now()
    if due_at is None:
        due_at = deadline(now, priority, rule("care.tasks.due_hours").value)
    task = Task(
        key=key,
        scope=scope,
        patient=patient,
        title=said[:200],
        why=why.strip()[:LONGEST],
        origin=origin.value,
        source=source,
        priority=priority.value,
        due_at=due_at,
        by=by,
        at=now,
        follows=follows,
        **named(owner),
    )
    if not databases.insert_new([task], unique=["by", "key"]):  # the same, at the same moment
        return _same(made_meanwhile(Task, by=by, key=key), scope, patient)
    _tell(task, by)
    _record(by, "care.task_opened", task, {"priority": [None, task.priority], "due_at": [None, due_at]})
    return task


@transaction.atomic
def close_task(*, by: Person, task: Task, outcome: str = "") -> Task:
    """Note that a task is done, and with what; done already, nothing changes.

    For its owner, or who writes the plan of its patient; one about nobody, for who holds the owner's inbox
    too. What a rule raised asks for a word. Raises PermissionDenied; ValidationError where it was cancelled
    or passed on.
    """
    row = _locked(by, task)
    if row.state == TaskState.DONE.value:
        return row
    said = outcome.strip()[:LONGEST]
    if row.asks_for_words and not said:
        raise ValidationError(_("Dites en un mot ce qui a été fait : l’équipe le lira."))
    return _close(by, row, TaskState.DONE, said, "care.task_done")


@transaction.atomic
def cancel_task(*, by: Person, task: Task, reason: str) -> Task:
    """Note that a task is no longer to do, and why; again, nothing changes. Raises as `close_task`."""
    row = _locked(by, task)
    if row.state == TaskState.CANCELLED.value:
        return row
    if not reason.strip():
        raise ValidationError(_("Dites pourquoi ce n’est plus à faire."))
    return _close(by, row, TaskState.CANCELLED, reason.strip()[:LONGEST], "care.task_cancelled")


def cancel_by_rule(*, by: Person, task: Task, reason: str) -> Task:
    """Cancel a task that a rule wrote and that nothing calls for any more; a closed one stays as it is."""
    row = Task.objects.in_scope(task.scope).select_for_update(of=("self",)).get(pk=task.pk)
    if row.is_open:
        _close(by, row, TaskState.CANCELLED, reason, "care.task_cancelled")
    return row


def cancel_task_of(*, by: Person | None, patient: people.Patient, source: str, reason: str) -> int:
    """Cancel what is still to do that came from a row (`source`), and that no longer calls for it.

    Inside the action that changes the row, which has checked who may; return how many.
    """
    rows = Task.objects.of_patient(patient).open().filter(source=source).select_for_update(of=("self",))
    return len([_close(by, row, TaskState.CANCELLED, reason, "care.task_cancelled") for row in rows])


@transaction.atomic
def transfer_task(*, by: Person, task: Task, to: Owner, reason: str = "") -> Task:
    """Pass a task on to somebody who reads the plan, with its deadline; return the one that follows it.

    Again, the same one is returned. Raises as `close_task`; ValidationError where they may not read it.
    """
    row = _locked(by, task)
    followed = Task.objects.in_scope(row.scope).filter(follows=row).first()
    if followed is not None:
        return followed
    if named(to) == {"professional": row.professional} or named(to) == {"person": row.person}:
        raise ValidationError(_("Cette personne a déjà cette tâche."))
    _close(by, row, TaskState.TRANSFERRED, reason.strip()[:LONGEST], "care.task_transferred")
    return open_task(
        by=by,
        scope=row.scope,
        patient=row.patient,
        owner=to,
        title=row.title,
        why=row.why,
        key=f"follows-{row.pk}",
        due_at=row.due_at,
        priority=Priority(row.priority),
        origin=TaskOrigin(row.origin),
        source=row.source,
        follows=row,
    )


def hand_task_on(*, by: Person, task: Task, to: Owner, reason: str) -> Task:
    """Give a task to somebody else because its owner leaves, inside the action that has checked who may.

    Raises as `open_task` where they may not read it.
    """
    _close(by, task, TaskState.TRANSFERRED, reason[:LONGEST], "care.task_transferred")
    return open_task(
        by=None,
        scope=task.scope,
        patient=task.patient,
        owner=to,
        title=task.title,
        why=task.why,
        key=f"follows-{task.pk}",
        due_at=task.due_at,
        priority=Priority(task.priority),
        origin=TaskOrigin(task.origin),
        source=task.source,
        follows=task,
    )


def named(owner: Owner) -> dict[str, Any]:
    """Return the field of a task that names its owner: their sheet where an account has one."""
    if isinstance(owner, directory.Professional):
        return {"professional": owner}
    sheet = getattr(owner, "professional", None)
    return {"person": owner} if sheet is None else {"professional": sheet}


def reads_plan(owner: Owner, patient: people.Patient) -> bool:
    """Return whether somebody has an account that reads the plan of a patient."""
    account = owner if isinstance(owner, Person) else owner.account
    return account is not None and people.decision(account, patient, people.Part.PLAN).is_allowed


def _same(known: Task, scope: Scope, patient: people.Patient | None) -> Task:
    """Return what the same write made before. Raises ValidationError where it was about somebody else."""
    return same_write(
        known, is_same=(known.scope_id, known.patient_id) == (scope.pk, patient.pk if patient else None)
    )


def _require(by: Person, scope: Scope, patient: people.Patient | None) -> None:
    if patient is not None:
        require_writer(by, patient, people.Part.PLAN)
    else:
        access.require(by, Permission.BOOK_APPOINTMENT, scope)


def _locked(by: Person, task: Task) -> Task:
    """Return the row, locked, for who may close it. Raises PermissionDenied."""
    row = Task.objects.for_person(by).filter(pk=task.pk).first()
    if row is None and task.patient_id is None and _held(by, task) is not None:
        row = task
    if row is None:
        raise PermissionDenied(_("Vous ne lisez pas cette tâche."))
    row = (
        Task.objects.in_scope(row.scope)
        .select_for_update(of=("self",))
        .select_related("patient")
        .get(pk=row.pk)
    )
    sheet = row.professional
    is_owner = row.person_id == by.pk or (sheet is not None and sheet.account_id == by.pk)
    if row.patient is None or is_owner:
        return row
    if not may_write(people.decision(by, row.patient, people.Part.PLAN)):
        raise PermissionDenied(_("Cette tâche se clôt par qui la porte, ou par l’équipe de soins."))
    return row


def _close(by: Person | None, row: Task, state: TaskState, said: str, verb: str) -> Task:
    if not row.is_open:
        raise ValidationError(
            _("Cette tâche est déjà close : {state}.").format(state=row.get_state_display())
        )
    row.state, row.closed_by, row.closed_at, row.outcome = state.value, by, timezone.now(), said
    row.save(update_fields=["state", "closed_by", "closed_at", "outcome"])
    held = _held(by, row)
    confiding.note_deed(held, kind=INBOX_KIND, row=row.pk, target=journal.target_of(row), verb=verb)
    _record(by, verb, row, {"state": [TaskState.OPEN.value, state.value], **confiding.said(held)})
    return row


def _held(by: Person | None, row: Task) -> InboxHolding | None:
    """Return by what `by` acts for the owner of a task, None where they act for themselves."""
    owner = row.person or (row.professional.account if row.professional else None)
    return None if by is None else confiding.on_behalf(by=by, owner=owner, kind=INBOX_KIND)


def _tell(task: Task, by: Person | None) -> None:
    """Tell the owner, in their inbox, that something waits: no word of health, no name."""
    account = task.person or (task.professional.account if task.professional else None)
    if account is None or (by is not None and account.pk == by.pk):
        return
    exchange.notify(
        by=by,
        to=account,
        template=exchange.Template.TASK_GIVEN,
        parameters=exchange.Parameters(until=task.due_at),
        key=f"task-given-{task.pk}",
        scope=task.scope,
        path=reverse("care:task", args=[task.pk]),
        inbox_only=True,
        subject=journal.target_of(task),
    )


def _record(by: Person | None, verb: str, row: Task, changes: dict[str, Any]) -> None:
    target = journal.target_of(row)
    journal.record(by=by, verb=verb, target=target, changes=changes, scope=row.scope_id)
