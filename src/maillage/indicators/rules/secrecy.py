"""Small counts about people are not shown. No framework."""

from __future__ import annotations


def is_small(count: int, least: int) -> bool:
    """Return whether a count says something of a few people: from 1 to `least` − 1."""
    return 0 < count < least


def is_secret(numerator: int, denominator: int, least: int, *, is_share: bool) -> bool:
    """Return whether a value would tell of a few people: by its counts, or by those that it leaves.

    A share tells of who is in it and of who is not.
    """
    counts = (numerator, denominator, denominator - numerator) if is_share else (numerator, denominator)
    return any(is_small(one, least) for one in counts)
