"""The long computation of a roster: asked for, watched with its bound, given up."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from maillage.engines.roster import relative_gap
from maillage.kernel.job_states import JobState
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.rules import Permission
from maillage.roster.actions.jobs import ask_solve, stop_solve
from maillage.roster.models import Job, Roster
from maillage.roster.pages.base import OfRoster
from maillage.roster.queries.jobs import last_job


@dataclass(frozen=True, slots=True)
class JobView:
    """A computation, ready to show: its state, seconds left, how far from the best possible (0 to 1)."""

    job: Job
    is_active: bool
    is_running: bool
    is_done: bool
    seconds_left: float
    gap: float | None


class Solve(OfRoster, Endpoint):
    """Asks for the best roster that the solver finds."""

    permission = Permission.MANAGE_ROSTER

    def post(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        return self.done(
            lambda: ask_solve(by=self.person, roster=self.roster),
            _("Calcul demandé : vous pouvez quitter cette page, il continue."),
        )


class StopSolve(OfRoster, Endpoint):
    """Gives the computation up."""

    permission = Permission.MANAGE_ROSTER

    def post(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        job = last_job(self.roster)
        return self.done(
            lambda: job and stop_solve(by=self.person, job=job),
            _("Calcul arrêté : le tableau reste tel qu’il est."),
        )


class Progress(OfRoster, Page):
    """Where the computation stands, asked every two seconds; once it is over, the page is read again."""

    template_name = "roster/_job.html"
    permission = Permission.MANAGE_ROSTER

    def get(self, request: HttpRequest, **_address: int) -> HttpResponse:
        job = job_of(self.roster)
        if job is None or not job.is_active:
            return HttpResponseClientRefresh()
        return self.render_to_response(self.get_context_data(job=job, month=request.GET.get("mois", "")))


def job_of(roster: Roster) -> JobView | None:
    """Return the last computation asked for a roster, None where there was none."""
    job = last_job(roster)
    if job is None:
        return None
    return JobView(
        job=job,
        is_active=job.is_active,
        is_running=job.state == JobState.RUNNING.value,
        is_done=job.state == JobState.DONE.value,
        seconds_left=max(job.seconds - job.spent, 0.0),
        gap=_gap(job),
    )


def _gap(job: Job) -> float | None:
    """Return how far the roster found is from the best possible, at most, as a share of its own worth."""
    if job.objective is None or job.bound is None:
        return None
    return relative_gap(job.objective, job.bound)
