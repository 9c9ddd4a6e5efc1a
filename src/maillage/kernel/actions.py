"""Accounts and roles: who may come in, as what, where, from when to when.

`by` is the administrator who acts, or None for the installation's own command line.
"""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from maillage.kernel import access, journal, notices, outbox
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import DEMONSTRATION_NAMES, Permission, Role, holds_everywhere

DEMONSTRATION_DOMAIN = "demonstration.invalid"


@transaction.atomic
def invite_person(
    *, by: Person | None, email: str, first_name: str, last_name: str, site: str = ""
) -> Person:
    """Create an account without a password and mail its owner the link to choose one.

    `site` is the address of the site (`https://…`, no final slash); empty, no mail is sent. Raises
    ValidationError for an address that is wrong or already has an account.
    """
    _require_manager(by)
    address = email.strip().lower()
    validate_email(address)
    if Person.objects.filter(email=address).exists():
        raise ValidationError(_("Un compte existe déjà pour cette adresse."))
    person = Person.objects.create_user(address, None, first_name=first_name, last_name=last_name)
    if site:
        payload = {"person": person.pk, "site": site, "language": translation.get_language() or "fr"}
        outbox.publish(notices.INVITED, payload, key=f"invitation-{person.pk}")
    journal.record(
        by=by, verb="kernel.person_invited", target=journal.target_of(person), changes={}, scope=None
    )
    return person


