"""What an address or a plain form of ours carries as text: the key of a row, a day.

Anybody may write anything there: other digits than ours, a superscript, a number of five thousand digits, a
day at the edge of the calendar from which no week can be counted. Each function answers for all of them and
raises nothing. No framework.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode
from uuid import uuid4

#: Between them, a page may count years, weeks and time zones from a day without leaving the calendar.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FORM_KEY = re.compile(r"[0-9A-Za-z-]{1,64}")
_MOST_KEPT, _LONGEST_KEPT = 30, 200
_LONGEST_KEY = 18  # digits: every such number is a key that both databases can compare


def row_key(text: str | None) -> int:
    """Return the key of a row that `text` writes, 0 (the key of none) where it writes none.

    >>> row_key("42"), row_key("²"), row_key("٣"), row_key("9" * 26), row_key(None)
    (42, 0, 0, 0, 0)
    """
    if not text or len(text) > _LONGEST_KEY or not (text.isascii() and text.isdigit()):
        return 0
    return int(text)


def row_keys(texts: list[str]) -> list[int]:
    """Return the keys that `texts` write, in their order, without those that write none."""
    return [key for key in map(row_key, texts) if key]


def form_key(text: str | None) -> str:
    """Return the key that a plain form was sent with, a new one where `text` is none of those that we draw.

    >>> form_key("3f2a"), len(form_key("a\x00b")), len(form_key(None))
    ('3f2a', 32, 32)
    """
    return text if text and _FORM_KEY.fullmatch(text) else uuid4().hex


def query_kept(written: Iterable[tuple[str, list[str]]], **changes: str) -> str:
    """Return the query of a link to the same page: what its address says, with `changes`; empty: left out.

    `written` are the names with their values (`request.GET.lists()`). What no page of ours writes is not
    carried on, so that an address cannot make every link of an answer as long as itself: names or values of
    more than 200 characters, and all beyond the thirtieth.

    >>> query_kept([("q", ["a b"]), ("tri", ["nom"]), ("page", ["2"])], tri="-nom", page="")
    'q=a+b&tri=-nom'
    """
    kept = [
        (name, value)
        for name, values in written
        if name not in changes
        for value in values
        if len(name) <= _LONGEST_KEPT and len(value) <= _LONGEST_KEPT
    ]
    changed = [(name, value) for name, value in changes.items() if value]
    # A lone surrogate, which no UTF-8 writes, is told by a question mark.
    return urlencode([*kept[:_MOST_KEPT], *changed], errors="replace")


def asked_day(text: str | None) -> date | None:
    """Return the day that `text` writes as `2026-11-29`, None for anything else and for days out of reach.

    >>> asked_day("2026-11-29"), asked_day("9999-12-31"), asked_day("2026-02-30"), asked_day("20261129")
    (datetime.date(2026, 11, 29), None, None, None)
    """
    if text is None or _DAY.fullmatch(text) is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_in_reach(day) else None


def is_in_reach(day: date) -> bool:
    """Return whether one may count from `day` without leaving the calendar."""
    return FIRST_DAY <= day <= LAST_DAY
