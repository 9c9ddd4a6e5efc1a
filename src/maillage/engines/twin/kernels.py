"""The loop of the twin: a list of contacts for each day, and a person's next need known by its day alone.

Written so that Numba compiles it as it stands; without Numba it runs as plain Python, and slowly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maillage.engines.loops import compile_loops
from maillage.engines.twin.draws import AGENDA, drawn
from maillage.engines.twin.model import (
    DELAYS,
    KINDS,
    LEADS,
    Bools,
    Bytes,
    Door,
    Floats,
    Ints,
    Kind,
    Longs,
    Outcome,
)


class Purpose(IntEnum):
    """What a chance is drawn for."""

    GAP = 0
    KIND = 1
    DIRECT = 2
    CALL = 3
    LEAD = 4
    ACCEPT = 5
    PROTOCOL = 6
    NUMBER = 7
    FALLBACK = 8
    RETURN = 9
    RETURN_DAY = 10
    SHOW = 11
    SHOW_AGAIN = 12
    FOLLOW = 13
    FOLLOW_DAY = 14
    STAY = 15
    ORDER = 16
    RHYTHM = 17
    RHYTHM_DAY = 18
    SHOCK = 19
    SHOCK_DAY = 20


STRIDE, OTHER_STRIDE = 7_919, 7_927
"""Step by which the contacts of a day are taken, so that who asked first long ago has no precedence, and the
one where it divides their number: primes."""
FULL_NODES, FULL_LOG = -1, -2
"""What the loop answers when its room for contacts to come, or for the log, is too small."""
U = np.uint64

_ACUTE, _CHECK, _ADMIN, _FOLLOW, _NIGHT = (int(kind) for kind in Kind)
_BY_OTHER, _BY_PROTOCOL, _BY_NUMBER, _BY_ON_CALL = (int(door) for door in Door)
_OWN, _OTHER, _PROTOCOL, _NUMBER, _ON_CALL, _EMERGENCY, _GIVEN_UP, _MISSED, _AGAIN = (
    int(outcome) for outcome in Outcome
)
(
    _P_GAP, _P_KIND, _P_DIRECT, _P_CALL, _P_LEAD, _P_ACCEPT, _P_PROTOCOL, _P_NUMBER, _P_FALLBACK, _P_RETURN,
    _P_RETURN_DAY, _P_SHOW, _P_SHOW_AGAIN, _P_FOLLOW, _P_FOLLOW_DAY, _P_STAY, _P_ORDER, _P_RHYTHM,
    _P_RHYTHM_DAY, _P_SHOCK, _P_SHOCK_DAY,
) = (int(purpose) for purpose in Purpose)  # fmt: skip


class Columns(NamedTuple):
    """A world as the loop reads it.

    `rate`: needs by group on an average day; `split`: cumulative shares by group of the kinds ACUTE, CHECK
    and ADMIN; `elapsed`: weight of the days before each, one more than there are days; `near`: the last day
    that begins at or before each whole number of average days. The rest is that of the model.
    """

    rate: Floats
    split: Floats
    direct: Floats
    reach: Floats
    followed: Floats
    rhythm: Floats
    stay: Floats
    kept: NDArray[np.int16]
    kinds: Bytes
    opened: Floats
    starts: Longs
    agenda: Ints
    minutes: Floats
    elapsed: Floats
    near: Ints
    closed: Bools
    leads: Ints
    patience: Ints
    protocol: Floats
    number: Floats
    fallback: Floats
    missed: Floats
    shock_days: Ints
    shock_extra: Floats


class Settings(NamedTuple):
    """The single numbers of a run."""

    days: int
    warm_up: int
    tries: int
    closed_call: float
    closed_direct: float
    returns: float
    return_after: float
    most: int
    missed_again: float
    worse: float
    worst: int
    rhythm_known: float
    logged: bool


PERSON = np.dtype(
    [("clock", "f8"), ("serial", "i4"), ("after", "i4"), ("commune", "i4"), ("own", "i4"), ("group", "u1")],
    align=True,
)
"""A person, side by side in memory: the moment of their next need in average days, and its number; the
contact that comes after it in its day's list; their commune, the agenda of their doctor or -1, their
group."""
COMING = np.dtype(
    [("need", "i8"), ("person", "i4"), ("arose", "i4"), ("after", "i4"), ("kind", "u1"), ("attempt", "u1")],
    align=True,
)
"""A contact to come; `need` is -1 where the need arises with it."""


class Work(NamedTuple):
    """What the loop writes in: places left, then its lists.

    `hint`: by agenda, no day before it has a place that can be taken ahead; `head`: the first contact of each
    day, a person's own next need or, above the number of people, a row of `coming`; `spare`: rows of `coming`
    free to use; `today`: room for the contacts of a day.
    """

    people: NDArray[np.void]
    coming: NDArray[np.void]
    left: NDArray[np.int16]
    hint: Ints
    head: Ints
    spare: Ints
    today: Ints


class Tally(NamedTuple):
    """What the loop counts; `counts` are single numbers, each where `SPARES` and the others say."""

    daily: Longs
    visits: Longs
    by_commune: Longs
    waited: Longs
    travelled: Floats
    delays: Longs
    stays: Longs
    stays_by_commune: Longs
    needs: Longs
    counts: Longs
    log_need: Longs
    log_ints: Ints


SPARES, NEEDS, WAITING, EVENTS, ROWS = range(5)
"""Where each count stands in `Tally.counts`."""


def search(left: Any, kept: Any, hint: Ints, agenda: int, day: int, wanted: int, until: int) -> int:
    """The first day from `wanted` to `until` with a place, kept places being those of `day` alone; else
    -1."""
    if wanted <= day:
        if left[agenda, day] > 0:
            return day
        start = day + 1
    else:
        start = wanted
    known = max(hint[agenda], day + 1)
    follows = start <= known
    start = max(start, known) if follows else start
    while start <= until and left[agenda, start] <= kept[agenda, start]:
        start += 1
    if follows:
        hint[agenda] = start
    return start if start <= until else -1


def put(work: Work, tally: Tally, days: int, day: int, person: int, kind: int, attempt: int, arose: int,
        need: int) -> bool:  # fmt: skip
    """Keep a contact to come; False if there is no room left. What comes after the run is let go."""
    if day >= days:
        if need >= 0:
            tally.counts[WAITING] += 1
        return True
    spare = tally.counts[SPARES] - 1
    if spare < 0:
        return False
    tally.counts[SPARES] = spare
    row = work.spare[spare]
    coming = work.coming[row]
    coming["person"] = person
    coming["kind"] = kind
    coming["attempt"] = attempt
    coming["arose"] = arose
    coming["need"] = need
    coming["after"] = work.head[day]
    work.head[day] = work.people.size + row
    return True


def day_of(c: Columns, moment: float, days: int) -> int:
    """The day that holds a moment counted in average days; `days` or more if it comes after the run."""
    if moment >= c.elapsed[days]:
        return days
    day = c.near[int(moment)]
    while c.elapsed[day + 1] <= moment:
        day += 1
    return int(day)


def through(
    c: Columns, s: Settings, work: Work, seed: np.uint64, counter: int, person: int, kind: int, door: int,
    day: int, wanted: int, until: int,
) -> tuple[int, int, float]:  # fmt: skip
    """The first agenda of a door that gives a place: agenda, day, minutes; agenda -1 if none does."""
    who = work.people[person]
    commune, own = who["commune"], who["own"]
    farthest = c.reach[who["group"]]
    tries = s.tries
    for row in range(c.starts[commune, door], c.starts[commune, door + 1]):
        if c.minutes[row] > farthest or tries == 0:
            break
        agenda = c.agenda[row]
        if not (c.kinds[agenda] >> kind) & 1 or (door == _BY_OTHER and agenda == own):
            continue
        tries -= 1
        if c.opened[agenda] < 1.0:
            of_agenda = seed + U(agenda + 1) * U(AGENDA)
            if drawn(of_agenda, person, counter, _P_ACCEPT) >= c.opened[agenda]:
                continue
        found = search(work.left, c.kept, work.hint, agenda, day, wanted, until)
        if found >= 0:
            return agenda, found, c.minutes[row]
    return -1, -1, 0.0


def answer(
    c: Columns, s: Settings, work: Work, seed: np.uint64, counter: int, person: int, kind: int, day: int
) -> tuple[int, int, int, float]:
    """Where a contact leads: outcome, agenda or -1, day of the visit or -1, minutes to another agenda."""
    who = work.people[person]
    on_call = kind == _NIGHT
    if kind == _ACUTE:
        closed = c.closed[day]
        direct = c.direct[who["group"]] * (s.closed_direct if closed else 1.0)
        if drawn(seed, person, counter, _P_DIRECT) < direct:
            return _EMERGENCY, -1, day, 0.0
        on_call = closed and drawn(seed, person, counter, _P_CALL) < s.closed_call
    if on_call:
        agenda, visit, minutes = through(c, s, work, seed, counter, person, kind, _BY_ON_CALL, day, day, day)
        if agenda >= 0:
            return _ON_CALL, agenda, visit, minutes
    if kind != _NIGHT:
        wanted = day + c.leads[kind, int(drawn(seed, person, counter, _P_LEAD) * LEADS)]
        own = who["own"]
        if own >= 0 and (c.kinds[own] >> kind) & 1:
            found = search(work.left, c.kept, work.hint, own, day, wanted, wanted + c.patience[kind, 0])
            if found >= 0:
                return _OWN, own, found, 0.0
        until = wanted + c.patience[kind, 1]
        for door in range(_BY_OTHER, _BY_ON_CALL):
            if door == _BY_PROTOCOL and drawn(seed, person, counter, _P_PROTOCOL) >= c.protocol[kind]:
                continue
            if door == _BY_NUMBER and drawn(seed, person, counter, _P_NUMBER) >= c.number[kind]:
                continue
            agenda, visit, minutes = through(
                c, s, work, seed, counter, person, kind, door, day, wanted, until
            )
            if agenda >= 0:
                return _OTHER + door, agenda, visit, minutes
    if drawn(seed, person, counter, _P_FALLBACK) < c.fallback[kind]:
        return _EMERGENCY, -1, day, 0.0
    return _GIVEN_UP, -1, -1, 0.0


def contact(
    c: Columns, s: Settings, work: Work, tally: Tally, seed: np.uint64, counter: int, person: int, kind: int,
    attempt: int, arose: int, day: int, need: int,
) -> bool:  # fmt: skip
    """One contact: what comes of it is counted, and what follows is kept. False if there is no room."""
    who = work.people[person]
    group, commune = who["group"], who["commune"]
    outcome, agenda, visit, minutes = answer(c, s, work, seed, counter, person, kind, day)
    measured = day >= s.warm_up
    events = 1
    fits = True
    if agenda >= 0:
        work.left[agenda, visit] -= 1
        delay = visit - day
        events += 1
        if measured:
            tally.delays[kind, min(delay, DELAYS - 1)] += 1
        if drawn(seed, person, counter, _P_SHOW) < c.missed[min(delay, c.missed.size - 1)]:
            outcome = _MISSED
            if visit < s.days:
                tally.visits[visit, 1] += 1
            again = drawn(seed, person, counter, _P_SHOW_AGAIN) < s.missed_again
            if again and attempt < s.most:
                outcome = _AGAIN
                fits = put(work, tally, s.days, max(visit, day + 1), person, kind, attempt + 1, arose, need)
        else:
            if visit < s.days:
                tally.visits[visit, 0] += 1
            if measured:
                tally.waited[commune] += delay
                tally.travelled[commune] += minutes
            if drawn(seed, person, counter, _P_FOLLOW) < c.followed[group, kind]:
                after = (0.5 + drawn(seed, person, counter, _P_FOLLOW_DAY)) * c.rhythm[group]
                fits = put(work, tally, s.days, visit + max(1, int(after)), person, _FOLLOW, 1, -1, -1)
    elif outcome == _EMERGENCY:
        events += 1
    else:
        returns = drawn(seed, person, counter, _P_RETURN) < s.returns
        if returns and attempt < s.most:
            outcome = _AGAIN
            after = 2.0 * drawn(seed, person, counter, _P_RETURN_DAY) * s.return_after
            fits = put(work, tally, s.days, day + 1 + int(after), person, kind, attempt + 1, arose, need)
        else:
            events += 1
    stayed = False
    if kind == _ACUTE and outcome != _AGAIN and c.stay[group] > 0.0:
        late = s.worst if outcome >= _GIVEN_UP else min(visit - arose, s.worst)
        key = 2 * (arose * KINDS + kind) + 1
        if drawn(seed, person, key, _P_STAY) < c.stay[group] * (1.0 + s.worse * late):
            stayed = True
            events += 1
            tally.stays[day] += 1
            if measured:
                tally.stays_by_commune[commune] += 1
    tally.daily[day, kind, outcome] += 1
    if measured:
        tally.by_commune[commune, kind, outcome] += 1
    tally.counts[EVENTS] += events
    if s.logged:
        row = tally.counts[ROWS]
        if row < tally.log_need.size:
            tally.log_need[row] = need
            tally.log_ints[row, 0] = person
            tally.log_ints[row, 1] = kind
            tally.log_ints[row, 2] = attempt
            tally.log_ints[row, 3] = arose
            tally.log_ints[row, 4] = day
            tally.log_ints[row, 5] = outcome
            tally.log_ints[row, 6] = agenda
            tally.log_ints[row, 7] = visit
            tally.log_ints[row, 8] = stayed
        tally.counts[ROWS] = row + 1
    return fits


def which(c: Columns, seed: np.uint64, person: int, counter: int, group: int) -> int:
    """What a need that arises by itself is: ACUTE, CHECK, ADMIN or NIGHT, without a branch to guess."""
    drew = drawn(seed, person, counter, _P_KIND)
    after = int(drew >= c.split[group, 0]) + int(drew >= c.split[group, 1])
    return after + 2 * int(drew >= c.split[group, 2])


def begin(c: Columns, s: Settings, work: Work, tally: Tally, seed: np.uint64) -> bool:
    """Keep each person's first need, what their rhythm brings, and what the shocks add."""
    for person in range(work.people.size):
        who = work.people[person]
        group = who["group"]
        if c.rate[group] > 0.0:
            who["clock"] = -math.log(1.0 - drawn(seed, person, 0, _P_GAP)) / c.rate[group]
            day = day_of(c, who["clock"], s.days)
            if day < s.days:
                who["after"] = work.head[day]
                work.head[day] = person
        if c.rhythm[group] > 0.0 and drawn(seed, person, 0, _P_RHYTHM) < s.rhythm_known:
            day = int(drawn(seed, person, 0, _P_RHYTHM_DAY) * c.rhythm[group])
            if not put(work, tally, s.days, day, person, _FOLLOW, 1, -1, -1):
                return False
        for shock in range(c.shock_extra.shape[0]):
            if drawn(seed, person, shock, _P_SHOCK) < c.shock_extra[shock, group]:
                first, last = c.shock_days[shock, 0], c.shock_days[shock, 1]
                day = first + int(drawn(seed, person, shock, _P_SHOCK_DAY) * (last - first + 1))
                if not put(work, tally, s.days, day, person, _ACUTE, 1, -1, -1):
                    return False
    return True


