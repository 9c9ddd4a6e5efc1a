"""Waiting in line within a day: callers of the single number, people at a door.

Customers are served in the order in which they come, by the first of `servers` that is free (Kiefer and
Wolfowitz). With Poisson arrivals it is M/M/c, M/D/c or M/G/1 by the law of the services.
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def waits(arrivals: ArrayLike, services: ArrayLike, servers: int) -> Floats:
    """The wait of each customer before they are served, in the unit of the moments given.

    `arrivals`: moments in ascending order; `services`: how long each is served; `servers`: 1 or more. Raises
    `ValueError` for lengths that differ, arrivals out of order, a negative or missing number.
    """
    came, lasts = np.asarray(arrivals, dtype=np.float64), np.asarray(services, dtype=np.float64)
    if came.shape != lasts.shape or came.ndim != 1:
        raise ValueError(
            f"arrivals and services: shapes {came.shape} and {lasts.shape}; two equal rows are wanted"
        )
    if servers < 1:
        raise ValueError(f"servers: {servers}; one at least is wanted")
    if not (np.isfinite(came).all() and np.isfinite(lasts).all() and (lasts >= 0).all()):
        raise ValueError("arrivals and services: finite numbers are wanted, services from 0")
    if (np.diff(came) < 0).any():
        raise ValueError("arrivals: ascending moments are wanted")
    if servers == 1:
        return _one_server(came, lasts)
    free = [-np.inf] * servers
    found = np.empty(came.size)
    for place, (moment, length) in enumerate(zip(came.tolist(), lasts.tolist(), strict=True)):
        start = max(moment, free[0])
        heapq.heapreplace(free, start + length)
        found[place] = start - moment
    return found


def _one_server(came: Floats, lasts: Floats) -> Floats:
    """Lindley's recursion, summed: the wait is how far the work done so far stands above its lowest."""
    if not came.size:
        return np.empty(0)
    steps = np.concatenate(([0.0], np.cumsum(lasts[:-1] - np.diff(came))))
    return steps - np.minimum.accumulate(steps)
