"""What a scenario changes in a territory: spread of accessibility, white zones, travel to services."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import Access
from maillage.territory.computations.access_summary import Summary, summary
from maillage.territory.computations.travel_times import Remoteness, nearest_service, remoteness
from maillage.territory.computations.what_if import Change, Outcome, outcome
from maillage.territory.computations.white_zones import zone_labels

Positions = NDArray[np.intp]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class State:
    """A territory at one moment: `zone_communes` under the threshold, where `zone_people` live."""

    summary: Summary
    zone_communes: int
    zone_people: float
    heads: float


@dataclass(frozen=True, slots=True)
class ServiceEffect:
    """Travel to one service before and after a scenario."""

    service: str
    before: Remoteness
    after: Remoteness


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """A scenario beside the present, for one profession and one territory.

    `moved` are the positions, inside or around the territory, whose accessibility changed.
    """

    changes: tuple[Change, ...]
    outcome: Outcome
    before: State
    after: State
    services: tuple[ServiceEffect, ...]
    moved: Positions

    @property
    def gain(self) -> Values:
        """The change of accessibility of each of the `moved` communes."""
        return self.outcome.after.apl[self.moved] - self.outcome.before.apl[self.moved]


def effect(
    atlas: Atlas, access: Access, members: Positions, around: Positions, changes: list[Change]
) -> Effect:
    """Return what `changes` do to the territory `members`; `around` are the communes shown beside it.

    Raises ScenarioError where a change cannot be made.
    """
    done = outcome(atlas, access, changes)
    before = _state(atlas, access, members, access.apl, access.heads)
    same = done.after is access.result
    after = before if same else _state(atlas, access, members, done.after.apl, done.heads)
    shown = np.union1d(members, around)
    services = tuple(
        ServiceEffect(
            key,
            remoteness(atlas, nearest_service(atlas, access.travel, key).minutes, members),
            remoteness(atlas, nearest.minutes, members),
        )
        for key, nearest in sorted(done.nearest.items())
    )
    return Effect(tuple(changes), done, before, after, services, np.intersect1d(done.changed, shown))


def reach(access: Access, changes: list[Change], shown: Positions) -> Positions:
    """Return which of the `shown` communes may move when `changes` are made or undone."""
    sites = {change.position for change in changes if change.supply == access.profession.key}
    rows = access.structure.by_site
    touched = [rows.indices[rows.indptr[k] : rows.indptr[k + 1]] for k in map(access.structure.site, sites)]
    return np.intersect1d(np.concatenate(touched), shown) if touched else np.empty(0, np.intp)


def _state(atlas: Atlas, access: Access, members: Positions, apl: Values, heads: Values) -> State:
    labels = zone_labels(atlas, access, members, apl)
    return State(
        summary=summary(access, members, apl),
        zone_communes=int(np.count_nonzero(labels >= 0)),
        zone_people=float(access.people[members][labels >= 0].sum()),
        heads=float(heads[members].sum()),
    )
