"""What writes of governance have in common: a row locked for who may write it, a line of the journal."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from maillage.governance.models import Body, Sitting
from maillage.governance.queries import rights
from maillage.kernel import journal
from maillage.kernel.fields import readable
from maillage.kernel.models import Person, Scope

Row = TypeVar("Row", bound=Model)


def locked_body(body: Body) -> Body:
    """Return the row of a body, locked until the transaction ends."""
    rows = Body.objects.in_scope(body.scope).select_related("scope").select_for_update(of=("self",))
    return rows.get(pk=body.pk)


def kept_body(by: Person, body: Body) -> Body:
    """Return the row of a body that `by` keeps and that still meets, locked.

    Raises PermissionDenied, ValidationError.
    """
    rights.require_keeper(by, body)
    row = locked_body(body)
    if row.closed_on is not None:
        raise ValidationError(_("Cette instance ne se réunit plus."))
    return row


def locked_sitting(sitting: Sitting) -> Sitting:
    """Return the row of a meeting, locked: whoever writes something of it does so one after the other."""
    rows = Sitting.objects.of(sitting.body).select_related("body__scope", "second_of")
    return rows.select_for_update(of=("self",)).get(pk=sitting.pk)


def kept_sitting(by: Person, sitting: Sitting) -> Sitting:
    """Return the row of a meeting that `by` keeps and that still stands, locked.

    Raises PermissionDenied; ValidationError once it is closed or cancelled.
    """
    rights.require_keeper(by, sitting.body)
    row = locked_sitting(sitting)
    must_stand(row)
    return row


def must_stand(sitting: Sitting) -> None:
    """Raise ValidationError for a meeting that is closed or cancelled."""
    if sitting.is_cancelled:
        raise ValidationError(_("Cette séance est annulée."))
    if sitting.is_closed:
        raise ValidationError(_("Cette séance est levée : qui était là et ce qui fut voté ne changent plus."))


def record(by: Person | None, verb: str, row: Any, changes: dict[str, Any], scope: Scope) -> None:
    """Write a line of the journal in the chain of the territory."""
    journal.record(
        by=by, verb=f"governance.{verb}", target=journal.target_of(row), changes=changes, scope=scope
    )


def required(text: str, name: str) -> str:
    """Return a text without the spaces around it.

    Raises ValidationError for an empty one, or one that is not what one would read.
    """
    kept = text.strip()
    if not kept:
        raise ValidationError({name: _("Ce texte manque.")})
    readable(" ".join(kept.split()), name)
    return kept
