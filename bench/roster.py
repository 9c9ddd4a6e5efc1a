"""The roster engine: a synthetic territory of 948 posts, and eight public instances with published results.

`python -m bench.roster` writes build/bench/roster.json. The public instances (schedulingbenchmarks.org) are
read from the folder named by MAILLAGE_ROSTERING; without it only what is generated is run.
MAILLAGE_BENCH_DENSE names the seeds of the dense instances, one by default: a minute each.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from bench.data import SEED
from bench.harness import Row, best_of, row, write
from maillage.engines import roster
from maillage.engines.roster import Limit, Occasions, Posts, Problem, Runs

DOCTORS, HOSPITAL, SECTORS, WEEKS = 40, 12, 4, 26
FIRST = date(2026, 6, 29)
HOLIDAYS = {date(2026, 7, 14), date(2026, 11, 11), date(2026, 12, 25)}
SECONDS, INSTANCE_SECONDS, DENSE_SECONDS = 40.0, 30.0, 60.0
DENSE = [int(seed) for seed in os.environ.get("MAILLAGE_BENCH_DENSE", "1").split(",")]
"""Seeds of the dense instances."""
PUBLISHED = {1: 607, 2: 828, 3: 1001, 4: 1716, 5: 1143, 6: 1950, 7: 1056, 8: 1308}
"""Best of the published 10- and 60-minute results of five methods, by instance."""
DAY = 1440
NAMED = os.environ.get("MAILLAGE_ROSTERING")
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "rostering"


def blocks() -> list[tuple[int, int, int, float, bool]]:
    """Every block of the period: day, first and last hour, burden, whether on a weekend."""
    found = []
    for day in range(WEEKS * 7):
        when = FIRST + timedelta(days=day)
        weekend, holiday = when.weekday() >= 5, when in HOLIDAYS
        found.append((day, 20, 32, 12.0 if weekend or holiday else 6.0, weekend))
        if when.weekday() == 6 or holiday:
            found.append((day, 8, 20, 24.0 if holiday else 18.0, weekend))
        elif when.weekday() == 5:
            found.append((day, 12, 20, 12.0, weekend))
    return found


def territory() -> Problem:
    """40 doctors, 12 of them from the hospital at half a share, 4 sectors, 26 weeks; fixed seed."""
    rng = np.random.default_rng(SEED)
    day, start, end, burden, weekend = (np.repeat(column, SECTORS) for column in zip(*blocks(), strict=True))
    sector = np.tile(np.arange(SECTORS), len(day) // SECTORS)
    home = rng.integers(0, SECTORS, DOCTORS)
    second = (home + rng.integers(1, SECTORS, DOCTORS)) % SECTORS
    allowed = (sector == home[:, None]) | (sector == second[:, None])
    for doctor in range(DOCTORS):
        for away in rng.integers(0, WEEKS * 7 - 6, 3):
            allowed[doctor, (day >= away) & (day < away + 6)] = False
    drawn = rng.random(allowed.shape)
    wish = np.select([drawn < 0.03, drawn < 0.08, drawn > 0.9], [-2.0, -1.0, 1.0], 0.0) * allowed
    hospital = np.arange(DOCTORS) < HOSPITAL
    month = np.array([(FIRST + timedelta(days=int(one))).month for one in day])
    nobody, monthly = np.zeros(DOCTORS), np.where(hospital, 4.0, 6.0)
    limits = [Limit(f"month {m}", (month == m) * 1.0, nobody, monthly) for m in np.unique(month)]
    limits += [
        Limit(f"weekends {m}", ((month == m) & weekend) * 1.0, nobody, np.full(DOCTORS, 3.0))
        for m in np.unique(month)
    ]
    return Problem.of(
        Posts.of(day * DAY + start * 60, day * DAY + end * 60, burden),
        allowed,
        rest=DAY,
        weight=np.where(hospital, 0.5, 1.0),
        wish=wish,
        limits=tuple(limits),
    )


def sections(file: Path) -> dict[str, list[list[str]]]:
    """The lines of an instance by section, cut at commas, without comments."""
    found: dict[str, list[list[str]]] = {}
    for line in file.read_text().splitlines():
        text = line.strip()
        if text.startswith("SECTION_"):
            found[text[8:]] = []
        elif text and not text.startswith("#"):
            found[list(found)[-1]].append(text.split(","))
    return found


def instance(file: Path) -> tuple[Problem, float]:
    """A public instance as a problem, and the constant that its objective adds (wishes not granted).

    Shifts are laid out through the day so that a rest of what a shift leaves of 24 hours forbids exactly the
    successions that the instance forbids; where no such order exists, they are given as a matrix.
    """
    read = sections(file)
    horizon, shifts = int(read["HORIZON"][0][0]), [line[0] for line in read["SHIFTS"]]
    length = {line[0]: int(line[1]) for line in read["SHIFTS"]}
    before = {line[0]: {one for one in line[2].split("|") if one} for line in read["SHIFTS"]}
    order = {shift: len(before[shift]) for shift in shifts}
    by_rest = all(before[one] == {other for other in shifts if order[other] < order[one]} for one in shifts)
    if not by_rest:
        order = dict.fromkeys(shifts, 0)
    forbidden = np.array([[other in before[one] for other in shifts] for one in shifts])
    staff = [line[0] for line in read["STAFF"]]
    number, at = {who: p for p, who in enumerate(staff)}, {shift: s for s, shift in enumerate(shifts)}
    cover = {(int(d), s): (int(n), float(u), float(o)) for d, s, n, u, o in read["COVER"]}
    keys = [(day, shift) for day in range(horizon) for shift in shifts]
    wanted = np.array([cover.get(key, (0, 0.0, 0.0)) for key in keys])
    day = np.array([key[0] for key in keys])
    # An hour of the clock stands for a rank; only who may follow whom is taken from it.
    start = day * DAY + np.array([order[key[1]] for key in keys]) * 60
    posts = Posts.of(
        start, start + 60, 0.0, day=day, demand=wanted[:, 0], under=wanted[:, 1], over=wanted[:, 2]
    )
    allowed, wish, constant = np.ones((len(staff), len(keys)), bool), np.zeros((len(staff), len(keys))), 0.0
    for who, *off in read["DAYS_OFF"]:
        allowed[number[who], np.isin(day, [int(one) for one in off])] = False
    for name, sign in (("SHIFT_ON_REQUESTS", -1.0), ("SHIFT_OFF_REQUESTS", 1.0)):
        for who, when, shift, cost in read[name]:
            wish[number[who], int(when) * len(shifts) + at[shift]] += sign * float(cost)
            constant += float(cost) if sign < 0 else 0.0
    most = [dict(part.split("=") for part in line[1].split("|")) for line in read["STAFF"]]
    numbers = np.array([[int(value) for value in line[2:]] for line in read["STAFF"]])
    kind, none = np.array([key[1] for key in keys]), np.zeros(len(staff))
    limits = [
        Limit(shift, (kind == shift) * 1.0, none, np.array([float(one[shift]) for one in most]))
        for shift in shifts
    ]
    hours = np.array([float(length[key[1]]) for key in keys])
    limits.append(Limit("minutes", hours, numbers[:, 1].astype(float), numbers[:, 0].astype(float)))
    weekends = Occasions("weekends", np.where(day % 7 >= 5, day // 7, -1), numbers[:, 5])
    sort = np.array([at[key[1]] for key in keys])
    made = Problem.of(
        posts,
        allowed,
        rest=DAY - 60,
        successions=None if by_rest else roster.Successions(sort, forbidden),
        wish=wish,
        limits=tuple(limits),
        occasions=(weekends,),
        runs=Runs(numbers[:, 2], numbers[:, 3], numbers[:, 4]),
        fairness=0.0,
    )
    return made, constant


def dense(seed: int, *, staff: int = 60, shifts: int = 10, days: int = 84) -> Problem:
    """A hospital's quarter: ten shifts a day, as much work as people can do, runs, weekends, successions.

    Whoever was late is not early the next day, and a night is followed by a night. Nights last ten hours.
    Fifteen people in a hundred work part time; everybody has days off and wishes; fixed by its seed.
    """
    rng = np.random.default_rng(seed)
    part_of_day = np.minimum(np.arange(shifts) * 10 // shifts // 3, 3)
    night, part_time = part_of_day == 3, np.arange(staff) >= staff * 85 // 100
    hours = np.where(night, 600.0, 480.0)
    day, sort = np.repeat(np.arange(days), shifts), np.tile(np.arange(shifts), days)
    may = rng.random((staff, shifts)) < np.where(night, 0.5, 0.7)
    allowed = may[:, sort]
    for person in range(staff):
        allowed[person, np.isin(day, rng.choice(days, days // 14, replace=False))] = False
    most = np.floor(np.where(part_time, 0.55, 0.85) * days * 5 / 7) * 480.0
    wish = np.zeros(allowed.shape)
    for person in range(staff):
        asked = rng.integers(0, day.size, days // 4)
        wish[person, asked] += rng.choice([-1.0, 1.0], asked.size) * rng.integers(1, 4, asked.size)
    drawn = (
        rng.uniform(0.6, 1.4, day.size) * np.where(night[sort], 0.6, 1.0) * np.where(day % 7 >= 5, 0.8, 1.0)
    )
    none = np.zeros(staff)
    limits = [Limit("minutes", hours[sort], most - 1440.0, most)]
    limits += [
        Limit(f"nights {one}", (sort == one) * 1.0, none, np.full(staff, days / 7))
        for one in np.flatnonzero(night)
    ]
    return Problem.of(
        Posts.of(
            day * DAY,
            day * DAY + 60,
            0.0,
            day=day,
            demand=np.round(drawn / drawn.sum() * most.sum() / 490 * 1.02).astype(int),
            under=100.0,
            over=1.0,
        ),
        allowed,
        rest=DAY - 60,
        wish=wish,
        limits=tuple(limits),
        successions=roster.Successions(sort, part_of_day[:, None] > part_of_day[None, :]),
        occasions=(
            Occasions("weekends", np.where(day % 7 >= 5, day // 7, -1), np.full(staff, days * 3 // 28)),
        ),
        runs=Runs(
            np.where(rng.random(staff) < 0.8, 5, 6),
            np.full(staff, 2),
            np.where(rng.random(staff) < 0.8, 2, 3),
        ),
        fairness=0.0,
    )


def dense_rows() -> list[Row]:
    """The dense instances after a minute, beside the greedy cover."""
    rows = []
    for seed in DENSE:
        problem = dense(seed)
        quick, _ = best_of(1, partial(roster.cover, problem))
        found, took = best_of(1, partial(roster.solve, problem, seconds=DENSE_SECONDS, gap=0.0))
        assert not found.violations
        value, before = found.score.objective, quick.score.objective
        note = (
            f"{found.score.missing} missing of {problem.posts.demand.sum()}; {len(quick.violations)} rules "
            f"broken by the greedy, none by ours; {took / 1e3:.1f} s of {DENSE_SECONDS:.0f}; bound "
            f"{found.bound:.1f} without runs, successions and weekends, gap {found.gap:.1%}; objectives: "
            "lower is better"
        )
        case = f"dense instance {seed}, 60 staff × 10 shifts × 84 days, objective"
        rows.append(Row(case, round(value, 1), "greedy", round(before, 1), round(before / value, 3), note))
    return rows


def synthetic_rows() -> list[Row]:
    """Greedy cover and solver on the synthetic territory."""
    problem = territory()
    size = f"{len(problem.posts)} posts, {problem.allowed.sum()} candidate assignments"
    quick, quick_ms = best_of(5, lambda: roster.cover(problem))
    found, found_ms = best_of(1, lambda: roster.solve(problem, seconds=SECONDS, gap=0.01))
    assert not found.violations
    told = (
        f"objective {found.score.objective:.1f}, bound {found.bound:.1f}, gap {found.gap:.2%}, "
        f"{found.score.missing} open, fairness gap {found.score.excess + found.score.deficit:.1f} points"
    )
    greedy = f"objective {quick.score.objective:.1f}, {quick.score.missing} open; goal < 200 ms"
    return [
        row("greedy cover, 40 doctors × 4 sectors × 26 weeks", quick_ms, "goal", 200.0, f"{size}; {greedy}"),
        row("within 1 % of the bound", found_ms, "goal", 40_000.0, told),
    ]


def instance_rows(folder: Path) -> list[Row]:
    """Our result and the published best on each instance, within a short time."""
    rows = []
    for number, published in PUBLISHED.items():
        problem, constant = instance(folder / f"Instance{number}.txt")
        name = f"public instance {number}, objective"
        try:
            found, took = best_of(1, partial(roster.solve, problem, seconds=INSTANCE_SECONDS, gap=0.0))
        except roster.NoRosterError as failure:
            rows.append(Row(name, float("nan"), "published best", published, 0.0, str(failure)))
            continue
        assert not found.violations
        value, bound = found.score.objective + constant, found.bound + constant
        note = (
            f"{value / published - 1:+.2%} against the best of 10 and 60 minutes; bound {bound:.1f}; "
            f"{took / 1e3:.0f} s; objectives, not times: lower is better"
        )
        rows.append(
            Row(name, round(value, 1), "published best", published, round(published / value, 3), note)
        )
    return rows


def run() -> list[Row]:
    """Every row of the bench."""
    folder = Path(NAMED) if NAMED else SHARED
    roster.warm()
    rows = synthetic_rows() + dense_rows()
    return rows + instance_rows(folder) if (folder / "Instance1.txt").exists() else rows


if __name__ == "__main__":
    write("roster", run())
