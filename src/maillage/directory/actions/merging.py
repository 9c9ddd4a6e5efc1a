"""Two sheets of one professional made one, and the undoing of it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory.actions.policy import require_editor
from maillage.directory.models import Membership, Merge, Professional
from maillage.kernel import journal
from maillage.kernel.models import Person

_COMPLETED = ("specialty", "phone", "mssante", "sex")


@transaction.atomic
def merge(*, by: Person, kept: Professional, removed: Professional, reason: str) -> Merge:
    """Make `removed` lead to `kept`: memberships move, empty fields are completed, nothing is erased.

    Raises PermissionDenied, ValidationError where the sheets are those of two people (two RPPS numbers, two
    accounts) or one of them was merged already.
    """
    kept, removed = _locked(kept, removed)
    for one in (kept, removed):
        require_editor(by, one)
    _check(kept, removed, reason)
    memberships = list(Membership.objects.filter(professional=removed).values_list("pk", flat=True))
    before: dict[str, Any] = {
        "memberships": memberships,
        "kept": {name: getattr(kept, name) for name in (*_COMPLETED, "rpps", "account_id")},
        "removed": {"rpps": removed.rpps, "account_id": removed.account_id},
    }
    rpps, account = kept.rpps or removed.rpps, kept.account_id or removed.account_id
    removed.rpps, removed.account_id, removed.merged_into = None, None, kept
    removed.save(update_fields=["rpps", "account", "merged_into"])
    kept.rpps, kept.account_id = rpps, account
    for name in _COMPLETED:
        setattr(kept, name, getattr(kept, name) or getattr(removed, name))
    kept.save(update_fields=["rpps", "account", *_COMPLETED])
    Membership.objects.filter(pk__in=memberships).update(professional=kept)
    done = Merge.objects.create(kept=kept, removed=removed, before=before, reason=reason, merged_by=by)
    changes = {"removed": journal.target_of(removed), "memberships": memberships}
    target = journal.target_of(kept)
    journal.record(by=by, verb="directory.merged", target=target, changes=changes, reason=reason, scope=None)
    return done


@transaction.atomic
def undo_merge(*, by: Person, merge: Merge, reason: str) -> Merge:
    """Give each sheet back what it had before the merge; what was changed since stays with the one kept.

    Raises PermissionDenied, ValidationError where it was undone already, or a later merge hides it.
    """
    locked = Merge.objects.select_for_update().get(pk=merge.pk)
    if locked.undone_at is not None:
        raise ValidationError(_("Cette fusion a déjà été défaite."))
    kept, removed = _locked(locked.kept, locked.removed)
    require_editor(by, kept)
    if kept.merged_into_id is not None:
        raise ValidationError(_("La fiche gardée a été fusionnée depuis : défaites d’abord cette fusion-là."))
    before, theirs = locked.before["kept"], locked.before["removed"]
    for name, value in before.items():
        if name in {"rpps", "account_id"} or getattr(kept, name) == getattr(removed, name, None):
            setattr(kept, name, value)
    kept.save(update_fields=["rpps", "account", *_COMPLETED])
    removed.rpps, removed.account_id, removed.merged_into = theirs["rpps"], theirs["account_id"], None
    removed.save(update_fields=["rpps", "account", "merged_into"])
    moved = Membership.objects.filter(pk__in=locked.before["memberships"], professional=kept)
    moved.update(professional=removed)
    locked.undone_by, locked.undone_at = by, timezone.now()
    locked.save(update_fields=["undone_by", "undone_at"])
    changes = {"removed": journal.target_of(removed)}
    target = journal.target_of(kept)
    journal.record(
        by=by, verb="directory.merge_undone", target=target, changes=changes, reason=reason, scope=None
    )
    return locked


def _locked(*sheets: Professional) -> tuple[Professional, Professional]:
    """Return both sheets as they are now, locked in the order of their keys."""
    keys = [one.pk for one in sheets]
    found = {
        one.pk: one for one in Professional.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    }
    return found[keys[0]], found[keys[-1]]


def _check(kept: Professional, removed: Professional, reason: str) -> None:
    if kept.pk == removed.pk:
        raise ValidationError(_("Choisissez deux fiches différentes."))
    if kept.merged_into_id is not None or removed.merged_into_id is not None:
        raise ValidationError(_("L’une des deux fiches est déjà fusionnée dans une autre."))
    if kept.rpps and removed.rpps:
        raise ValidationError(
            _("Ces fiches ont deux numéros RPPS : ce sont deux personnes. Corrigez d’abord le numéro faux.")
        )
    if kept.account_id and removed.account_id:
        raise ValidationError(_("Ces fiches ont deux comptes : fermez d’abord celui qui ne sert plus."))
    if not reason.strip():
        raise ValidationError(_("Dites pourquoi : le motif est gardé au journal."))
