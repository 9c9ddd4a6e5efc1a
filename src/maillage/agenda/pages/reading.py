"""What an address or a form without a `Form` says to a page of the agenda: never an error of the server."""

from __future__ import annotations

from datetime import datetime

from django.utils.dateparse import parse_datetime

from maillage.kernel.parameters import is_in_reach


def key(text: str | None) -> str:
    """Return the key of a write as it is stored, empty for what is none."""
    return (text or "").replace("\x00", "")[:64]


def clean_text(text: str | None) -> str:
    """Return what somebody typed to search, without what no database stores."""
    return (text or "").replace("\x00", "").strip()


def wall_clock(text: str | None) -> datetime | None:
    """Return a day and time written 2026-03-14T09:30, without a zone, None for what is none."""
    try:
        found = parse_datetime((text or "").strip())
    except ValueError:
        return None
    if found is None or not is_in_reach(found.date()):
        return None
    return found.replace(tzinfo=None, second=0, microsecond=0)
