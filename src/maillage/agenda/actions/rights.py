"""Who may manage an agenda, and who may see one of its slots."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.models import Agenda, Slot
from maillage.agenda.rules.vocabulary import Visibility, audiences, books
from maillage.kernel import access
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Permission, Role, allows
from maillage.kernel.statements import Statement, any_of, given, numbered, rounded
from maillage.people import api as people
from maillage.people.api import Patient

Roles = dict[int, list[RoleAssignment]]


def manages(person: Person, agenda: Agenda, roles: list[RoleAssignment] | None = None) -> bool:
    """Return whether the agenda is `person`'s own, or was confided to them.

    A role in a territory, or in the whole installation, is not enough: no slot of a professional is shown
    to anyone that this professional did not choose.
    """
    if agenda.professional.account_id == person.pk:
        return True
    held = access.roles_of(person) if roles is None else roles
    return any(
        one.scope_id == agenda.scope_id and allows(Role(one.role), Permission.MANAGE_AGENDA) for one in held
    )


def acts_for(person: Person, patient: Patient | None) -> bool:
    """Return whether `person` follows the appointments of a patient as the patient, or by a mandate."""
    if patient is None:
        return False
    is_own = patient.account_id is not None and patient.account_id == person.pk
    return is_own or people.may_for(person, patient, people.Gesture.BOOK)


def require_manager(by: Person | None, agenda: Agenda) -> None:
    """Raise PermissionDenied unless `by` manages the agenda; None is the program itself."""
    if by is not None and not manages(by, agenda):
        raise PermissionDenied(
            _("Cet agenda n’est pas le vôtre. Demandez à {name} de vous le confier.").format(name=agenda)
        )


def visible(person: Person, agenda: Agenda, roles: list[RoleAssignment] | None = None) -> set[str]:
    """Return the types of slot of `agenda` that `person` may see and book."""
    held = access.roles_of(person) if roles is None else roles
    if manages(person, agenda, held):
        return {one.value for one in Visibility}
    booking = [one for one in held if books(Role(one.role))]
    here = {None, agenda.territory.scope_id}
    local = [Role(one.role) for one in booking if one.scope_id in here]
    return {one.value for one in audiences([Role(one.role) for one in booking], local)}


@cache
def _roles_of(count: int) -> Statement[RoleAssignment]:
    return Statement(
        lambda: RoleAssignment.objects.in_force(given("day")).filter(any_of(count, person="person"))
    )


def roles_of(people: Collection[Person]) -> Roles:
    """Return the roles in force today of several people, by their keys; of one, as the request read them."""
    if len(people) == 1:
        return {one.pk: access.roles_of(one) for one in people}
    held: Roles = {one.pk: [] for one in people}
    if held:
        count = rounded(len(held))
        for role in _roles_of(count).rows(day=timezone.localdate(), **numbered(count, person=list(held))):
            held[role.person_id].append(role)
    return held


def sees(person: Person | None, slot: Slot, roles: Roles | None = None) -> bool:
    """Return whether `person` may see and book `slot`; None is the program itself."""
    if person is None:
        return True
    return slot.visibility in visible(person, slot.agenda, None if roles is None else roles[person.pk])
