"""How a person signs in: accounts are created by an administrator, never by the visitor."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.rules import Role


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes the public sign-up."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Return False: a professional is invited, not self-registered."""
        return False


def demonstration_account(role: Role) -> Person | None:
    """Return the demonstration account of `role`, None where demonstration is off or it was not created."""
    if not settings.DEMO:
        return None
    people = Person.objects.filter(is_demonstration=True, is_active=True, roles__role=role)
    return people.order_by("pk").first()


def sign_in_demonstration(request: HttpRequest, person: Person) -> None:
    """Sign in as a demonstration account, without a password. Raises ValueError for a real one."""
    if not (settings.DEMO and person.is_demonstration):
        raise ValueError("only demonstration accounts, and only in demonstration")
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])


@receiver(user_logged_in, dispatch_uid="kernel.signed_in")
def _record_sign_in(user: Person, **_signal: Any) -> None:
    journal.record(by=user, verb="kernel.signed_in", target=journal.target_of(user), changes={})


@receiver(user_logged_out, dispatch_uid="kernel.signed_out")
def _record_sign_out(user: Person | None, **_signal: Any) -> None:
    if user is not None:
        journal.record(by=user, verb="kernel.signed_out", target=journal.target_of(user), changes={})
