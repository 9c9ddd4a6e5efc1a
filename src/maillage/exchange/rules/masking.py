"""An address as a report shows it: enough to recognise one's own, not enough to write to it."""

from __future__ import annotations

_DOT = "•"


def masked_phone(phone: str) -> str:
    """Return a written number with its middle hidden.

    >>> masked_phone("06 39 98 00 01"), masked_phone("15")
    ('06 •• •• •• 01', '••')
    """
    hidden = [one for one in range(len(phone)) if phone[one].isdigit()]
    kept = {*hidden[:2], *hidden[-2:]} if len(hidden) > 6 else set()
    return "".join(
        _DOT if place in hidden and place not in kept else phone[place] for place in range(len(phone))
    )


def recognisable_phone(phone: str) -> str:
    """Return a written number as whoever knows it recognises it: two digits hidden, the last two shown.

    For who may read the number anyway, so that a screen seen over a shoulder does not give it.

    >>> recognisable_phone("06 39 98 00 12"), recognisable_phone("15")
    ('06 39 98 •• 12', '••')
    """
    digits = [one for one in range(len(phone)) if phone[one].isdigit()]
    hidden = set(digits[-4:-2] if len(digits) > 6 else digits)
    return "".join(_DOT if place in hidden else phone[place] for place in range(len(phone)))


def masked_email(address: str) -> str:
    """Return an address with its name hidden, the first letter aside.

    >>> masked_email("louis.tilleul@example.org")
    'l•••@example.org'
    """
    name, _at, domain = address.partition("@")
    return f"{name[:1]}{_DOT * 3}@{domain}"
