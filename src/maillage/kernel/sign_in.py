"""How a person signs in: accounts are created by an administrator, never by the visitor."""

from collections.abc import Collection
from typing import Any

from allauth.account import auth_backends
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from maillage.kernel import access, journal
from maillage.kernel.demonstration import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.kernel.statements import Statement, given

#: Roles whose account a code opens: one's own file, and those of the people one helps.
BY_CODE = frozenset({Role.PATIENT, Role.CARER})
_PERSON: Statement[Person] = Statement(lambda: Person.objects.filter(pk=given("pk")))


class AuthenticationBackend(auth_backends.AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Signs in as allauth does; whoever is signed in is read by a statement written once."""

    def get_user(self, user_id: Any) -> Person | None:
        """Return whose session it is, None where their account is no longer open."""
        found = _PERSON.first(pk=int(user_id))
        return found if found is not None and self.user_can_authenticate(found) else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closes the public sign-up."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Return False: a professional is invited, not self-registered."""
        return False


def people_of(sessions: Collection[str]) -> dict[str, int]:
    """Return who is signed in by each of `sessions`, keys of people by keys of sessions; two statements.

    A session that ended, whose password was changed since, or whose person has no open account any more has
    none, as for a request.
    """
    rows = SessionStore.get_model_class().objects.filter(pk__in=sessions, expire_date__gt=timezone.now())
    found = {row.pk: row.get_decoded() for row in rows}
    keys = {one[SESSION_KEY] for one in found.values() if SESSION_KEY in one}
    people = {str(one.pk): one for one in Person.objects.filter(pk__in=keys, is_active=True)}
    signed_in = {}
    for key, kept in found.items():
        person = people.get(kept.get(SESSION_KEY, ""))
        if person is None:
            continue
        hashes = (person.get_session_auth_hash(), *person.get_session_auth_fallback_hash())
        if any(constant_time_compare(kept.get(HASH_SESSION_KEY, ""), one) for one in hashes):
            signed_in[key] = person.pk
    return signed_in


def account_in_one_click(role: Role) -> Person | None:
    """Return the demonstration account of `role`, None where demonstration is off or it was not created."""
    return demonstration_account(role) if settings.DEMO else None


def sign_in_demonstration(request: HttpRequest, person: Person) -> None:
    """Sign in as a demonstration account, without a password. Raises ValueError for a real one."""
    if not (settings.DEMO and person.is_demonstration):
        raise ValueError("only demonstration accounts, and only in demonstration")
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])


def may_enter_by_code(person: Person) -> bool:
    """Return whether a code received on a telephone is enough: for the patient and the carer, nobody else.

    Whoever has another role, or a second factor, signs in by their password.
    """
    roles = {Role(one.role) for one in access.roles_of(person)}
    return person.is_active and roles <= BY_CODE and not get_adapter().is_mfa_enabled(person)


def sign_in_by_code(request: HttpRequest, person: Person) -> None:
    """Sign in whoever has just typed the code sent to them. Raises PermissionDenied for other roles."""
    if not may_enter_by_code(person):
        raise PermissionDenied(_("Ce compte s’ouvre avec son mot de passe."))
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])


@receiver(user_logged_in, dispatch_uid="kernel.signed_in")
def _record_sign_in(user: Person, **_signal: Any) -> None:
    journal.record(by=user, verb="kernel.signed_in", target=journal.target_of(user), changes={}, scope=None)


@receiver(user_logged_out, dispatch_uid="kernel.signed_out")
def _record_sign_out(user: Person | None, **_signal: Any) -> None:
    if user is not None:
        journal.record(
            by=user, verb="kernel.signed_out", target=journal.target_of(user), changes={}, scope=None
        )
