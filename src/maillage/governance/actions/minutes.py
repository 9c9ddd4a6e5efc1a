"""What is said of each point, what is decided, the action that does it, the approval of the minutes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.governance.actions.writing import locked_sitting, record, required
from maillage.governance.models import AgendaPoint, MinutesApproval, Motion, Resolution, Sitting
from maillage.governance.queries import rights
from maillage.governance.queries.minutes import content_of
from maillage.governance.queries.sittings import may_vote_without, quorum_in, seen, summons_of
from maillage.kernel.models import Person
from maillage.kernel.writes import StaleError, made_before, same_write
from maillage.project import api as project


def _written(by: Person, sitting: Sitting) -> Sitting:
    """Return the row of a meeting whose minutes `by` writes, locked. Raises once they are approved."""
    rights.require_keeper(by, sitting.body)
    row = locked_sitting(sitting)
    if row.is_cancelled:
        raise ValidationError(_("Cette séance est annulée."))
    if not row.has_begun:
        raise ValidationError(_("La séance n’a pas commencé : il n’y a rien à rapporter."))
    if MinutesApproval.objects.of_sitting(row).exists():
        raise ValidationError(_("Ce compte rendu est approuvé : il ne change plus."))
    return row


@transaction.atomic
def write_said(*, by: Person, point: AgendaPoint, base: int, text: str) -> AgendaPoint:
    """Write what was said of a point read as version `base`; the same text again changes nothing.

    Raises PermissionDenied, ValidationError, StaleError.
    """
    sitting = _written(by, point.sitting)
    row = AgendaPoint.objects.of_sitting(sitting).select_for_update(of=("self",)).get(pk=point.pk)
    said = text.replace("\r\n", "\n").strip()
    if len(said) > 8000:
        raise ValidationError({"text": _("Ce texte dépasse 8 000 caractères : résumez-le.")})
    if row.said == said:
        return row
    if row.version != base:
        raise StaleError(row)
    row.said = said
    row.version += 1
    row.save(update_fields=["said", "version"])
    record(by, "minutes_written", row, {"version": [base, row.version]}, sitting.body.scope)
    return row


@transaction.atomic
def decide(*, by: Person, sitting: Sitting, text: str, key: str, motion: Motion | None = None) -> Resolution:
    """Write what a meeting decided, by a vote that was carried where one is named; the same `key`, the same.

    Raises PermissionDenied, ValidationError.
    """
    row = _written(by, sitting)
    said = " ".join(required(text, "text").split())[:400]
    known = made_before(Resolution, by=by, key=key)
    if known is not None:
        kept = (known.sitting_id, known.text, known.motion)
        return same_write(known, is_same=kept == (row.pk, said, motion))
    if motion is None and not _may_decide(row):
        raise ValidationError(_("Le quorum n’est pas atteint : rien ne se décide. Notez d’abord qui est là."))
    if motion is not None:
        own = Motion.objects.of_sitting(row).filter(pk=motion.pk).select_related("result").first()
        result = getattr(own, "result", None)
        if result is None:
            raise ValidationError({"motion": _("Ce vote n’est pas encore compté.")})
        if not result.is_carried:
            raise ValidationError({"motion": _("Ce vote a rejeté la proposition : elle n’est pas décidée.")})
    made = Resolution.objects.create(sitting=row, motion=motion, text=said, by=by, key=key)
    record(by, "decided", made, {}, row.body.scope)
    return made


def _may_decide(sitting: Sitting) -> bool:
    """Return whether a meeting has its quorum, or does without it by its rules."""
    quorum = quorum_in(sitting, summons_of(sitting))
    return quorum.is_reached or (may_vote_without(sitting) and quorum.here > 0)


@transaction.atomic
def act_on(
    *,
    by: Person,
    resolution: Resolution,
    objective: project.Objective,
    due_on: date,
    lead: Person | None = None,
) -> project.Action:
    """Make a decision an action of the project, with who leads it and for when; made already, the same.

    Raises PermissionDenied for who does not write the project; ValidationError.
    """
    sitting = locked_sitting(resolution.sitting)
    row = _locked(sitting, resolution)
    if row.action is not None:
        return row.action
    if objective.project.territory.scope_id != sitting.body.scope_id:
        raise ValidationError({"objective": _("Cet objectif est d’un autre territoire.")})
    if due_on < sitting.held_on:
        raise ValidationError({"due_on": _("Cette échéance est avant la décision.")})
    action = project.add_action(
        by=by,
        objective=objective,
        title=row.text[:160],
        starts_on=sitting.held_on,
        ends_on=due_on,
        key=f"resolution-{row.pk}",
        lead=lead,
        said=row.text if len(row.text) > 160 else "",
    )
    return _tie(by, sitting, row, action)


@transaction.atomic
def tie_action(*, by: Person, resolution: Resolution, action: project.Action) -> Resolution:
    """Say which action of the project does what was decided; tied already, nothing changes.

    Raises PermissionDenied, ValidationError.
    """
    sitting = resolution.sitting
    rights.require_keeper(by, sitting.body)
    sitting = locked_sitting(sitting)
    row = _locked(sitting, resolution)
    if row.action_id == action.pk:
        return row
    if row.action is not None:
        raise ValidationError({"action": _("Cette décision a déjà son action.")})
    if action.project.territory.scope_id != sitting.body.scope_id:
        raise ValidationError({"action": _("Cette action est d’un autre territoire.")})
    _tie(by, sitting, row, action)
    return row


def _locked(sitting: Sitting, resolution: Resolution) -> Resolution:
    rows = Resolution.objects.of_sitting(sitting).select_related("action__project__territory__scope")
    return rows.select_for_update(of=("self",)).get(pk=resolution.pk)


def _tie(by: Person, sitting: Sitting, row: Resolution, action: project.Action) -> project.Action:
    row.action = action
    row.save(update_fields=["action"])
    changes: dict[str, Any] = {"action": [None, action.pk]}
    record(by, "action_tied", row, changes, sitting.body.scope)
    return action


@transaction.atomic
def approve_minutes(*, by: Person, sitting: Sitting, approved_in: Sitting) -> MinutesApproval:
    """Note that a later meeting approved the minutes: they are kept as they stand, and change no more.

    Again, the first approval stands. Raises PermissionDenied, ValidationError.
    """
    rights.require_keeper(by, sitting.body)
    row = locked_sitting(sitting)
    known = MinutesApproval.objects.of_sitting(row).first()
    if known is not None:
        return known
    if not row.is_closed:
        raise ValidationError(_("Levez d’abord cette séance."))
    if approved_in.body_id != row.body_id or approved_in.starts_at <= row.starts_at:
        raise ValidationError({"approved_in": _("Choisissez une séance suivante de la même instance.")})
    if not approved_in.has_begun or approved_in.is_cancelled:
        raise ValidationError({"approved_in": _("Cette séance n’a pas encore eu lieu.")})
    made = MinutesApproval.objects.create(
        sitting=row, approved_in=approved_in, by=by, content=content_of(seen(row))
    )
    record(by, "minutes_approved", row, {"approved_in": approved_in.pk}, row.body.scope)
    return made
