"""What was asked for data packs from the web."""

from __future__ import annotations

from maillage.kernel.job_states import JobState
from maillage.territory.models import PackWork
from maillage.territory.rules.pack_works import WorkKind

SHOWN = 15


def recent_works() -> list[PackWork]:
    """Return the last pieces of work, the latest first."""
    return list(PackWork.objects.select_related("by")[:SHOWN])


def work_or_none(pk: int) -> PackWork | None:
    """Return one piece of work, with whoever asked for it or stopped it."""
    rows = PackWork.objects.select_related("by", "stopped_by", "pack", "source")
    return rows.filter(pk=pk).first()


def last_import_of(work: PackWork) -> PackWork | None:
    """Return the last import of the pack that `work` prepared, None where it was never imported."""
    rows = PackWork.objects.filter(fingerprint=work.fingerprint, kind=WorkKind.IMPORT, state=JobState.DONE)
    return rows.select_related("by").first() if work.fingerprint else None
