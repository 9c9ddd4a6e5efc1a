"""Who goes where in a territory, as the weights of the accessibility imply it; whom each emergency serves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.engines import accessibility
from maillage.engines.accessibility import Flows
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import Access, national_flows
from maillage.territory.computations.memo import Memo
from maillage.territory.computations.travel_times import nearest_service

Positions = NDArray[np.intp]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Of every commune: the share of its care found at home, and of what it delivers that others use.

    `main` is the commune its residents depend on most (−1 without any access), `main_share` for what part.
    Each of shape (n,); `attraction` is NaN where nothing is delivered.
    """

    self_sufficiency: Values
    attraction: Values
    main: NDArray[np.int32]
    main_share: Values


@dataclass(frozen=True, slots=True)
class Balance:
    """What a territory keeps, loses and gains, in shares of volumes (0 to 1), and the volumes behind."""

    kept: float
    leaving: float
    gained: float
    used: float
    delivered: float


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A flow between two communes, as positions: its volume and its share of the origin's use."""

    origin: int
    destination: int
    volume: float
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class EmergencyCatchment:
    """The communes of a territory whose nearest emergency department is at `position`."""

    position: int
    members: Positions
    people: float
    mean_minutes: float
    longest_minutes: float


_places: Memo[Places] = Memo(2)


def places(access: Access) -> Places:
    """Return self-sufficiency, attraction and main destination of every commune."""
    return _places.get(access.key, lambda: _compute_places(national_flows(access)))


def _compute_places(modelled: Flows) -> Places:
    main, share = accessibility.main_destination(modelled)
    return Places(accessibility.self_sufficiency(modelled), accessibility.attraction(modelled), main, share)


def balance(access: Access, members: Positions) -> Balance:
    """Return what the territory keeps of its residents' use, and what others use of its supply."""
    modelled = national_flows(access)
    groups = np.zeros(access.people.size, dtype=np.int64)
    groups[members] = 1
    volumes = modelled.between(groups, 2)
    used, delivered = float(volumes[1].sum()), float(volumes[:, 1].sum())
    kept = _share(volumes[1, 1], used)
    return Balance(kept, _share(volumes[1, 0], used), _share(volumes[0, 1], delivered), used, delivered)


def main_lines(access: Access, members: Positions, limit: int) -> list[FlowLine]:
    """Return the largest flows between two different communes that leave or enter the territory."""
    modelled = national_flows(access)
    inside = np.zeros(modelled.n, dtype=bool)
    inside[members] = True
    origin = modelled.origins()
    wanted = np.flatnonzero(
        (inside[origin] | inside[modelled.destination]) & (origin != modelled.destination)
    )
    order = wanted[np.argsort(-modelled.volume[wanted], kind="stable")[:limit]]
    return [
        FlowLine(
            int(origin[k]), int(modelled.destination[k]), float(modelled.volume[k]), float(modelled.share[k])
        )
        for k in order
    ]


def main_outside(access: Access, members: Positions) -> tuple[int, float] | None:
    """Return the commune outside the territory that its residents use most, and its share of their use.

    None where nothing is used outside.
    """
    modelled = national_flows(access)
    inside = np.zeros(modelled.n, dtype=bool)
    inside[members] = True
    home = inside[modelled.origins()]
    used = modelled.volume[home]
    leaving = ~inside[modelled.destination[home]]
    volumes = np.bincount(modelled.destination[home][leaving], used[leaving], minlength=modelled.n)
    if not volumes.any():
        return None
    first = int(volumes.argmax())
    return first, float(volumes[first] / used.sum())


def emergency_catchments(atlas: Atlas, access: Access, members: Positions) -> list[EmergencyCatchment]:
    """Return which emergency department each commune of the territory depends on, largest catchment first."""
    nearest = nearest_service(atlas, access.travel, "emergency")
    found = []
    for position in np.unique(nearest.position[members]):
        if position < 0:
            continue
        served = members[nearest.position[members] == position]
        minutes = nearest.minutes[served]
        people = access.people[served]
        found.append(
            EmergencyCatchment(
                int(position),
                served,
                float(people.sum()),
                accessibility.mean(minutes, people),
                float(minutes.max()),
            )
        )
    return sorted(found, key=lambda catchment: (-catchment.people, catchment.position))


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")
