"""The hour of a commune: no framework, no database."""

from __future__ import annotations

from collections.abc import Mapping

METROPOLE = "Europe/Paris"


def time_zone_of(code: str, table: Mapping[str, str]) -> str:
    """Return the IANA time zone of a commune (INSEE code), by the longest beginning of its code in `table`.

    >>> time_zone_of("97411", {"974": "Indian/Reunion"}), time_zone_of("71230", {"974": "Indian/Reunion"})
    ('Indian/Reunion', 'Europe/Paris')
    """
    for length in range(len(code), 0, -1):
        if (zone := table.get(code[:length])) is not None:
            return zone
    return METROPOLE
