"""When a message that does not press may ring a telephone."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo


def first_moment(at: datetime, *, begins: time, ends: time, zone: tzinfo) -> datetime:
    """Return `at`, or the end of the quiet hours it falls in, by the clock of `zone`.

    The quiet hours go from `begins`, included, to `ends`, excluded; over midnight where `begins` is later.
    The end is that hour on the wall, also on the nights when clocks change.
    """
    local = at.astimezone(zone)
    over_midnight = begins > ends
    is_late, is_early = local.time() >= begins, local.time() < ends
    if not (is_late or is_early if over_midnight else is_late and is_early):
        return at
    day = local.date() + timedelta(days=1 if over_midnight and is_late else 0)
    return datetime.combine(day, ends, tzinfo=zone)


def leaves_at(
    at: datetime, *, not_after: datetime | None, begins: time, ends: time, zone: tzinfo
) -> datetime:
    """Return when a message leaves: after the quiet hours, or at once where it would then be of no use."""
    moment = first_moment(at, begins=begins, ends=ends, zone=zone)
    return at if not_after is not None and moment > not_after else moment
