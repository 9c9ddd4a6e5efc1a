"""Computations too long for a request: asked for here, done one at a time by a process of their own."""

from __future__ import annotations

import logging
import math
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import databases
from maillage.kernel.job_states import JobState
from maillage.kernel.jobs import ACTIVE_STATES, LostJobError, Queue
from maillage.kernel.models import Person
from maillage.roster.actions.recording import record
from maillage.roster.actions.rights import locked, require_manager
from maillage.roster.actions.solving import keep
from maillage.roster.computations import Proposal, fillable, proposal_of, seconds_given
from maillage.roster.models import Job, Roster
from maillage.roster.rules.errors import RosterError
from maillage.roster.rules.jobs import longest_silence
from maillage.roster.rules.workflow import EDITABLE

logger = logging.getLogger("maillage.roster")

SOLVE_CHANNEL = "maillage_roster_jobs"
QUEUE: Queue[Job] = Queue(
    Job,
    silence=lambda job: longest_silence(job.seconds),
    dead=lambda: _("Le calcul s’est interrompu deux fois : réessayez, ou complétez le tableau."),
)


@transaction.atomic
def ask_solve(*, by: Person, roster: Roster, seconds: float | None = None) -> Job:
    """Ask for the best roster that the solver finds in so many seconds; asking twice gives the same job.

    Raises RosterError where the roster is no longer being made or nobody volunteers; PermissionDenied.
    """
    row = locked(roster)
    require_manager(by, row.sector)
    if row.step not in EDITABLE:
        raise RosterError(_("Ce tableau est parti au CDOM : un nouveau calcul ne le change plus."))
    known = Job.objects.filter(roster=row, state__in=ACTIVE_STATES).first()
    if known is not None:
        return known
    fillable(row)
    job = Job.objects.create(roster=row, by=by, seconds=seconds_given(row) if seconds is None else seconds)
    databases.notify(SOLVE_CHANNEL)
    record(row.sector, row, by=by, verb="roster.solve_asked", changes={"seconds": job.seconds})
    return job


@transaction.atomic
def stop_solve(*, by: Person, job: Job) -> Job:
    """Give a computation up; the roster stays as it is. Raises PermissionDenied."""
    require_manager(by, job.roster.sector)
    row = Job.objects.select_for_update().get(pk=job.pk)
    if row.is_active:
        QUEUE.end(row, JobState.FAILED, _("Calcul arrêté : le tableau reste tel qu’il est."))
        record(job.roster.sector, job.roster, by=by, verb="roster.solve_stopped")
    return row


def solve_waits() -> bool:
    """Whether a process should be started: something waits, and nothing runs."""
    return QUEUE.waits()


def recover(*, worker: str = "") -> int:
    """Take back what a dead process had: see `Queue.recover`."""
    return QUEUE.recover(worker=worker)


def run_waiting(worker: str) -> int:
    """Do what waits, one after the other, as the process `worker`; return how many were done."""
    count = 0
    while (job := QUEUE.claim(worker)) is not None:
        _run(job)
        count += 1
    return count


def _run(job: Job) -> None:
    """Compute, tell how far it is, and keep the roster; a failure becomes a sentence."""
    try:
        case = fillable(Roster.objects.select_related("sector__territory__scope").get(pk=job.roster_id))
        QUEUE.ours(job).update(input_hash=case.input_hash)
        _finish(job, proposal_of(case, seconds=job.seconds, progress=partial(_tell, job)))
    except LostJobError:
        logger.info("computation %s was stopped", job.pk)
    except (RosterError, PermissionDenied) as error:
        _fail(job, str(error))
    except Exception:
        logger.exception("computation %s failed", job.pk)
        _fail(job, _("Le calcul s’est arrêté sur une erreur : le tableau reste tel qu’il est."))


def _tell(job: Job, spent: float, objective: float, bound: float) -> None:
    """Note how far a computation is. Raises LostJobError where it is no longer ours."""
    known = {"objective": objective, "bound": bound}
    finite = {name: value for name, value in known.items() if math.isfinite(value)}
    if not QUEUE.ours(job).update(seen_at=timezone.now(), spent=spent, **finite):
        raise LostJobError


@transaction.atomic
def _finish(job: Job, proposal: Proposal) -> None:
    row = QUEUE.ours(job).select_for_update().first()
    if row is None:
        raise LostJobError
    row.solve = keep(by=row.by, proposal=proposal)
    row.objective, row.bound, row.spent = row.solve.objective, row.solve.bound, row.solve.seconds
    row.save(update_fields=["solve", "objective", "bound", "spent"])
    QUEUE.end(row, JobState.DONE, "")


@transaction.atomic
def _fail(job: Job, words: str) -> None:
    row = QUEUE.ours(job).select_for_update().first()
    if row is not None:
        QUEUE.end(row, JobState.FAILED, words)
        changes = {"said": words}
        record(job.roster.sector, job.roster, by=None, verb="roster.solve_failed", changes=changes)
