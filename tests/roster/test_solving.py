"""The computed roster: fair, within the rules, locked duties kept, gaps explained, inputs hashed."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from maillage.kernel.models import Person
from maillage.roster import api
from maillage.roster.api import BlockKind, RosterError, State
from maillage.roster.models import Assignment, Solve
from maillage.territory.api import Territory
from tests.factories import make_commune
from tests.roster.conftest import FIRST, LAST


def solved(by: Person, roster: api.Roster, **options: object) -> Solve:
    return api.keep(by=by, proposal=api.propose(roster, **options))


def test_the_greedy_cover_fills_the_screen_and_the_solver_is_fairer(
    coordinator: Person, roster: api.Roster, volunteers: list[api.Volunteer]
) -> None:
    quick = api.propose(roster, quick=True)
    assert quick.solution.violations == ()
    best = api.propose(roster, seconds=4)
    assert best.solution.violations == ()
    assert best.solution.score.objective <= quick.solution.score.objective
    kept = api.keep(by=coordinator, proposal=best)
    assert kept.missing == api.missing_posts(roster)
    assert kept.bound is not None
    assert kept.bound <= kept.objective
    assert (len(kept.input_hash), kept.engine_version, kept.parameters["seconds"]) == (64, "3", 4)


def test_absences_maxima_and_rest_hold(
    coordinator: Person, sector: api.Sector, roster: api.Roster, volunteers: list[api.Volunteer]
) -> None:
    away, part = volunteers[0], volunteers[1]
    api.add_absence(
        by=coordinator, professional=away.professional, first_day=date(2026, 6, 10), last_day=LAST
    )
    api.set_volunteer(
        by=coordinator, sector=sector, professional=part.professional, share=0.5, max_per_month=4
    )
    solved(coordinator, roster, quick=True)
    mine = [one.post for one in Assignment.objects.filter(volunteer=away).select_related("post")]
    assert mine
    assert max(post.day for post in mine) < date(2026, 6, 9)  # the night of the 9th ends on the 10th
    for month in (5, 6, 7):
        assert Assignment.objects.filter(volunteer=part, post__day__month=month).count() <= 4
    for one in volunteers:
        posts = [row.post for row in Assignment.objects.filter(volunteer=one).select_related("post")]
        pairs = pairwise(posts)
        assert all(later.starts_at - earlier.ends_at >= timedelta(hours=11) for earlier, later in pairs)


def test_a_lock_stands_and_a_new_computation_changes_the_least(
    coordinator: Person, roster: api.Roster, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    api.assign(by=coordinator, post=posts[3], volunteer=volunteers[2])
    solved(coordinator, roster, quick=True)
    before = dict(Assignment.objects.values_list("post", "volunteer"))
    assert before[posts[3].pk] == volunteers[2].pk
    assert Assignment.objects.get(post=posts[3]).origin == "manual"
    week = date(2026, 6, 1), date(2026, 6, 7)
    api.add_absence(
        by=coordinator, professional=volunteers[0].professional, first_day=week[0], last_day=week[1]
    )
    again = solved(coordinator, roster, seconds=4)
    after = dict(Assignment.objects.values_list("post", "volunteer"))
    moved = {post for post in before if before[post] != after.get(post)}
    assert again.changes == len(moved)
    assert len(moved) <= 8
    assert after[posts[3].pk] == volunteers[2].pk


def test_a_gap_says_which_rule_binds_and_who_is_nearest(
    coordinator: Person, sector: api.Sector, roster: api.Roster, volunteers: list[api.Volunteer]
) -> None:
    for one in volunteers:
        api.set_volunteer(by=coordinator, sector=sector, professional=one.professional, max_per_month=2)
    kept = solved(coordinator, roster, quick=True)
    assert kept.missing == len(kept.gaps) > 0
    gap = kept.gaps[0]
    assert gap["binding"] == "maximum"
    assert gap["blocked"]["maximum"] >= 1
    assert gap["nearest"][0]["rules"] == ["maximum"]


def test_preferences_weigh(coordinator: Person, roster: api.Roster, volunteers: list[api.Volunteer]) -> None:
    api.set_preference(by=coordinator, volunteer=volunteers[0], kind=BlockKind.SUNDAY, is_wanted=True)
    api.set_preference(by=coordinator, volunteer=volunteers[1], kind=BlockKind.SUNDAY, is_wanted=False)
    wish = api.propose(roster, quick=True).case.problem.wish
    assert (wish.min(), wish.max()) == (-2, 1)


def test_a_duty_of_another_sector_keeps_its_rest(
    coordinator: Person, place: Territory, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    other = api.create_sector(by=coordinator, place=place, name="Autre", communes=[make_commune("71888")])
    there = api.create_roster(by=coordinator, sector=other, first_day=FIRST, last_day=LAST)
    api.set_volunteer(by=coordinator, sector=other, professional=volunteers[0].professional)
    night = next(post for post in posts if post.day == date(2026, 5, 6))
    api.assign(by=coordinator, post=night, volunteer=volunteers[0])
    case = api.propose(there, quick=True).case
    barred = {case.posts[j].day.day for j in range(len(case.posts)) if not case.problem.allowed[0, j]}
    assert barred == {6}


def test_what_changed_during_the_computation_refuses_it(
    coordinator: Person, roster: api.Roster, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    stale = api.propose(roster, quick=True)
    api.assign(by=coordinator, post=posts[0], volunteer=volunteers[0])
    with pytest.raises(RosterError, match="recommencez"):
        api.keep(by=coordinator, proposal=stale)
    fresh = api.propose(roster, quick=True)
    api.change_state(by=coordinator, roster=roster, to=State.SENT)
    with pytest.raises(RosterError, match="parti au CDOM"):
        api.keep(by=coordinator, proposal=fresh)


def test_nobody_volunteers(roster: api.Roster) -> None:
    with pytest.raises(RosterError, match="Aucun volontaire"):
        api.propose(roster, quick=True)
