"""What writes of prevention have in common: who may, one write for one key, the journal."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from maillage.kernel import access, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.people import api as people
from maillage.people.api import Part, Patient
from maillage.prevention.models import Campaign

Row = TypeVar("Row", bound=Model)


def told(row: Model, by: Person, verb: str, changes: dict[str, Any], scope: Scope | int) -> None:
    """Record a write in the journal."""
    journal.record(by=by, verb=verb, target=journal.target_of(row), changes=changes, scope=scope)


def require_reader(by: Person, patient: Patient, scope: Scope, *parts: Part) -> None:
    """Raise PermissionDenied unless `by` follows prevention there, and the circle opens those parts."""
    access.require(by, Permission.VIEW_PREVENTION, scope)
    if patient.scope_id != scope.pk:
        raise PermissionDenied(_("Cette personne n’est pas de ce territoire."))
    decided = people.parts_read(by, patient)
    if not all(decided[part].is_allowed for part in parts):
        raise PermissionDenied(
            _("Vous n’êtes pas dans le cercle de soins de cette personne : quelqu’un d’autre l’invite.")
        )


def managed(by: Person, campaign: Campaign) -> Campaign:
    """Lock a campaign that is open, for who manages prevention there.

    Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.MANAGE_PREVENTION, campaign.scope)
    return must_be_open(Campaign.objects.in_scope(campaign.scope).select_for_update().get(pk=campaign.pk))


def must_be_open(campaign: Campaign) -> Campaign:
    """Return a campaign that nobody closed. Raises ValidationError."""
    if not campaign.is_open:
        raise ValidationError(_("Cette campagne est close : ouvrez-en une autre pour inviter."))
    return campaign


def one_line(text: str, most: int) -> str:
    """Return a text on one line, cut to `most`."""
    return " ".join(text.split())[:most]