def live(c: Columns, s: Settings, work: Work, tally: Tally, seed: np.uint64) -> int:
    """Run day by day; 0, or what lacked room."""
    people = work.people.size
    if not begin(c, s, work, tally, seed):
        return FULL_NODES
    for day in range(s.days):
        size = 0
        node = work.head[day]
        while node >= 0:
            work.today[size] = node
            size += 1
            node = work.people[node]["after"] if node < people else work.coming[node - people]["after"]
        stride = (STRIDE if size % STRIDE else OTHER_STRIDE) % max(size, 1)
        at = int(drawn(seed, day, 0, _P_ORDER) * size)
        for _ in range(size):
            node = work.today[at]
            at += stride
            if at >= size:
                at -= size
            own_need = node < people
            person, kind, attempt, arose, need, serial = node, _ACUTE, 1, day, -1, 0
            if own_need:
                serial = int(work.people[person]["serial"])
            else:
                coming = work.coming[node - people]
                person, kind, attempt = int(coming["person"]), int(coming["kind"]), int(coming["attempt"])
                arose, need = int(coming["arose"]), int(coming["need"])
                work.spare[tally.counts[SPARES]] = node - people
                tally.counts[SPARES] += 1
            who = work.people[person]
            group = who["group"]
            then = day
            while then == day:
                if own_need:
                    counter = 2 * serial
                    kind, need = which(c, seed, person, counter, group), -1
                else:
                    counter = 2 * (day * KINDS + kind) + 1
                if need < 0:
                    arose, need = day, tally.counts[NEEDS]
                    tally.counts[NEEDS] += 1
                    tally.needs[kind] += 1
                if not contact(c, s, work, tally, seed, counter, person, kind, attempt, arose, day, need):
                    return FULL_NODES
                if not own_need:
                    break
                serial += 1
                gap = -math.log(1.0 - drawn(seed, person, 2 * serial, _P_GAP)) / c.rate[group]
                who["clock"] += gap
                then = day_of(c, who["clock"], s.days)
            if own_need:
                who["serial"] = serial
                if then < s.days:
                    who["after"] = work.head[then]
                    work.head[then] = person
    return FULL_LOG if s.logged and tally.counts[ROWS] > tally.log_need.size else 0


PLAIN: Callable[..., int] = live
"""The loop as it stands."""

_compiled: Callable[..., int] | None = None


def compile_kernels() -> Callable[..., int] | None:
    """The loop as a Numba dispatcher; None without Numba."""
    inner = (drawn, search, put, day_of, through, answer, contact, which, begin)
    # No array is made or kept in the loop: counting references to what it reads took most of its time.
    found = compile_loops((live,), inner, inlined=True, _nrt=False, error_model="numpy")
    return found[0] if found else None


def kernels() -> Callable[..., int]:
    """The compiled loop, or the plain one where Numba is absent."""
    global _compiled
    if _compiled is None:
        _compiled = compile_kernels() or PLAIN
    return _compiled