@transaction.atomic
def grant_role(
    *,
    by: Person | None,
    person: Person,
    role: Role,
    scope: Scope | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> RoleAssignment:
    """Give `person` a role in `scope` (None: the whole installation), today by default.

    A role already held there without an end is returned unchanged. Raises PermissionDenied where `by`
    does not manage accounts in that scope, ValidationError where the role ends before it starts.
    """
    _require_manager(by, scope, everywhere=scope is None)
    start = starts_on or timezone.localdate()
    if ends_on is not None and ends_on < start:
        raise ValidationError(_("Un rôle ne peut pas se terminer avant de commencer."))
    held = person.roles.filter(
        role=role, scope=scope, withdrawn_at=None, ends_on=None, starts_on__lte=start
    ).first()
    if held is not None:
        return held
    assignment = RoleAssignment.objects.create(
        person=person, role=role, scope=scope, starts_on=start, ends_on=ends_on
    )
    changes = {"role": role, "scope": scope, "starts_on": start, "ends_on": ends_on}
    journal.record(
        by=by, verb="kernel.role_granted", target=journal.target_of(person), changes=changes, scope=scope
    )
    return assignment


@transaction.atomic
def open_to_creator(*, by: Person, scope: Scope) -> RoleAssignment | None:
    """Let whoever just created a scope enter it: the role that sees and edits a territory, and no more.

    None where a role of theirs opens it already. Raises PermissionDenied where `by` may create none, or where
    the scope has people of its own: it is theirs to open.
    """
    access.require(by, Permission.EDIT_TERRITORY)
    if access.may(by, Permission.EDIT_TERRITORY, scope):
        return None
    if scope.roles.exists():
        raise PermissionDenied(_("Ce périmètre a déjà ses rôles : demandez-en un à qui l’administre."))
    day = timezone.localdate()
    made = RoleAssignment.objects.create(person=by, role=Role.ANALYST.value, scope=scope, starts_on=day)
    changes = {"role": made.role, "scope": scope, "starts_on": day, "ends_on": None}
    target = journal.target_of(by)
    reason = _("a créé ce périmètre")
    journal.record(
        by=by, verb="kernel.role_granted", target=target, changes=changes, reason=reason, scope=scope
    )
    return made


@transaction.atomic
def end_role(*, by: Person | None, assignment: RoleAssignment, reason: str = "") -> RoleAssignment:
    """Withdraw a role at once: the next request of that person no longer has it.

    Raises PermissionDenied where `by` does not manage accounts in the role's scope, ValidationError for
    the last administrator of the installation. A role already withdrawn is returned unchanged.
    """
    _require_manager(by, assignment.scope, everywhere=assignment.scope is None)
    locked = RoleAssignment.objects.select_for_update().get(pk=assignment.pk)
    if locked.withdrawn_at is not None:
        return locked
    keep_one_administrator(locked)
    locked.withdrawn_at = timezone.now()
    locked.save(update_fields=["withdrawn_at"])
    changes = {"role": locked.role, "scope": locked.scope, "withdrawn_at": [None, locked.withdrawn_at]}
    target = journal.target_of(locked.person)
    journal.record(
        by=by, verb="kernel.role_withdrawn", target=target, changes=changes, reason=reason, scope=locked.scope
    )
    return locked


@transaction.atomic
def close_account(*, by: Person | None, person: Person, reason: str = "") -> None:
    """Shut `person` out at once, sessions included; roles stay, for the record. Raises as `end_role`."""
    _require_manager(by, everywhere=True)
    for assignment in access.roles_of(person):
        keep_one_administrator(assignment)
    _set_active(person, active=False, by=by, verb="kernel.account_closed", reason=reason)


@transaction.atomic
def reopen_account(*, by: Person | None, person: Person, reason: str = "") -> None:
    """Let `person` sign in again. Raises PermissionDenied unless `by` manages all accounts."""
    _require_manager(by, everywhere=True)
    _set_active(person, active=True, by=by, verb="kernel.account_reopened", reason=reason)


@transaction.atomic
def create_demonstration_accounts(*, by: Person | None = None, scope: Scope | None = None) -> list[Person]:
    """Create, once, one demonstration account for each role; return them in the order of `Role`.

    Roles that oversee the installation hold everywhere, the others in `scope`. The names are invented;
    the accounts have no password and are only entered by the demonstration sign-in.
    """
    return [_demonstration_account(by, role, scope) for role in Role]


def _demonstration_account(by: Person | None, role: Role, scope: Scope | None) -> Person:
    email = f"{role.value.replace('_', '-')}@{DEMONSTRATION_DOMAIN}"
    first_name, last_name = DEMONSTRATION_NAMES[role]
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = invite_person(by=by, email=email, first_name=first_name, last_name=last_name)
        person.is_demonstration = True
        person.save(update_fields=["is_demonstration"])
    grant_role(by=by, person=person, role=role, scope=None if holds_everywhere(role) else scope)
    return person


def _require_manager(by: Person | None, scope: Scope | None = None, *, everywhere: bool = False) -> None:
    """Raise PermissionDenied unless `by` manages accounts there; the command line (None) always may."""
    if by is None:
        return
    if everywhere:
        access.require_everywhere(by, Permission.MANAGE_ACCOUNTS)
    else:
        access.require(by, Permission.MANAGE_ACCOUNTS, scope)


def keep_one_administrator(assignment: RoleAssignment) -> None:
    """Raise ValidationError if nobody else could give roles once `assignment` is gone."""
    if assignment.role != Role.ADMINISTRATOR or assignment.scope_id is not None:
        return
    administrators = RoleAssignment.objects.in_force(timezone.localdate()).filter(
        role=Role.ADMINISTRATOR, scope=None, person__is_active=True
    )
    # Locked, lest two administrators withdraw each other at the same moment.
    locked = administrators.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
    if set(locked) <= {assignment.pk}:
        raise ValidationError(
            _("C’est le dernier rôle d’administration : donnez-le d’abord à une autre personne.")
        )


def _set_active(person: Person, *, active: bool, by: Person | None, verb: str, reason: str) -> None:
    if by is not None and by.pk == person.pk:
        raise PermissionDenied(_("Personne ne ferme ni ne rouvre son propre compte."))
    before = person.is_active
    person.is_active = active
    person.save(update_fields=["is_active"])
    changes = {"is_active": [before, active]}
    journal.record(
        by=by, verb=verb, target=journal.target_of(person), changes=changes, reason=reason, scope=None
    )
