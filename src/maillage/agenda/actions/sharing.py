"""Confiding an agenda to somebody, and secret calendar feeds."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.actions.recording import record
from maillage.agenda.actions.rights import require_manager
from maillage.agenda.models import Agenda, Feed
from maillage.kernel import access, feeds
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Permission, Role, allows


class SharingError(ValueError):
    """The agenda cannot be confided to that person; the message says why."""


@transaction.atomic
def delegate(*, by: Person, agenda: Agenda, email: str) -> RoleAssignment:
    """Confide the agenda to the person of that address, in the role that they hold at work.

    Only the professional confides their agenda. The right holds from now on, and until it is withdrawn.
    Raises SharingError, PermissionDenied.
    """
    _require_owner(by, agenda)
    person = Person.objects.filter(email=email.strip().lower(), is_active=True).first()
    if person is None:
        raise SharingError(_("Aucun compte n’a cette adresse : demandez à l’administration de l’inviter."))
    roles = access.roles_of(person)
    able = [one for one in roles if allows(Role(one.role), Permission.MANAGE_AGENDA)]
    if not able:
        raise SharingError(_("Le rôle de cette personne ne permet pas de tenir un agenda."))
    held = next((one for one in able if one.scope_id == agenda.scope_id), None)
    if held is not None:
        return held
    assignment = RoleAssignment.objects.create(
        person=person, role=able[0].role, scope=agenda.scope, starts_on=timezone.localdate()
    )
    changes = {"person": person, "role": able[0].role}
    record(agenda, agenda, by=by, verb="agenda.delegated", changes=changes)
    return assignment


@transaction.atomic
def end_delegation(*, by: Person, agenda: Agenda, assignment: RoleAssignment) -> None:
    """Take the agenda back from somebody, at once. Raises PermissionDenied."""
    _require_owner(by, agenda)
    if assignment.scope_id != agenda.scope_id:
        raise PermissionDenied(_("Ce rôle n’est pas de cet agenda."))
    if assignment.withdrawn_at is None:
        assignment.withdrawn_at = timezone.now()
        assignment.save(update_fields=["withdrawn_at"])
        changes = {"person": assignment.person_id}
        record(agenda, agenda, by=by, verb="agenda.delegation_ended", changes=changes)


@transaction.atomic
def create_feed(*, by: Person, agenda: Agenda, label: str) -> tuple[Feed, str]:
    """Make a secret calendar address; return the feed and the secret, which is not kept.

    Raises PermissionDenied.
    """
    require_manager(by, agenda)
    secret = feeds.new_secret()
    digest = feeds.digest_of(secret)
    feed = Feed.objects.create(agenda=agenda, label=label.strip(), digest=digest, created_by=by)
    record(agenda, feed, by=by, verb="agenda.feed_created")
    return feed, secret


@transaction.atomic
def revoke_feed(*, by: Person, feed: Feed) -> None:
    """Make a calendar address answer nothing from now on. Raises PermissionDenied."""
    require_manager(by, feed.agenda)
    if feed.revoke():
        record(feed.agenda, feed, by=by, verb="agenda.feed_revoked")


def _require_owner(by: Person, agenda: Agenda) -> None:
    if agenda.professional.account_id != by.pk:
        raise PermissionDenied(_("Seul le professionnel confie son agenda."))
