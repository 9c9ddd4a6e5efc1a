"""What one has to do: the list, one task, the gestures that close it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.care import api
from maillage.care.models import Task
from maillage.care.pages.task_forms import CancelForm, CloseForm, TransferForm
from maillage.care.queries.tasks import asked_tasks, own_tasks, task_seen_by
from maillage.kernel import access, confiding, formats, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, back_to
from maillage.kernel.pages.refusals import refused
from maillage.kernel.rules import Permission
from maillage.people import api as people

READING = "lecture d’une tâche"


class Tasks(Page):
    """What the visitor has to do, and what they asked of others."""

    template_name = "care/tasks.html"
    permission = Permission.SEND_REQUEST

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = own_tasks(self.person)
        return super().get_context_data(
            finding=finding(waiting),
            waiting=[(one, CloseForm(auto_id=f"id_{one.pk}_%s")) for one in waiting],
            asked=asked_tasks(self.person),
            **context,
        )


def finding(waiting: list[Task]) -> str:
    """Say how much waits, and what is late."""
    if not waiting:
        return _("Rien n’attend de vous.")
    said = ngettext("{count} tâche à faire", "{count} tâches à faire", len(waiting))
    said = said.format(count=formats.number(len(waiting)))
    late = sum(one.is_late for one in waiting)
    if not late:
        return _("{tasks}, aucune en retard.").format(tasks=said)
    return _("{tasks}, dont {late} en retard.").format(tasks=said, late=formats.number(late))


class OfTask(PermissionMixin):
    """One task of the address, that the visitor reads; the file of its patient is logged."""

    permission = None

    @cached_property
    def task(self) -> Task:
        """The task. Raises Http404 where the visitor reads none of that key."""
        found = task_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        if found.patient is not None:
            people.log_access(by=self.person, patients=[found.patient], what="file", purpose=READING)
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the task."""
        return self.task.scope


class TaskPage(OfTask, Page):
    """One task: what, why, before when, and the gestures."""

    template_name = "care/task.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        task = self.task
        is_owner = owns(self.person, task)
        may_close = task.is_open and (is_owner or self._writes())
        return super().get_context_data(
            task=task,
            is_owner=is_owner,
            has_list=access.may(self.person, Permission.SEND_REQUEST),
            may_close=may_close,
            close_form=CloseForm(),
            cancel_form=CancelForm(),
            transfer_form=TransferForm(choices=receivers(task)) if may_close else None,
            followed=getattr(task, "followed_by", None),
            closed_by=closed_by(task),
            **context,
        )

    def _writes(self) -> bool:
        patient = self.task.patient
        if patient is None:
            return True
        return api.may_write(people.decision(self.person, patient, people.Part.PLAN))


def closed_by(task: Task) -> str:
    """Say who closed a task, and for whom where they held the inbox of its owner; empty while it is open."""
    if task.closed_at is None:
        return ""
    target = journal.target_of(task)
    return confiding.said_doer(str(task.closed_by), confiding.for_whom([target]).get(target))


def owns(person: Person, task: Task) -> bool:
    """Return whether a task is that of `person`."""
    sheet = task.professional
    return task.person_id == person.pk or (sheet is not None and sheet.account_id == person.pk)


def receivers(task: Task) -> list[tuple[str, str]]:
    """Return who may take a task over, as choices: those of the circle who read the plan, but its owner."""
    if task.patient is None:
        return []
    holders = people.holders_reading(task.patient, people.Part.PLAN)
    return [(key, name) for key, name, who in holders if who != task.owner]


class ChangeOfTask(OfTask, Endpoint):
    """A gesture on a task: done, then back where one was."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Lead to the task."""
        return redirect("care:task", pk=pk)

    def get_clock(self) -> Scope | None:
        """Return the scope of the task, where something is written."""
        return super().get_clock() if self.request.method == "POST" else None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, or say why not."""
        try:
            messages.success(request, self.done())
        except (ValidationError, PermissionDenied) as error:
            return refused(request, error, reverse("care:task", args=[pk]))
        has_list = access.may(self.person, Permission.SEND_REQUEST)
        return back_to(request, reverse("care:tasks") if has_list else reverse("care:task", args=[pk]))

    def done(self) -> str:
        """Do it and return the sentence that says so."""
        raise NotImplementedError


class Close(ChangeOfTask):
    """Notes that a task is done."""

    def done(self) -> str:
        form = CloseForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(_("Ce qui a été fait tient en 2 000 caractères."))
        api.close_task(by=self.person, task=self.task, outcome=form.cleaned_data["outcome"])
        return _("Tâche faite.")


class Cancel(ChangeOfTask):
    """Notes that a task is no longer to do."""

    def done(self) -> str:
        form = CancelForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(_("Dites pourquoi ce n’est plus à faire."))
        api.cancel_task(by=self.person, task=self.task, reason=form.cleaned_data["reason"])
        return _("Tâche annulée.")


class Transfer(ChangeOfTask):
    """Passes a task on."""

    def done(self) -> str:
        form = TransferForm(self.request.POST, choices=receivers(self.task))
        if not form.is_valid():
            raise ValidationError(_("Choisissez à qui la transmettre, parmi ceux qui lisent le plan."))
        to = people.holder_of(form.cleaned_data["to"])
        if to is None:
            raise ValidationError(_("Choisissez à qui la transmettre, parmi ceux qui lisent le plan."))
        api.transfer_task(by=self.person, task=self.task, to=to, reason=form.cleaned_data["reason"])
        return _("Tâche transmise à {name}.").format(name=to)
