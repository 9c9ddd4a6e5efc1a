"""Secret addresses that a message carries: computed from the installation's key, kept nowhere.

Whoever owns the row behind an address says until when it answers; the address itself proves only that it was
sent. It holds the row's key and 128 bits that nobody without the secret key of the installation can compute.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

_BYTES = 16


@dataclass(frozen=True, slots=True)
class Link:
    """A page by its name (`agenda:offer`) and the row that it opens."""

    name: str
    pk: int

    @property
    def token(self) -> str:
        """What the address carries, in the letters of an address."""
        return f"{self.pk}-{self._seal()}"

    @property
    def address(self) -> str:
        """The whole address, for a message. Raises NoReverseMatch for a page that does not exist."""
        return f"{settings.PUBLIC_URL}{reverse(self.name, args=[self.token])}"

    def _seal(self) -> str:
        sealed = salted_hmac(f"maillage.link.{self.name}", str(self.pk), algorithm="sha256")
        return base64.urlsafe_b64encode(sealed.digest()[:_BYTES]).decode().rstrip("=")


def opened(name: str, token: str) -> int | None:
    """Return the key of the row that `token` opens at the page `name`, None where it was not made here."""
    number, _dash, _seal = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    link = Link(name, int(number))
    return link.pk if constant_time_compare(link.token, token) else None


def can_link() -> bool:
    """Return whether this installation knows the address at which people open it."""
    return bool(settings.PUBLIC_URL)
