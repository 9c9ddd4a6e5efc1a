"""The loops: exchange of sites, search around a choice, Lagrangian bound; compiled by Numba if there is one.

Everything is said in savings: what a candidate saves a place of demand (people × minutes, or people covered)
beside what stands already. A choice is worth the sum over places of the largest saving among its sites.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maillage.engines.loops import compile_loops

Array = NDArray[Any]
SLACK = 1e-9
"""A relative difference under which two sums are taken for equal."""


class Rows(NamedTuple):
    """Savings by place of demand, the largest first, and the places that each candidate serves.

    `starts` (n + 1), `sites` and `savings` (k); `site_starts` (m + 1), `homes` and `site_savings` (k).
    """

    starts: Array
    sites: Array
    savings: Array
    site_starts: Array
    homes: Array
    site_savings: Array


class State(NamedTuple):
    """A choice of p sites and what each exchange would bring (Resende and Werneck, 2007).

    `chosen` (p): the site of each slot; `slot` (m): that of each site, −1. `first`, `second` (n): slots of
    the two best sites of each place, −1; `best`, `runner` (n): what they save. Opening j and closing r brings
    `gain[j] − loss[r] + extra[j, r]`. `touched`, `mark` (n): room to work.
    """

    chosen: Array
    slot: Array
    first: Array
    second: Array
    best: Array
    runner: Array
    gain: Array
    loss: Array
    extra: Array
    touched: Array
    mark: Array


def assign(rows: Rows, state: State, home: int) -> None:
    """Find the two sites of the choice that save a place most."""
    state.first[home] = -1
    state.second[home] = -1
    state.best[home] = 0.0
    state.runner[home] = 0.0
    for k in range(rows.starts[home], rows.starts[home + 1]):
        slot = state.slot[rows.sites[k]]
        if slot >= 0:
            if state.first[home] < 0:
                state.first[home] = slot
                state.best[home] = rows.savings[k]
            else:
                state.second[home] = slot
                state.runner[home] = rows.savings[k]
                break


def tally(rows: Rows, state: State, home: int, sign: float) -> None:
    """Add to the worth of exchanges what a place would see of them; `sign` −1 takes it back."""
    first = state.first[home]
    best = state.best[home]
    runner = state.runner[home]
    if first >= 0:
        state.loss[first] += sign * (best - runner)
    for k in range(rows.starts[home], rows.starts[home + 1]):
        saving = rows.savings[k]
        if saving <= runner:
            break
        site = rows.sites[k]
        if state.slot[site] >= 0:
            continue
        if saving > best:
            state.gain[site] += sign * (saving - best)
            if first >= 0:
                state.extra[site, first] += sign * (best - runner)
        else:
            state.extra[site, first] += sign * (saving - runner)


def begin(rows: Rows, state: State) -> float:
    """Read a choice from `chosen`, everything else being made anew; what it saves."""
    state.slot[:] = -1
    state.gain[:] = 0.0
    state.loss[:] = 0.0
    state.extra[:] = 0.0
    state.mark[:] = 0
    for s in range(state.chosen.size):
        state.slot[state.chosen[s]] = s
    total = 0.0
    for home in range(state.best.size):
        assign(rows, state, home)
        tally(rows, state, home, 1.0)
        total += state.best[home]
    return total


def move(rows: Rows, state: State, site: int, slot: int) -> None:
    """Open `site` in place of the site of `slot`."""
    size = 0
    for home in range(state.best.size):
        if state.first[home] == slot or state.second[home] == slot:
            state.touched[size] = home
            state.mark[home] = 1
            size += 1
    for k in range(rows.site_starts[site], rows.site_starts[site + 1]):
        home = rows.homes[k]
        if state.mark[home] == 0 and rows.site_savings[k] > state.runner[home]:
            state.touched[size] = home
            state.mark[home] = 1
            size += 1
    for k in range(size):
        tally(rows, state, state.touched[k], -1.0)
    old = state.chosen[slot]
    state.slot[old] = -1
    state.slot[site] = slot
    state.chosen[slot] = site
    # Nobody speaks of a site that is open: what is left here is rounding.
    state.gain[site] = 0.0
    state.extra[site, :] = 0.0
    for k in range(size):
        home = state.touched[k]
        state.mark[home] = 0
        assign(rows, state, home)
        tally(rows, state, home, 1.0)


def best_move(state: State) -> tuple[float, int, int]:
    """The exchange that brings most: what it brings, the site to open, the slot to close."""
    most = 0.0
    opened = -1
    closed = -1
    for site in range(state.gain.size):
        if state.slot[site] >= 0:
            continue
        for r in range(state.loss.size):
            brings = state.gain[site] - state.loss[r] + state.extra[site, r]
            if brings > most:
                most = brings
                opened = site
                closed = r
    return most, opened, closed


def greedy(rows: Rows, allowed: Array, best: Array, gain: Array, chosen: Array, adds: Array) -> int:
    """Open one site at a time among those `allowed`: the one that adds most, the first of several.

    `best` (n) and `gain` (m) are room to work. `chosen` and `adds` (p) are filled; how many were opened,
    fewer than p where no other adds anything.
    """
    best[:] = 0.0
    for site in range(gain.size):
        gain[site] = 0.0
        for k in range(rows.site_starts[site], rows.site_starts[site + 1]):
            gain[site] += rows.site_savings[k]
    for s in range(chosen.size):
        added = 0.0
        opened = -1
        for site in range(gain.size):
            if allowed[site] and gain[site] > added * (1.0 + SLACK):
                added = gain[site]
                opened = site
        if opened < 0:
            return s
        # Summed again: what differences left of it has rounding in it.
        added = 0.0
        for k in range(rows.site_starts[opened], rows.site_starts[opened + 1]):
            home = rows.homes[k]
            before = best[home]
            now = rows.site_savings[k]
            if now <= before:
                continue
            added += now - before
            best[home] = now
            for e in range(rows.starts[home], rows.starts[home + 1]):
                saving = rows.savings[e]
                if saving <= before:
                    break
                gain[rows.sites[e]] -= min(saving, now) - before
        gain[opened] = 0.0
        if added <= 0.0:
            return s
        chosen[s] = opened
        adds[s] = added
    return chosen.size


def climb(rows: Rows, state: State) -> float:
    """Exchange while something is gained; what the choice saves then."""
    while True:
        total = 0.0
        for home in range(state.best.size):
            total += state.best[home]
        brings, site, slot = best_move(state)
        if site < 0 or brings <= SLACK * max(total, 1.0):
            return total
        move(rows, state, site, slot)


def wander(rows: Rows, state: State, best: Array, record: Array, draws: Array, most: int) -> None:
    """Disturb the choice and climb again, as often as there are rows of `draws`.

    A round that ends no lower is kept. `best` (p) and `record` (1): the best choice seen and what it saves,
    in place. `draws` (rounds, 1 + 2 · most): uniform numbers; `most`: the most exchanges of one disturbance.
    """
    p = state.chosen.size
    m = state.slot.size
    kept = state.chosen.copy()
    held = record[0]
    for t in range(draws.shape[0]):
        for k in range(1 + int(draws[t, 0] * most)):
            site = int(draws[t, 1 + 2 * k] * m)
            while state.slot[site] >= 0:
                site = (site + 1) % m
            move(rows, state, site, int(draws[t, 2 + 2 * k] * p))
        total = climb(rows, state)
        if total >= held - SLACK * max(held, 1.0):
            held = total
            kept[:] = state.chosen
            if total > record[0] + SLACK * max(record[0], 1.0):
                record[0] = total
                best[:] = kept
        else:
            back = np.zeros(m, dtype=np.bool_)
            for s in range(p):
                back[kept[s]] = True
            other = 0
            for s in range(p):
                if not back[state.chosen[s]]:
                    while state.slot[kept[other]] >= 0:
                        other += 1
                    move(rows, state, kept[other], s)


def price(rows: Rows, price_of: Array, worth: Array) -> float:
    """What each candidate is worth when every place sells its saving above a price; the sum of the prices."""
    worth[:] = 0.0
    total = 0.0
    for home in range(price_of.size):
        asked = price_of[home]
        total += asked
        for k in range(rows.starts[home], rows.starts[home + 1]):
            if rows.savings[k] <= asked:
                break
            worth[rows.sites[k]] += rows.savings[k] - asked
    return total


def descend(
    rows: Rows, p: int, target: float, close: float, price_of: Array, best: Array, record: Array, rounds: int
) -> int:
    """Lower the Lagrangian bound by subgradients, in place; how many rounds were run.

    No choice of p sites saves more than Σ prices + Σ of the p largest worths, whatever the prices ≥ 0.
    `target`: what the best choice known saves; it stops once the bound is less than `close` above it.
    `price_of` and `best` (n): prices now, and those of the lowest bound; `record`: that bound, the length of
    steps, rounds since it was lowered, all three kept between calls.
    """
    n = price_of.size
    worth = np.zeros(rows.site_starts.size - 1)
    taken = np.zeros(worth.size, dtype=np.bool_)
    way = np.zeros(n)
    for t in range(rounds):
        bound = price(rows, price_of, worth)
        order = np.argsort(-worth, kind="mergesort")[:p]
        taken[:] = False
        for k in range(p):
            bound += worth[order[k]]
            taken[order[k]] = True
        record[2] += 1.0
        if bound < record[0] - SLACK * max(record[0], 1.0):
            record[0] = bound
            best[:] = price_of
            record[2] = 0.0
        if record[0] - target < close:
            return t + 1
        if record[2] >= 20.0:
            record[1] *= 0.7
            record[2] = 0.0
        norm = 0.0
        for home in range(n):
            asked = price_of[home]
            slope = 1.0
            for k in range(rows.starts[home], rows.starts[home + 1]):
                if rows.savings[k] <= asked:
                    break
                if taken[rows.sites[k]]:
                    slope -= 1.0
            if asked <= 0.0 and slope > 0.0:
                slope = 0.0
            way[home] = slope + 0.4 * way[home]
            norm += way[home] * way[home]
        if norm <= 0.0 or record[1] < 1e-5:
            return t + 1
        step = record[1] * (bound - target) / norm
        for home in range(n):
            price_of[home] = max(0.0, price_of[home] - step * way[home])
    return rounds


class Kernels(NamedTuple):
    """The loops that are called from Python."""

    begin: Callable[..., float]
    greedy: Callable[..., int]
    climb: Callable[..., float]
    wander: Callable[..., None]
    price: Callable[..., float]
    descend: Callable[..., int]


PLAIN = Kernels(begin, greedy, climb, wander, price, descend)
"""The loops as they stand."""

_compiled: Kernels | None = None


def compile_kernels() -> Kernels | None:
    """The loops as Numba dispatchers; None without Numba."""
    found = compile_loops(PLAIN, (assign, tally, begin, move, best_move, climb, price))
    return Kernels(*found) if found else None


def kernels() -> Kernels:
    """The compiled loops, or the plain ones where Numba is absent."""
    global _compiled
    if _compiled is None:
        _compiled = compile_kernels() or PLAIN
    return _compiled
