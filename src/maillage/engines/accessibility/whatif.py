"""What if: supply added or removed commune by commune, answered by exact deltas.

Accessibility is linear in supply, so that a change of δ at site j moves each commune i of its catchment by
w_ij · δ / D_j and nothing else. A scenario is a list of such changes, undone last first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from maillage.engines.accessibility import kernels
from maillage.engines.accessibility.compute import (
    assemble,
    nonnegative,
    per_head,
    prepare,
    supply_at_sites,
)
from maillage.engines.accessibility.model import (
    Decay,
    FloatArray,
    IntArray,
    Result,
    SparseRows,
    Structure,
)


class _Change(NamedTuple):
    site: int
    amount: float
    supply_before: float


class WhatIf:
    """A state of supply that can be changed, asked and undone.

    With `exact` (the default) the communes touched are summed again, and `apl` stays equal bit for bit to a
    full computation; otherwise the difference is added, faster still, and rounding may drift in the last
    digits. `backend`: "auto" takes Numba where installed, "numpy" never does; the numbers are the same.
    Not to be shared between threads.
    """

    def __init__(
        self,
        structure: Structure,
        demand: ArrayLike,
        supply: ArrayLike,
        *,
        exact: bool = True,
        backend: kernels.Backend = "auto",
    ) -> None:
        self.structure = structure
        self.exact = exact
        self._kernels = kernels.compiled(backend)
        self._supply = supply_at_sites(structure, supply)
        self._catchment = structure.by_site @ nonnegative(demand, structure.n, "demand")
        self._ratio = per_head(self._supply, self._catchment)
        self._apl: FloatArray = structure.by_home @ self._ratio
        self._changes: list[_Change] = []

    @property
    def apl(self) -> FloatArray:
        """Accessibility of each commune now, shape (n,): a view that follows the changes, read only."""
        present = self._apl.view()
        present.setflags(write=False)
        return present

    @property
    def supply(self) -> FloatArray:
        """Supply of each commune now, shape (n,)."""
        everywhere = np.zeros(self.structure.n)
        everywhere[self.structure.sites] = self._supply
        return everywhere

    @property
    def changes(self) -> tuple[tuple[int, float], ...]:
        """The changes in force, first to last: (commune position, amount)."""
        return tuple((int(self.structure.sites[c.site]), c.amount) for c in self._changes)

    def result(self) -> Result:
        """The present state as a full result (copies)."""
        return assemble(self.structure, self._apl.copy(), self._ratio, self._catchment, self._supply)

    def add(self, position: int, amount: float = 1.0) -> IntArray:
        """Add supply at a commune; returns the positions of the communes whose accessibility moved.

        Raises ValueError where the commune is not a site of the structure, or has less than is removed.
        """
        site = self.structure.site(position)
        before = self._supply[site]
        if not np.isfinite(amount) or before + amount < 0:
            raise ValueError(f"{before:g} at commune position {position}: cannot change it by {amount:g}")
        self._changes.append(_Change(site, float(amount), float(before)))
        return self._move(site, before + amount)

    def remove(self, position: int, amount: float = 1.0) -> IntArray:
        """Remove supply from a commune; the same as adding −`amount`."""
        return self.add(position, -amount)

    def undo(self) -> IntArray:
        """Take back the last change; returns the communes that moved. Raises IndexError when none is left."""
        change = self._changes.pop()
        return self._move(change.site, change.supply_before)

    def _move(self, site: int, supply: float) -> IntArray:
        rows = self.structure.by_site
        touched: IntArray = rows.indices[rows.indptr[site] : rows.indptr[site + 1]]
        self._supply[site] = supply
        if self._catchment[site] > 0:
            ratio_before = self._ratio[site]
            self._ratio[site] = supply / self._catchment[site]
            if self.exact:
                self._sum_again(site, touched)
            else:
                self._shift(site, touched, float(self._ratio[site] - ratio_before))
        return touched

    def _sum_again(self, site: int, touched: IntArray) -> None:
        rows, homes = self.structure.by_site, self.structure.by_home
        if self._kernels is None:
            self._apl[touched] = homes[touched] @ self._ratio
        else:
            self._kernels["sum_again"](
                rows.indptr,
                rows.indices,
                site,
                homes.indptr,
                homes.indices,
                homes.data,
                self._ratio,
                self._apl,
            )

    def _shift(self, site: int, touched: IntArray, step: float) -> None:
        rows = self.structure.by_site
        if self._kernels is None:
            self._apl[touched] += rows.data[rows.indptr[site] : rows.indptr[site + 1]] * step
        else:
            self._kernels["shift"](rows.indptr, rows.indices, rows.data, site, step, self._apl)


class Scores(NamedTuple):
    """What an added supply would do, at each site that was tried (aligned with `positions`).

    `relief`: fall of the shortfall Σ P_i · max(0, threshold − APL_i), in units of supply; `lifted`: people
    whose commune reaches the threshold.
    """

    positions: IntArray
    relief: FloatArray
    lifted: FloatArray


def score_sites(
    structure: Structure,
    result: Result,
    people: ArrayLike,
    threshold: float,
    *,
    amount: float = 1.0,
    at: ArrayLike | None = None,
    backend: kernels.Backend = "auto",
) -> Scores:
    """Try `amount` of supply at every site in turn, or at the commune positions `at` only.

    `people`: whom to count, shape (n,): the population, or the population of a territory and 0 elsewhere.
    Raises ValueError where a position of `at` is not a site of the structure.
    """
    population = nonnegative(people, structure.n, "people")
    rows, positions = structure.by_site, structure.sites
    if at is not None:
        positions = np.asarray(at, dtype=np.int32)
        rows = rows[[structure.site(int(position)) for position in positions]]
        for part in (rows.indptr, rows.indices, rows.data):
            part.setflags(write=False)  # the array type that the kernels were compiled for
    step = per_head(np.full(positions.size, float(amount)), result.catchment_demand[positions])
    apl = np.ascontiguousarray(result.apl)
    compiled = kernels.compiled(backend)
    if compiled is None:
        relief, lifted = _score(rows, step, apl, population, threshold)
    else:
        relief, lifted = np.empty(step.size), np.empty(step.size)
        compiled["score"](
            rows.indptr, rows.indices, rows.data, step, apl, population, float(threshold), relief, lifted
        )
    return Scores(positions, relief, lifted)


def _score(
    rows: SparseRows, step: FloatArray, apl: FloatArray, people: FloatArray, threshold: float
) -> tuple[FloatArray, FloatArray]:
    """The NumPy twin of `kernels.score`; `bincount` adds in the same order as the loop."""
    site = np.repeat(np.arange(step.size), np.diff(rows.indptr))
    shortfall = np.maximum(threshold - apl, 0.0)[rows.indices]
    gain = rows.data * step[site]
    reached = (gain >= shortfall) & (shortfall > 0)
    counted = people[rows.indices]
    relief = np.bincount(site, counted * np.minimum(gain, shortfall), minlength=step.size)
    lifted = np.bincount(site, counted * reached, minlength=step.size)
    return relief.astype(np.float64), lifted.astype(np.float64)


def warm() -> bool:
    """Compile every kernel, or load it from disk, so that no user waits; False where Numba is absent.

    Takes some seconds the first time on a machine and a fraction of a second afterwards.
    """
    if kernels.compiled("auto") is None:
        return False
    structure = prepare(_TwoCommunes(), Decay((1.0,), (1.0,)))
    for exact in (True, False):
        scenario = WhatIf(structure, np.ones(2), np.ones(2), exact=exact)
        scenario.add(0)
        score_sites(structure, scenario.result(), np.ones(2), 1.0)
    return True


class _TwoCommunes:
    """The smallest geography: two communes, each in reach of itself only."""

    n = 2
    max_minutes = 1.0
    origin = destination = np.arange(2, dtype=np.int32)
    minutes = np.zeros(2, dtype=np.float32)
