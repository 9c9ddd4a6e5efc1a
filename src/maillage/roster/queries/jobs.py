"""The last computation asked for a roster."""

from __future__ import annotations

from maillage.roster.models import Job, Roster


def last_job(roster: Roster) -> Job | None:
    """Return the last computation asked for a roster, with what it kept; None where there was none."""
    return Job.objects.filter(roster=roster).select_related("solve", "by").first()
