"""Codes of six digits that somebody types: computed from the installation’s secret, kept nowhere."""

from __future__ import annotations

import hashlib
import hmac

#: Codes have six digits, the first not zero: a number is read out as it is written.
FIRST_CODE, CODES = 100_000, 900_000


def code_of(secret: str, purpose: str, row: int, asked_at: str) -> int:
    """Return the code of a row, for a purpose, asked at an instant (ISO 8601)."""
    told = f"{purpose}:{row}:{asked_at}".encode()
    digest = hmac.new(secret.encode(), told, hashlib.sha256).digest()
    return FIRST_CODE + int.from_bytes(digest[:8]) % CODES


def is_code(typed: str, code: int) -> bool:
    """Return whether `typed` is `code`, spaces aside; the time it takes says nothing of how much was right.

    >>> is_code(" 123 456", 123456), is_code("", 123456)
    (True, False)
    """
    return hmac.compare_digest("".join(typed.split()).encode(), str(code).encode())
