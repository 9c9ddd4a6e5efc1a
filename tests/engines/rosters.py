"""Random on-call problems for the tests of the roster engine."""

from __future__ import annotations

import numpy as np

from maillage.engines.roster import Limit, Occasions, Posts, Problem, Runs, Successions

DAY = 1440


def nights(count, **columns):
    """One post a night, from 20:00 to 8:00, of burden 1."""
    start = np.arange(count) * DAY + 1200
    return Posts.of(start, start + 720, columns.pop("burden", 1.0), **columns)


def random_problem(rng, people, posts, *, ruled=True, locked=False, runs=False, surplus=False, minima=False,
                   followed=False):  # fmt: skip
    """Days, blocks, sectors, wishes and rules at random; `ruled`: limits and occasions.

    `followed`: three sorts of post, some of which may not follow others.
    """
    day = np.sort(rng.integers(0, max(posts // 2, 2), posts))
    if runs:
        # Every day has a post, so that days and runs of days are the same for all.
        day = np.arange(posts)
    start = day * DAY + rng.choice([480, 1200], posts)
    made = Posts.of(
        start,
        start + 720,
        rng.choice([6.0, 12.0], posts),
        demand=rng.integers(1, 3, posts),
        under=rng.choice([100.0, 2000.0], posts),
        over=5.0 if surplus else np.inf,
    )
    allowed = rng.random((people, posts)) < 0.7
    kind = rng.random(posts) < 0.5
    limits, occasions = (), ()
    if ruled:
        limits = (
            Limit("kind", kind * 1.0, np.zeros(people), rng.integers(0, 3, people) * 1.0),
            Limit(
                "hours",
                np.full(posts, 12.0),
                rng.integers(0, 2, people) * 12.0 * minima,
                rng.integers(1, 4, people) * 12.0,
            ),
        )
        occasions = (Occasions("weekends", np.where(kind, day // 2, -1), rng.integers(0, 3, people)),)
    return Problem.of(
        made,
        allowed,
        rest=DAY - 720 if runs else rng.choice([0, 720, 1440], people),
        weight=rng.choice([0.5, 1.0], people),
        wish=rng.integers(-2, 2, (people, posts)) * 1.0,
        locks=(rng.random((people, posts)) < 0.1) & (allowed | (rng.random() < 0.5)) if locked else False,
        previous=rng.random((people, posts)) < 0.2,
        limits=limits,
        occasions=occasions,
        runs=Runs(rng.integers(1, 4, people), rng.integers(1, 3, people), rng.integers(1, 3, people))
        if runs
        else None,
        successions=Successions(rng.integers(0, 3, posts), rng.random((3, 3)) < 0.4) if followed else None,
        fairness=float(rng.choice([0.0, 2.0, 20.0])),
        change=float(rng.choice([0.0, 7.0])),
    )
