"""Computations asked for: one at a time, told as they go, safe from a kill, refused if the inputs changed."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from maillage.kernel.models import Entry, Person
from maillage.roster import api
from maillage.roster.actions import jobs
from maillage.roster.api import RosterError, State
from maillage.roster.models import Assignment, Job, Solve
from tests.factories import make_commune
from tests.kernel.own_database import own_database
from tests.roster.conftest import FIRST, LAST


@pytest.fixture
def ready(roster: api.Roster, volunteers: list[api.Volunteer]) -> api.Roster:
    return roster


def other_roster(by: Person, sector: api.Sector, professional: api.Volunteer) -> api.Roster:
    there = api.create_sector(by=by, place=sector.territory, name="Autre", communes=[make_commune("71888")])
    api.set_volunteer(by=by, sector=there, professional=professional.professional)
    return api.create_roster(by=by, sector=there, first_day=FIRST, last_day=LAST)


def test_asked_once_computed_and_kept(coordinator: Person, ready: api.Roster) -> None:
    assert not api.solve_waits()
    job = api.ask_solve(by=coordinator, roster=ready, seconds=3)
    assert api.ask_solve(by=coordinator, roster=ready) == job
    assert api.solve_waits()
    assert api.run_waiting("one") == 1
    job.refresh_from_db()
    assert (job.state, job.worker, job.attempts, job.said) == ("done", "one", 1, "")
    assert job.solve == Solve.objects.get()
    assert job.input_hash == job.solve.input_hash
    assert (job.objective, job.bound) == (job.solve.objective, job.solve.bound)
    assert job.ended_at == timezone.now()
    assert api.missing_posts(ready) == 0
    assert not api.solve_waits()
    verbs = Entry.objects.order_by("position").values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["roster.solve_asked", "roster.solved"]
    assert api.ask_solve(by=coordinator, roster=ready).seconds == 40


def test_a_second_computation_changes_the_fewest_duties(
    coordinator: Person, ready: api.Roster, volunteers: list[api.Volunteer]
) -> None:
    api.ask_solve(by=coordinator, roster=ready, seconds=3)
    api.run_waiting("one")
    before = dict(Assignment.objects.values_list("post", "volunteer"))
    away = volunteers[0].professional
    api.add_absence(by=coordinator, professional=away, first_day=FIRST, last_day=FIRST + timedelta(days=6))
    api.ask_solve(by=coordinator, roster=ready, seconds=3)
    api.run_waiting("one")
    after = dict(Assignment.objects.values_list("post", "volunteer"))
    moved = {post for post in before if before[post] != after.get(post)}
    assert Job.objects.first().solve.changes == len(moved) <= 8


def test_it_is_told_while_it_goes(
    coordinator: Person, ready: api.Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = api.ask_solve(by=coordinator, roster=ready, seconds=3)
    seen = []
    told = jobs._tell

    def watched(mine: Job, *known: float) -> None:
        told(mine, *known)
        seen.append(Job.objects.values_list("state", "spent", "objective").get())

    monkeypatch.setattr(jobs, "_tell", watched)
    api.run_waiting("one")
    assert seen
    assert all(state == "running" and objective is not None for state, _spent, objective in seen)
    assert [spent for _state, spent, _objective in seen] == sorted(spent for _state, spent, _o in seen)
    job.refresh_from_db()
    assert job.bound <= job.objective


def test_what_changed_meanwhile_refuses_the_result(
    coordinator: Person,
    ready: api.Roster,
    posts: list[api.Post],
    volunteers: list[api.Volunteer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = api.ask_solve(by=coordinator, roster=ready, seconds=3)
    told = jobs._tell

    def busy(mine: Job, *known: float) -> None:
        told(mine, *known)
        if not Assignment.objects.filter(post=posts[0]).exists():
            api.assign(by=coordinator, post=posts[0], volunteer=volunteers[0])

    monkeypatch.setattr(jobs, "_tell", busy)
    api.run_waiting("one")
    job.refresh_from_db()
    assert job.state == "failed"
    assert "recommencez" in job.said
    assert Assignment.objects.count() == 1
    assert Entry.objects.latest("position").verb == "roster.solve_failed"


def test_stopped_while_it_runs_or_waits(
    coordinator: Person, ready: api.Roster, volunteers: list[api.Volunteer], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = api.ask_solve(by=coordinator, roster=ready, seconds=3)
    told = jobs._tell

    def stopping(mine: Job, *known: float) -> None:
        api.stop_solve(by=coordinator, job=mine)
        told(mine, *known)

    with pytest.raises(PermissionDenied):
        api.stop_solve(by=volunteers[0].professional.account, job=job)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_tell", stopping)
        api.run_waiting("one")
    job.refresh_from_db()
    assert (job.state, job.solve) == ("failed", None)
    assert "arrêté" in job.said
    again = api.stop_solve(by=coordinator, job=job)
    assert again.ended_at == job.ended_at
    assert not Assignment.objects.exists()
    waiting = api.ask_solve(by=coordinator, roster=ready, seconds=3)
    api.stop_solve(by=coordinator, job=waiting)
    assert api.run_waiting("one") == 0


def test_stopped_at_the_very_end_keeps_nothing(
    coordinator: Person, ready: api.Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = api.ask_solve(by=coordinator, roster=ready, seconds=3)
    finish = jobs._finish

    def too_late(mine: Job, proposal: api.Proposal) -> None:
        api.stop_solve(by=coordinator, job=mine)
        finish(mine, proposal)

    monkeypatch.setattr(jobs, "_finish", too_late)
    api.run_waiting("one")
    job.refresh_from_db()
    assert job.state == "failed"
    assert not Solve.objects.exists()
    jobs._fail(job, "trop tard")
    job.refresh_from_db()
    assert job.said != "trop tard"


def test_refused_where_it_makes_no_sense(
    coordinator: Person, roster: api.Roster, sector: api.Sector, volunteers: list[api.Volunteer]
) -> None:
    with pytest.raises(PermissionDenied):
        api.ask_solve(by=volunteers[0].professional.account, roster=roster)
    for one in volunteers:
        api.set_volunteer(by=coordinator, sector=sector, professional=one.professional, is_active=False)
    with pytest.raises(RosterError, match="Aucun volontaire"):
        api.ask_solve(by=coordinator, roster=roster)
    api.change_state(by=coordinator, roster=roster, to=State.SENT)
    with pytest.raises(RosterError, match="parti au CDOM"):
        api.ask_solve(by=coordinator, roster=roster)


def test_sent_or_without_rights_when_its_turn_comes(coordinator: Person, ready: api.Roster) -> None:
    job = api.ask_solve(by=coordinator, roster=ready, seconds=3)
    api.change_state(by=coordinator, roster=ready, to=State.SENT)
    api.run_waiting("one")
    job.refresh_from_db()
    assert "parti au CDOM" in job.said
    api.change_state(by=coordinator, roster=ready, to=State.DRAFT)
    again = api.ask_solve(by=coordinator, roster=ready, seconds=3)
    coordinator.roles.update(withdrawn_at=timezone.now())
    api.run_waiting("one")
    again.refresh_from_db()
    assert "Votre rôle" in again.said


def test_an_error_of_ours_is_a_sentence_too(
    coordinator: Person, ready: api.Roster, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = api.ask_solve(by=coordinator, roster=ready, seconds=3)

    def broken(mine: Job, *known: float) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "_tell", broken)
    api.run_waiting("one")
    job.refresh_from_db()
    assert "erreur" in job.said
    assert "ZeroDivisionError" in caplog.text


def test_one_runs_at_a_time_whatever_the_processes(
    coordinator: Person, sector: api.Sector, ready: api.Roster, volunteers: list[api.Volunteer]
) -> None:
    first = api.ask_solve(by=coordinator, roster=ready, seconds=3)
    second = api.ask_solve(by=coordinator, roster=other_roster(coordinator, sector, volunteers[0]), seconds=3)
    assert jobs.QUEUE.claim("one") == first
    assert jobs.QUEUE.claim("two") is None
    assert not api.solve_waits()
    with transaction.atomic(), pytest.raises(IntegrityError):
        Job.objects.filter(pk=second.pk).update(state="running")
    api.stop_solve(by=coordinator, job=first)
    assert jobs.QUEUE.claim("two") == second


def test_a_dead_process_gives_its_computation_back_once(
    coordinator: Person, ready: api.Roster, clock: time_machine.Traveller
) -> None:
    job = api.ask_solve(by=coordinator, roster=ready, seconds=20)
    jobs.QUEUE.claim("dead")
    clock.shift(timedelta(seconds=60))
    assert api.recover() == 0
    clock.shift(timedelta(seconds=10))
    assert api.solve_waits(), "silent for too long: it waits again"
    claimed = jobs.QUEUE.claim("next")
    assert claimed.attempts == 2
    with pytest.raises(jobs.LostJobError):
        jobs._tell(Job(pk=job.pk, worker="dead"), 1.0, 2.0, 1.0)
    assert api.recover(worker="next") == 1
    job.refresh_from_db()
    assert job.state == "failed"
    assert "interrompu deux fois" in job.said
    assert not api.solve_waits()
    assert api.ask_solve(by=coordinator, roster=ready).pk != job.pk


@pytest.mark.django_db(transaction=True)
def test_killed_for_good_it_is_computed_by_the_next_process(tmp_path: Path) -> None:
    """A real server's thread, a real process killed while it computes, a roster kept in the end."""
    with own_database(tmp_path, connection.vendor) as database:
        _status, said = database.run("tests.roster.solving")
    assert said["killed"] == 1
    assert said["states"][:2] == ["queued", "running"]
    assert said["job"] == {"state": "done", "attempts": 2, "said": "", "missing": 0}
    assert said["answered"] < 1.0, "no request waits"
    assert said["intact"]
