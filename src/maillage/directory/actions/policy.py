"""Who may change a sheet: its owner, or whoever keeps the directory where its owner practises."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from maillage.directory.models import Membership, Professional, Structure
from maillage.directory.rules.professionals import Function
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.territory import api as territory


def is_owner(person: Person, subject: Professional | Structure) -> bool:
    """Return whether a sheet is the person's own, or that of a structure they direct or coordinate."""
    if isinstance(subject, Professional):
        return subject.account_id == person.pk
    return Membership.objects.filter(
        structure=subject,
        professional__account=person,
        function__in=[Function.MANAGEMENT.value, Function.COORDINATION.value],
    ).exists()


def may_edit(person: Person, subject: Professional | Structure) -> bool:
    """Return whether the person may change a sheet; one without a commune is open to every keeper."""
    return is_owner(person, subject) or may_keep(person, subject)


def may_keep(person: Person, subject: Professional | Structure) -> bool:
    """Return whether the person keeps the directory where the subject of a sheet practises."""
    scopes = access.scopes_of(person, Permission.EDIT_DIRECTORY)
    if scopes is None:
        return True
    codes = _communes_of(subject)
    if not scopes or not codes:
        return bool(scopes)
    return territory.Territory.objects.filter(scope__in=scopes, members__commune__in=codes).exists()


def require_keeper(person: Person, subject: Professional | Structure) -> None:
    """Raise PermissionDenied, with a sentence to show, unless `may_keep`: no owner corrects who they are."""
    if not may_keep(person, subject):
        raise PermissionDenied(_("L’identité d’une fiche est corrigée par qui tient l’annuaire."))


def require_editor(person: Person | None, subject: Professional | Structure) -> None:
    """Raise PermissionDenied, with a sentence to show, unless `may_edit`; None is the command line."""
    if person is not None and not may_edit(person, subject):
        raise PermissionDenied(
            _("Cette fiche appartient à son titulaire : demandez-lui de confirmer ou de corriger.")
        )


def _communes_of(subject: Professional | Structure) -> set[str]:
    if isinstance(subject, Structure):
        return {subject.commune_id} if subject.commune_id else set()
    of_subject = Membership.objects.filter(professional=subject)
    codes = of_subject.values_list("place__commune", "structure__commune")
    return {code for pair in codes for code in pair if code}
