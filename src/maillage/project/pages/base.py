"""What the pages of a project share: the row of the address, forms that come back with what was typed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.http import Http404, HttpResponse

from maillage.exchange import api as exchange
from maillage.kernel import access, formats
from maillage.kernel.models import Person, Scope
from maillage.kernel.pages.base import PermissionMixin, sent_file_response
from maillage.kernel.pages.gestures import FormGestures
from maillage.kernel.rules import Permission
from maillage.project.actions.writing import record
from maillage.project.models import Action, Objective, Project
from maillage.project.queries import projects as queries


class Doing(FormGestures):
    """A page whose forms each do one thing, then come back to it.

    A form that is refused comes back filled, open, with what is wrong; where somebody wrote meanwhile, how it
    stands is beside it (`standing`), and sending it again keeps what was chosen.
    """

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Say how a row stands where somebody wrote it meanwhile."""
        return super().get_context_data(standing=self.standing, **context)

    def standing_said(self, row: Any) -> list[str]:
        """Return what a row says now, field by field."""
        return standing_said(row)


#: What a row says that two people may write at once.
_WRITTEN = (
    "title", "said", "text", "outcome", "partners", "indicator", "reference", "target", "asked", "granted",
    "spent", "starts_on", "ends_on",
)  # fmt: skip


def standing_said(row: Any) -> list[str]:
    """Return what a row says now, field by field, for whoever wrote something else meanwhile."""
    known = {field.name: field for field in row._meta.fields if field.name in _WRITTEN}
    return [
        formats.told(known[name].verbose_name, _written(getattr(row, name)))
        for name in _WRITTEN
        if name in known and getattr(row, name) not in ("", None)
    ]


def _written(value: Any) -> str:
    if isinstance(value, date):
        return formats.date_short(value)
    return formats.number(value, 2) if isinstance(value, Decimal) else str(value)


def opened_file(by: Person, scope: Scope, file: exchange.StoredFile, row: Model) -> HttpResponse:
    """Answer with a document kept with a row of a scope, as what it is; the journal says who opened it."""
    record(by, "document_opened", row, {}, scope)
    return sent_file_response(bytes(file.content), file.media_type, file.name, is_shown=True)


class OfProject(PermissionMixin):
    """One project of the address (`pk`). Raises Http404 for one of another territory."""

    permission = Permission.VIEW_PROJECT

    @cached_property
    def project(self) -> Project:
        """The project."""
        found = queries.project_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @cached_property
    def may_edit(self) -> bool:
        """Whether the visitor writes the project."""
        return not self.project.is_ended and access.may(self.person, Permission.EDIT_PROJECT, self.scope)

    @property
    def scope(self) -> Scope:
        """The scope of its territory."""
        return self.project.territory.scope

    def get_clock(self) -> Scope | None:
        """Return the scope of the project."""
        return self.scope


class OfObjective(OfProject):
    """One objective of the address (`pk`)."""

    @cached_property
    def objective(self) -> Objective:
        """The objective. Raises Http404."""
        found = queries.objective_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @property
    def project(self) -> Project:
        """Its project."""
        return self.objective.project


class OfAction(OfProject):
    """One action of the address (`pk`)."""

    @cached_property
    def action(self) -> Action:
        """The action. Raises Http404."""
        found = queries.action_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @property
    def project(self) -> Project:
        """Its project."""
        return self.action.project

    @cached_property
    def may_lead(self) -> bool:
        """Whether the visitor writes this action: they write the project, or lead it."""
        return self.may_edit or (not self.project.is_ended and self.action.is_of(self.person))
