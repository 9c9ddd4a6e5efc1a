"""Withdrawing, in one gesture, whoever leaves: what every context declares ends or goes to others at once.

One transaction: a fault in one context withdraws nothing. It is in force at the next request of every open
page, which finds no session, no role and no link.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, journal
from maillage.kernel.actions import keep_one_administrator
from maillage.kernel.contributions import Fate, Leaving, Withdrawal, withdrawals
from maillage.kernel.models import Departure, Person, RoleAssignment
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write

_SESSION_OF = "_auth_user_id"


@dataclass(frozen=True, slots=True)
class Concerned:
    """One kind of thing that was somebody's, how many there are, and how many their successor took."""

    what: Withdrawal
    count: int
    taken: int = 0

    @property
    def left(self) -> int:
        """How many went where `otherwise` says."""
        return self.count - self.taken


def preview(person: Person) -> list[Concerned]:
    """Return what the withdrawal of `person` concerns now, in its order; one statement a kind of thing."""
    return [Concerned(one, count) for one in withdrawals() if (count := one.count(person))]


def report(departure: Departure) -> list[Concerned]:
    """Return what a departure did, in its order; a kind that no context declares any more is left out."""
    known = {one.key: one for one in withdrawals()}
    return [Concerned(known[key], count, taken) for key, count, taken in departure.done if key in known]


def successors(person: Person) -> QuerySet[Person]:
    """Return who may take over: those who hold today, in a scope of `person`, one of their roles.

    Of somebody already withdrawn, the roles that they held.
    """
    today = timezone.localdate()
    alike = Q(pk__in=[])
    for one in access.roles_of(person) if person.is_active else person.roles.all():
        alike |= Q(role=one.role, scope=one.scope_id)
    held = RoleAssignment.objects.in_force(today).filter(alike)
    found = Person.objects.filter(pk__in=held.values("person"), is_active=True).exclude(pk=person.pk)
    return found.order_by("search_name", "pk")


@transaction.atomic
def withdraw_person(
    *, by: Person, person: Person, reason: str, key: str, successor: Person | None = None
) -> Departure:
    """End all that `person` may do, and hand on what was theirs; return what was done.

    The same `key` of `by` again, or somebody already withdrawn of whom nothing is left, is the first
    departure. Raises PermissionDenied unless `by` oversees the whole installation, and for oneself;
    ValidationError without a reason, for the last administrator, or a successor who cannot be one.
    """
    access.require_everywhere(by, Permission.WITHDRAW_PEOPLE)
    if by.pk == person.pk:
        raise PermissionDenied(_("Personne ne retire ses propres droits : demandez-le à quelqu’un d’autre."))
    locked = Person.objects.select_for_update().get(pk=person.pk)
    known = made_before(Departure, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=known.person_id == person.pk)
    found = [(one, one.count(locked)) for one in withdrawals()]
    last = Departure.objects.filter(person=locked).first()
    remains = any(count for one, count in found if one.fate is not Fate.STAYS)
    if last is not None and not locked.is_active and not remains:
        return last
    said = " ".join(reason.split())[:500]
    if not said:
        raise ValidationError(_("Dites pourquoi : le motif est gardé au journal."))
    if successor is not None and not successors(locked).filter(pk=successor.pk).exists():
        raise ValidationError(_("Cette personne n’a pas de rôle qui lui permette de prendre la suite."))
    roles = list(locked.roles.filter(withdrawn_at=None).order_by("pk"))
    for role in roles:
        keep_one_administrator(role)
    # First, so that all of it is in the chain of the installation: one transaction writes in one.
    journal.record(
        by=by,
        verb="kernel.person_withdrawn",
        target=journal.target_of(locked),
        changes={"roles": [one.role for one in roles], "successor": [None, successor]},
        reason=said,
        scope=None,
    )
    leaving = Leaving(locked, by, successor, said)
    done: list[tuple[str, int, int]] = []
    for one, count in found:
        taken = one.withdraw(leaving) if count and one.withdraw is not None else 0
        if count:
            done.append((one.key, count, taken))
    # A password that is none ends the sessions that open meanwhile, and the link of an invitation.
    locked.set_unusable_password()
    locked.is_active = False
    locked.save(update_fields=["password", "is_active"])
    made = Departure.objects.create(
        person=locked, successor=successor, reason=said, done=done, by=by, key=key
    )
    journal.record(
        by=by,
        verb="kernel.withdrawal_done",
        target=journal.target_of(made),
        changes={name: count for name, count, _taken in done},
        scope=None,
    )
    return made


def count_roles(person: Person) -> int:
    """Return how many roles of `person` are not withdrawn."""
    return person.roles.filter(withdrawn_at=None).count()


def end_roles(leaving: Leaving) -> int:
    """Withdraw every role at once."""
    now = timezone.now()
    for role in leaving.person.roles.filter(withdrawn_at=None).select_for_update():
        role.withdrawn_at = now
        role.save(update_fields=["withdrawn_at"])
    return 0


def sessions_of(person: Person) -> list[str]:
    """Return the keys of the sessions that `person` has open: each holds who it is of, sealed."""
    wanted = str(person.pk)
    rows = Session.objects.filter(expire_date__gt=timezone.now()).iterator()
    return [one.session_key for one in rows if one.get_decoded().get(_SESSION_OF) == wanted]


def count_sessions(person: Person) -> int:
    """Return how many sessions `person` has open."""
    return len(sessions_of(person))


def end_sessions(leaving: Leaving) -> int:
    """Close every open session."""
    Session.objects.filter(session_key__in=sessions_of(leaving.person)).delete()
    return 0


def count_invitations(person: Person) -> int:
    """Return 1 where the account was never entered: its invitation still opens it."""
    return int(person.is_active and person.last_login is None and not person.is_demonstration)
