"""The two control keys of French identifiers, and the reading of what people type."""

from __future__ import annotations

import re

from maillage.kernel.typed import plain_digits

#: Blanks (also non-breaking), dots, hyphens and dashes of every width.
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u2212]+")


def compact(text: str) -> str:
    """Return `text` without blanks, dots, hyphens and marks that are not seen, in capitals and plain digits.

    >>> compact("２ａ\u200b 00٤")
    '2A004'
    """
    return _SEPARATORS.sub("", plain_digits(text)).upper()


def is_digits(text: str) -> bool:
    """Return whether `text` is made of ASCII digits only, at least one."""
    return text.isascii() and text.isdigit()


def luhn_sum(digits: str) -> int:
    """Return the Luhn sum of a string of digits, its last digit being the key.

    Every second digit from the right is doubled and its own digits added (ISO/IEC 7812-1, annex B).
    """
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return sum(doubled) + sum(int(digit) for digit in digits[::-2])


def luhn_holds(digits: str) -> bool:
    """Return whether the key holds: any single changed digit breaks it."""
    return luhn_sum(digits) % 10 == 0


def key_97(number: int) -> int:
    """Return the key (1 to 97) of a NIR or NIA of 13 digits: 97 − (number mod 97)."""
    return 97 - number % 97
