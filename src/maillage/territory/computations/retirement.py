"""What access would become if the GPs aged 60 and over left without being replaced."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.engines import accessibility
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import Access, counts, national_access
from maillage.territory.computations.access_summary import Summary, summary
from maillage.territory.computations.measures import Values
from maillage.territory.computations.memo import Memo
from maillage.territory.computations.supply_measures import OLDER_GP_COLUMN


@dataclass(frozen=True, slots=True)
class Retirement:
    """Access to GPs of the same communes today and after; the departures are those of all France.

    Neighbours lose theirs too: counting only the territory's own would flatter its future.
    """

    low: float
    now: Summary
    after: Summary
    estimate: bool


_after: Memo[Values] = Memo(2)


def retirement(atlas: Atlas, positions: NDArray[np.intp]) -> Retirement:
    """Return access over the communes `positions` today and without the GPs aged 60 and over."""
    access = national_access(atlas)
    apl = _after.get(access.key, lambda: _apl_after(atlas, access))
    now, after = summary(access, positions), summary(access, positions, apl)
    return Retirement(access.low, now, after, access.travel.is_estimate(positions))


def _apl_after(atlas: Atlas, access: Access) -> Values:
    older = np.minimum(counts(atlas, OLDER_GP_COLUMN), access.heads)
    remaining = (access.heads - older) * access.parameters.activity
    return accessibility.compute(access.structure, access.demand, remaining).apl
