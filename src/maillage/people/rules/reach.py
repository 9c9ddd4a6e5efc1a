"""Telephone numbers as they are stored and compared, and how a person is best reached."""

from __future__ import annotations

import re

_NOISE = re.compile(r"[\s.\-()/]+")
_FRENCH = re.compile(r"0[1-9]\d{8}")


def phone_digits(text: str) -> str:
    """Return a number as `+33…`, or as it was typed without blanks where it is not one of France.

    >>> phone_digits("06 39 98 00 01"), phone_digits("+33 (0)6.39.98.00.01"), phone_digits("0033639980001")
    ('+33639980001', '+33639980001', '+33639980001')
    """
    digits = _NOISE.sub("", text.replace("(0)", ""))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if _FRENCH.fullmatch(digits):
        return f"+33{digits[1:]}"
    return digits


def phone_is_written_well(text: str) -> bool:
    """Return whether a number has only digits, at least 6 and at most 15, an international mark aside."""
    return re.fullmatch(r"\+?\d{6,15}", phone_digits(text)) is not None


def written_phone(digits: str) -> str:
    """Return a stored number as people read it.

    >>> written_phone("+33639980001")
    '06 39 98 00 01'
    """
    if digits.startswith("+33") and len(digits) == 12:
        national = f"0{digits[3:]}"
        return "\N{NO-BREAK SPACE}".join(national[start : start + 2] for start in range(0, 10, 2))
    return digits
