"""What a scenario changes: supply added and removed, accessibility and nearest services afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from maillage.engines import accessibility
from maillage.engines.accessibility import Result, WhatIf
from maillage.engines.traveltime import Nearest
from maillage.kernel.formats import number
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import Access, counts
from maillage.territory.computations.place_names import at
from maillage.territory.computations.supplies import SERVICES, SUPPLIES
from maillage.territory.models import Scenario

Positions = NDArray[np.intp]
Values = NDArray[np.float64]


class ScenarioError(ValueError):
    """A change that cannot be made; the message (French) says why and what can be done."""


@dataclass(frozen=True, slots=True)
class Change:
    """`delta` units of the supply of that key (see `SUPPLIES`) at a commune, as its position in the atlas."""

    supply: str
    position: int
    delta: int


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The state after a scenario, for the profession of `before`.

    `changed` are the positions whose accessibility moved, anywhere in the country; `heads` the
    professionals afterwards. `nearest` holds the new travel times of the services whose sites changed.
    """

    before: Access
    after: Result
    heads: Values
    changed: Positions
    nearest: dict[str, Nearest]


def live_changes(atlas: Atlas, scenario: Scenario) -> list[Change]:
    """Return the changes in force, in order; those of communes that left the pack are dropped."""
    rows = list(
        scenario.changes.filter(is_undone=False, commune__is_active=True)
        .order_by("pk")
        .values_list("supply", "commune_id", "delta")
    )
    positions = atlas.positions([commune for _supply, commune, _delta in rows]).tolist() if rows else []
    return [
        Change(supply, position, delta)
        for (supply, _commune, delta), position in zip(rows, positions, strict=True)
    ]


def check(atlas: Atlas, changes: Sequence[Change]) -> None:
    """Raise ScenarioError at the first change that removes more than there is by then."""
    present: dict[tuple[str, int], int] = {}
    for change in changes:
        if change.supply not in SUPPLIES:
            raise ScenarioError(_("L’offre « %(key)s » n’existe pas.") % {"key": change.supply})
        place = change.supply, change.position
        if place not in present:
            present[place] = int(counts(atlas, SUPPLIES[change.supply].supply)[change.position])
        if present[place] + change.delta < 0:
            raise ScenarioError(_too_few(atlas, change, present[place]))
        present[place] += change.delta


def outcome(atlas: Atlas, access: Access, changes: Sequence[Change]) -> Outcome:
    """Apply `changes` in order. Raises ScenarioError where one removes more than there is."""
    check(atlas, changes)
    own = [change for change in changes if change.supply == access.profession.key]
    heads = access.heads.copy()
    if not own:
        return Outcome(access, access.result, heads, np.empty(0, np.intp), _services(atlas, access, changes))
    state = WhatIf(access.structure, access.demand, access.supply)
    held: dict[int, float] = {}
    for change in own:
        offered = held.setdefault(change.position, float(access.offered[change.position]))
        amount = _amount(access, change.delta, float(heads[change.position]), offered)
        state.add(change.position, amount)
        held[change.position] = offered + amount
        heads[change.position] += change.delta
    after = state.result()
    changed = np.flatnonzero(after.apl != access.apl)
    return Outcome(access, after, heads, changed, _services(atlas, access, changes))


def best_sites(
    atlas: Atlas, access: Access, state: Result, members: Positions, limit: int = 5
) -> list[tuple[int, float, float]]:
    """Return where one more professional would reduce the territory's shortfall most, best first.

    Each is (position, shortfall removed in units of supply, inhabitants brought over the threshold). Only
    communes that already hold such a professional or a pharmacy are proposed.
    """
    people = np.zeros(access.people.size)
    people[members] = access.people[members]
    likely = (access.heads > 0) | (counts(atlas, "supply_commune.pharmacies") > 0)
    scores = accessibility.score_sites(
        access.structure, state, people, access.low, amount=access.unit, at=members[likely[members]]
    )
    order = np.argsort(-scores.relief, kind="stable")[:limit]
    return [
        (int(scores.positions[k]), float(scores.relief[k]), float(scores.lifted[k]))
        for k in order
        if scores.relief[k] > 0
    ]


def _amount(access: Access, delta: int, heads: float, offered: float) -> float:
    """What `delta` professionals offer: the standard amount when added, the commune's mean when removed."""
    if delta > 0:
        return delta * access.unit
    # The last one takes away exactly what is left, whatever the rounding before.
    return -offered if heads + delta == 0 else offered * delta / heads


def _services(atlas: Atlas, access: Access, changes: Sequence[Change]) -> dict[str, Nearest]:
    found = {}
    for key in {change.supply for change in changes} & set(SERVICES):
        before = counts(atlas, SERVICES[key].supply)
        after = before.copy()
        for change in changes:
            if change.supply == key:
                after[change.position] += change.delta
        # One more where there is one already brings nobody nearer.
        if not np.array_equal(before > 0, after > 0):
            found[key] = access.travel.nearest(atlas, np.flatnonzero(after > 0))
    return found


def _too_few(atlas: Atlas, change: Change, present: int) -> str:
    supply, place = SUPPLIES[change.supply], at(str(atlas.names[change.position]))
    if present == 0:
        return _("Il n’y a aucun %(one)s %(place)s : il n’y a rien à retirer.") % {
            "one": supply.one,
            "place": place,
        }
    return ngettext(
        "Il n’y a que %(present)s %(one)s %(place)s : on ne peut pas en retirer %(asked)s.",
        "Il n’y a que %(present)s %(many)s %(place)s : on ne peut pas en retirer %(asked)s.",
        present,
    ) % {
        "present": number(present),
        "one": supply.one,
        "many": supply.many,
        "place": place,
        "asked": number(-change.delta),
    }
