"""What people type or paste, before it is read as a number, a date or a code."""

from __future__ import annotations

import unicodedata


def plain_digits(text: str) -> str:
    """Return `text` with the digits of every script as ASCII, wide forms plain, no mark that is not seen.

    >>> plain_digits("２ａ\u200b 00٤")
    '2a 004'
    """
    kept = (one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf")
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in kept)
