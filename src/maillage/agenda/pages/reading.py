"""What an address or a form without a `Form` says to a page of the agenda: never an error of the server."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.dateparse import parse_datetime

from maillage.kernel.parameters import asked_day, row_key

#: Days that an agenda can show or take: beyond them, calendars and clocks no longer count.
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


def number(text: str | None) -> int:
    """Return a key written in an address, 0 for what is none."""
    return row_key(text)


def key(text: str | None) -> str:
    """Return the key of a write as it is stored, empty for what is none."""
    return (text or "").replace("\x00", "")[:64]


def words(text: str | None) -> str:
    """Return what somebody typed to search, without what no database stores."""
    return (text or "").replace("\x00", "").strip()


def day(text: str | None) -> date | None:
    """Return a day written 2026-03-14, None for what is none or lies out of reach."""
    found = asked_day((text or "").strip())
    return found if found is not None and EARLIEST <= found <= LATEST else None


def wall_clock(text: str | None) -> datetime | None:
    """Return a day and time written 2026-03-14T09:30, without a zone, None for what is none."""
    try:
        found = parse_datetime((text or "").strip())
    except ValueError:
        return None
    within = found is not None and EARLIEST <= found.date() <= LATEST
    return found.replace(tzinfo=None, second=0, microsecond=0) if found is not None and within else None
