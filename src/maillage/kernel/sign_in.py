"""How a person signs in: accounts are created by an administrator, never by the visitor."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes the public sign-up."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Return False: a professional is invited, not self-registered."""
        return False
