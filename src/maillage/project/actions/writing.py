"""What writes of a project have in common: a right, a locked row, no text lost where two write at once."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from maillage.kernel import access, journal
from maillage.kernel.fields import readable
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.writes import StaleError
from maillage.project.models import Action, Project

Row = TypeVar("Row", bound=Model)
#: Texts: the journal says that they changed, and not what they say.
_LONG = frozenset({"said", "text", "outcome"})


def require_editor(by: Person, scope: Scope) -> None:
    """Raise PermissionDenied unless `by` writes the project of a territory."""
    access.require(by, Permission.EDIT_PROJECT, scope)


def locked_project(project: Project) -> Project:
    """Return the row of a project, locked until the transaction ends. Raises ValidationError once ended."""
    row = (
        Project.objects.in_scope(project.territory.scope)
        .select_related("territory__scope")
        .select_for_update(of=("self",))
        .get(pk=project.pk)
    )
    if row.is_ended:
        raise ValidationError(_("Ce projet est terminé : il ne se modifie plus."))
    return row


def edited_project(by: Person, project: Project) -> Project:
    """Return the row of a project that `by` may write, locked. Raises PermissionDenied, ValidationError."""
    require_editor(by, project.territory.scope)
    return locked_project(project)


def locked_action(action: Action) -> Action:
    """Return the row of an action, locked, and that its project goes on. Raises ValidationError."""
    project = locked_project(action.project)
    return (
        Action.objects.of(project)
        .select_related("project__territory__scope", "objective", "professional__account", "person")
        .select_for_update(of=("self",))
        .get(pk=action.pk)
    )


def edited_action(by: Person, action: Action) -> Action:
    """Return the row of an action that `by` may write: whoever writes the project, or who leads it; locked.

    Raises PermissionDenied, ValidationError.
    """
    scope = action.project.territory.scope
    row = locked_action(action)
    if not access.may(by, Permission.EDIT_PROJECT, scope):
        access.require(by, Permission.VIEW_PROJECT, scope)
        if not row.is_of(by):
            raise PermissionDenied(
                _("Seules la coordination et la personne qui pilote cette action peuvent le faire.")
            )
    return row


def edited(row: Row, base: int, values: dict[str, Any]) -> dict[str, Any]:
    """Change a locked row that its author had read as version `base`; return what the journal says of it.

    Unchanged, nothing is written and nothing is said. Raises StaleError where it stands otherwise now.
    """
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return {}
    number: int = getattr(row, "version")  # noqa: B009 (rows of several tables have one)
    if number != base:
        raise StaleError(row)
    said = {name: [getattr(row, name), value] for name, value in changed.items() if name not in _LONG}
    for name, value in changed.items():
        setattr(row, name, value)
    row.version = number + 1  # type: ignore[attr-defined]  # rows of several tables have one
    row.save(update_fields=[*changed, "version"])
    return {**said, "version": [number, number + 1]}


def record(by: Person | None, verb: str, row: Any, changes: dict[str, Any], scope: Scope) -> None:
    """Write a line of the journal in the chain of the territory."""
    journal.record(by=by, verb=f"project.{verb}", target=journal.target_of(row), changes=changes, scope=scope)


def required(text: str, field: str) -> str:
    """Return a text without the spaces around it.

    Raises ValidationError for an empty one, or one that is not what one would read.
    """
    kept = text.strip()
    if not kept:
        raise ValidationError({field: _("Ce texte manque.")})
    readable(" ".join(kept.split()), field)
    return kept
