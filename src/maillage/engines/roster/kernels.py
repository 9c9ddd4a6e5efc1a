"""The loops over one person's days, as plain functions: compiled by Numba where it is installed.

Posts are numbered in the order of their days; −1 stands for a day off. A person holds one post a day at most.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maillage.engines.loops import compile_loops

Array = NDArray[Any]


class Rules(NamedTuple):
    """What every schedule obeys; N posts, P people, D days, R limits, G groups of occasions.

    `first` (D + 1): where the posts of each day begin. `sort` (N): posts of a day that forbid the same on the
    day after have one number. `kind` (P): which table of successions is theirs; `bad` (kinds, N, sorts): the
    posts that may not follow a sort of the day before. `may` (P, N), `off` (P, D): what they may hold, and
    when they may hold nothing. `amount` (R, N) and `low`, `high` (P, R): whole numbers. `heaviest` (R): the
    largest amount of a post. `occasion` (G, N), −1 for none, and `most` (P, G). `longest`, `shortest`,
    `pause` (P): days in a row on and off duty; `run` (P): beyond it, runs are alike.
    `key` (P): the limit by which states are told apart, −1 for none; `grain` (P): in steps of so much.
    """

    first: Array
    sort: Array
    kind: Array
    bad: Array
    may: Array
    off: Array
    amount: Array
    low: Array
    high: Array
    heaviest: Array
    occasion: Array
    most: Array
    longest: Array
    shortest: Array
    pause: Array
    run: Array
    key: Array
    grain: Array


class Costs(NamedTuple):
    """The objective: `wish` (P, N), of a post `demand`, `under`, `over` (N); `burden` (N), `target` (P)."""

    wish: Array
    demand: Array
    under: Array
    over: Array
    burden: Array
    target: Array
    fairness: float


class Room(NamedTuple):
    """Memory for the states of two days, and the way back to the first."""

    value: Array
    total: Array
    used: Array
    last: Array
    counted: Array
    active: Array
    back: Array
    post: Array
    price: Array


class State(NamedTuple):
    """A roster under way: `choice` (P, D), `held` (N), `load` (P), and the number that draws at random."""

    choice: Array
    held: Array
    load: Array
    draw: Array


def uniform(draw: Array) -> float:
    """A number in [0, 1), by xorshift, so that compiled or not the draws are the same."""
    x = draw[0]
    x ^= (x << np.uint64(13)) & np.uint64(0xFFFFFFFFFFFFFFFF)
    x ^= x >> np.uint64(7)
    x ^= (x << np.uint64(17)) & np.uint64(0xFFFFFFFFFFFFFFFF)
    draw[0] = x
    return float(x >> np.uint64(11)) / 9007199254740992.0


def pick(draw: Array, count: int) -> int:
    """A whole number from 0 to count − 1."""
    return int(uniform(draw) * count)


def schedule(rules: Rules, room: Room, choice: Array, person: int, begin: int, end: int) -> float:
    """Give `choice` (D) the cheapest days from `begin` to `end` (not counted) by `room.price`; their cost.

    The days outside stand. ∞, and no change, where nothing keeps the rules. Exact where the states told apart
    are all that matter; else each state keeps the cheapest past, whose own sums decide what may follow.
    """
    first, sort, price = rules.first, rules.sort, room.price
    days = first.size - 1
    limits, groups = rules.amount.shape[0], rules.occasion.shape[0]
    longest, shortest, pause = rules.longest[person], rules.shortest[person], rules.pause[person]
    cap, sorts, bad = rules.run[person], rules.bad.shape[2], rules.bad[rules.kind[person]]
    key, grain = rules.key[person], rules.grain[person]
    levels, counts = 1, 1
    # What the days outside use already: sums, and occasions.
    value, total, used, last, active = room.value, room.total, room.used, room.last, room.active
    counted = room.counted
    for r in range(limits):
        total[0, 0, r] = 0
    for g in range(groups):
        used[0, 0, g] = 0
        last[0, 0, g] = -1
        for o in range(counted.shape[1]):
            counted[g, o] = 0
    for d in range(days):
        if choice[d] >= 0 and (d < begin or d >= end):
            for r in range(limits):
                total[0, 0, r] += rules.amount[r, choice[d]]
            for g in range(groups):
                o = rules.occasion[g, choice[d]]
                if o >= 0 and not counted[g, o]:
                    counted[g, o] = 1
                    used[0, 0, g] += 1
    if key >= 0:
        base = total[0, 0, key]
        widest = min(rules.high[person, key] - base, (end - begin) * rules.heaviest[key])
        levels = max(int(widest // grain), 0) + 1
    else:
        base = 0
    if groups:
        counts = rules.most[person, 0] + 1
    core = cap * sorts + pause
    # Coarser levels where memory would not do: each still keeps the exact sums of its cheapest past.
    while core * levels * counts > value.shape[1]:
        if levels > 1:
            grain *= 2
            levels = (levels + 1) // 2
        else:
            counts = 1
            break
    before, run = -1, 0
    if begin > 0:
        d = begin - 1
        on = choice[d] >= 0
        while d >= 0 and (choice[d] >= 0) == on:
            run += 1
            d -= 1
        if on:
            before = sort[choice[begin - 1]]
        elif d < 0:
            run = pause
    else:
        run = pause
    origin = before * cap + min(run, cap) - 1 if before >= 0 else cap * sorts + min(run, pause) - 1
    start_count = min(used[0, 0, 0], counts - 1) if groups else 0
    start_state = (origin * levels) * counts + start_count
    states = core * levels * counts
    for s in range(states):
        value[0, s] = np.inf
        value[1, s] = np.inf
    value[0, start_state] = 0.0
    if start_state != 0:
        for r in range(limits):
            total[0, start_state, r] = total[0, 0, r]
        for g in range(groups):
            used[0, start_state, g] = used[0, 0, g]
            last[0, start_state, g] = -1
    active[0, 0] = start_state
    alive, now = 1, 0
    until = min(days, end + max(cap, pause) + 1)
    for d in range(begin, until):
        then, reached = 1 - now, 0
        inside = d < end
        left = 0
        if inside:
            cycle, rest = longest + pause, end - d - 1
            left = rest // cycle * longest + min(rest % cycle, longest)
            # A run under way at either end adds what one cycle may hide.
            left = min(rest, left + longest)
        for k in range(alive):
            s = active[now, k]
            worth = value[now, s]
            value[now, s] = np.inf
            c = s // (levels * counts)
            on = c < cap * sorts
            length = c % cap + 1 if on else c - cap * sorts + 1
            came = c // cap if on else -1
            lowest, highest = first[d], first[d + 1]
            if not inside:
                lowest, highest = choice[d], choice[d] + 1
            # A day off.
            if (rules.off[person, d] if inside else choice[d] < 0) and (
                not on or length >= shortest or length == d
            ):
                length_off = 1 if on else min(length + 1, pause)
                fits = True
                for r in range(limits):
                    if total[now, s, r] + left * rules.heaviest[r] < rules.low[person, r]:
                        fits = False
                if fits:
                    into = (cap * sorts + length_off - 1) * levels * counts + s % (levels * counts)
                    if worth < value[then, into]:
                        if value[then, into] == np.inf:
                            active[then, reached] = into
                            reached += 1
                        value[then, into] = worth
                        for r in range(limits):
                            total[then, into, r] = total[now, s, r]
                        for g in range(groups):
                            used[then, into, g] = used[now, s, g]
                            last[then, into, g] = last[now, s, g]
                        room.back[d, into] = s
                        room.post[d, into] = -1
            if (not on and length < pause) or (on and length >= longest) or lowest < 0:
                continue
            run = min(length + 1, cap) if on else 1
            for q in range(lowest, highest):
                if inside and not (rules.may[person, q] and price[q] < np.inf):
                    continue
                if on and bad[q, came]:
                    continue
                after = worth + price[q] if inside else worth
                # Sums and occasions of the days outside are counted from the start.
                level, count, fits = s // counts % levels, s % counts, True
                if inside:
                    for r in range(limits):
                        sum_r = total[now, s, r] + rules.amount[r, q]
                        if (
                            sum_r > rules.high[person, r]
                            or sum_r + left * rules.heaviest[r] < rules.low[person, r]
                        ):
                            fits = False
                    for g in range(groups):
                        o = rules.occasion[g, q]
                        if o >= 0 and o != last[now, s, g]:
                            more = 1 - counted[g, o]
                            if used[now, s, g] + more > rules.most[person, g]:
                                fits = False
                            if g == 0 and counts > 1:
                                count = min(used[now, s, g] + more, counts - 1)
                    if key >= 0:
                        level = min((total[now, s, key] + rules.amount[key, q] - base) // grain, levels - 1)
                if not fits:
                    continue
                into = ((sort[q] * cap + run - 1) * levels + level) * counts + count
                if after < value[then, into]:
                    if value[then, into] == np.inf:
                        active[then, reached] = into
                        reached += 1
                    value[then, into] = after
                    for r in range(limits):
                        total[then, into, r] = total[now, s, r] + (rules.amount[r, q] if inside else 0)
                    for g in range(groups):
                        used[then, into, g] = used[now, s, g]
                        last[then, into, g] = last[now, s, g]
                        o = rules.occasion[g, q]
                        if inside and o >= 0 and o != last[now, s, g]:
                            more = 1 - counted[g, o]
                            used[then, into, g] += more
                            last[then, into, g] = o
                    room.back[d, into] = s
                    room.post[d, into] = q
        alive, now = reached, then
    best, at = np.inf, -1
    for k in range(alive):
        s = active[now, k]
        if value[now, s] < best:
            best, at = value[now, s], s
    if at < 0:
        return np.inf
    for d in range(until - 1, begin - 1, -1):
        if d < end:
            choice[d] = room.post[d, at]
        at = room.back[d, at]
    return best


def hold(costs: Costs, state: State, person: int, q: int) -> float:
    """Let a person hold a post; what the objective gains, fairness apart."""
    state.held[q] += 1
    state.load[person] += costs.burden[q]
    if state.held[q] <= costs.demand[q]:
        return float(costs.wish[person, q] - costs.under[q])
    return float(costs.wish[person, q] + costs.over[q])


def release(costs: Costs, state: State, person: int, q: int) -> float:
    """Take a post from a person; what the objective gains, fairness apart."""
    state.held[q] -= 1
    state.load[person] -= costs.burden[q]
    if state.held[q] < costs.demand[q]:
        return float(costs.under[q] - costs.wish[person, q])
    return float(-costs.over[q] - costs.wish[person, q])


def unfairness(costs: Costs, state: State) -> float:
    """The share of the objective that the loads make."""
    excess, deficit = 0.0, 0.0
    if costs.fairness > 0:
        for p in range(state.load.size):
            excess = max(excess, state.load[p] - costs.target[p])
            deficit = max(deficit, costs.target[p] - state.load[p])
    return costs.fairness * (excess + deficit)


def priced(
    rules: Rules, costs: Costs, room: Room, state: State, person: int, begin: int, end: int, tilt: float,
    noise: float,
) -> None:  # fmt: skip
    """Set what each post of some days would add to the objective, were this person to hold it."""
    for q in range(rules.first[begin], rules.first[end]):
        if rules.may[person, q]:
            worth = -costs.under[q] if state.held[q] < costs.demand[q] else costs.over[q]
            room.price[q] = costs.wish[person, q] + worth + tilt * costs.burden[q]
            if noise > 0:
                room.price[q] += noise * (uniform(state.draw) - 0.5)


def improve(
    rules: Rules, costs: Costs, room: Room, state: State, best: Array, record: Array, moves: int, heat: float,
    noise: float, longest: int,
) -> None:  # fmt: skip
    """Free some people's days and give them anew, so many times; keep the best roster in `best` (P, D).

    `record`: the objective of the roster under way, and of the best. A change that costs more is kept with
    the odds of annealing at this `heat`. `noise`: by how much the prices for all but the last of the people
    freed are wrong, every other time. `longest`: the most days freed at once.
    """
    people, days = state.choice.shape
    posts = rules.sort.size
    some = np.empty(6, np.int64)
    old = np.empty((6, days), np.int64)
    for _move in range(moves):
        size = 1 + pick(state.draw, 3)
        if uniform(state.draw) < 0.15:
            size += 1 + pick(state.draw, 2)
        size = min(size, people)
        width = min(days, 2 + pick(state.draw, longest - 1))
        begin = pick(state.draw, days + width) - width
        wanted = -1
        # Three times in four, days around a post that is not held as it should be.
        if posts and uniform(state.draw) < 0.75:
            for _try in range(30):
                q = pick(state.draw, posts)
                if state.held[q] != costs.demand[q]:
                    wanted = q
                    break
        if wanted >= 0:
            day = np.searchsorted(rules.first, wanted, side="right") - 1
            begin = day - pick(state.draw, width)
        begin, end = max(begin, 0), min(begin + width, days)
        if begin >= end:
            continue
        for k in range(size):
            fresh = False
            while not fresh:
                some[k] = pick(state.draw, people)
                if k == 0 and wanted >= 0:
                    for _try in range(10):
                        if rules.may[some[0], wanted]:
                            break
                        some[0] = pick(state.draw, people)
                fresh = True
                for j in range(k):
                    if some[j] == some[k]:
                        fresh = False
        change = -unfairness(costs, state)
        for k in range(size):
            p = some[k]
            for d in range(begin, end):
                q = state.choice[p, d]
                old[k, d] = q
                if q >= 0:
                    change += release(costs, state, p, q)
        stir = noise if uniform(state.draw) < 0.5 else 0.0
        whole = True
        for k in range(size):
            p = some[k]
            tilt = 0.0
            if costs.fairness > 0:
                tilt = costs.fairness * (uniform(state.draw) - 0.5)
            priced(rules, costs, room, state, p, begin, end, tilt, stir if k < size - 1 or size == 1 else 0.0)
            if schedule(rules, room, state.choice[p], p, begin, end) == np.inf:
                whole = False
            for d in range(begin, end):
                q = state.choice[p, d]
                if q >= 0:
                    change += hold(costs, state, p, q)
        change += unfairness(costs, state)
        if whole and (change <= 1e-9 or uniform(state.draw) < np.exp(-change / heat)):
            record[0] += change
            if record[0] < record[1] - 1e-7:
                record[1] = record[0]
                best[:] = state.choice
        else:
            for k in range(size):
                p = some[k]
                for d in range(begin, end):
                    q = state.choice[p, d]
                    if q >= 0:
                        release(costs, state, p, q)
                for d in range(begin, end):
                    q = old[k, d]
                    state.choice[p, d] = q
                    if q >= 0:
                        hold(costs, state, p, q)


class Kernels(NamedTuple):
    """The loops that are called from outside."""

    hold: Callable[..., float]
    unfairness: Callable[..., float]
    priced: Callable[..., None]
    schedule: Callable[..., float]
    improve: Callable[..., None]


PLAIN = Kernels(hold, unfairness, priced, schedule, improve)
"""The loops as they stand, which run without Numba, and slowly."""
_compiled: Kernels | None = None


def compiled() -> Kernels:
    """The loops, compiled on first call and kept on disk; as they stand where Numba is absent."""
    global _compiled
    if _compiled is None:
        found = compile_loops(PLAIN, (uniform, pick, hold, release, unfairness, priced, schedule))
        _compiled = Kernels(*found) if found else PLAIN
    return _compiled
