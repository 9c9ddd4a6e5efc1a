"""The national APL and its scenarios beside PySAL's `access` on the same pairs, in one run.

`python -m bench.accessibility` writes build/bench/accessibility.json. Every ratio compares two answers that
were checked equal in the same run (rtol 1e-9).
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from bench.data import SEED, Geography, geography
from bench.harness import Row, best_of, row, write
from maillage.engines import traveltime
from maillage.engines.accessibility import Decay, WhatIf, compute, prepare, score_sites, warm
from maillage.engines.accessibility.kernels import Backend

STEPS = Decay((10.0, 15.0, 20.0), (1.0, 2 / 3, 1 / 3))
PEER = "access E2SFCA (PySAL)"


def peer_answer(pairs: traveltime.Pairs, place: Geography, repeats: int) -> tuple[np.ndarray, float]:
    """PySAL's accessibility of each commune and its best time, its tables ready beforehand."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from access import Access, weights

        Access.logger_initialized = True  # or it sets its own log to INFO

        index = np.arange(pairs.n)
        peer = Access(
            demand_df=pd.DataFrame({"id": index, "people": place.people}),
            demand_index="id",
            demand_value="people",
            supply_df=pd.DataFrame({"id": index, "gps": place.gps}),
            supply_index="id",
            supply_value="gps",
            cost_df=pd.DataFrame({"from": pairs.origin, "to": pairs.destination, "cost": pairs.minutes}),
            cost_origin="from",
            cost_dest="to",
            cost_name="cost",
        )
        steps = weights.step_fn(dict(zip(STEPS.bounds, STEPS.weights, strict=True)))
        found, elapsed = best_of(
            repeats, lambda: peer.enhanced_two_stage_fca(weight_fn=steps, max_cost=STEPS.horizon)
        )
    return found["e2sfca_gps"].reindex(index).fillna(0.0).to_numpy(), elapsed


def national(pairs: traveltime.Pairs, place: Geography) -> list[Row]:
    """Full computations: structure ready, and from raw minutes."""
    expected, peer_ms = peer_answer(pairs, place, 3)
    supplied = place.gps > 0
    structure = prepare(pairs, STEPS, supplied)
    result, ready_ms = best_of(30, lambda: compute(structure, place.people, place.gps))
    np.testing.assert_allclose(result.apl, expected, rtol=1e-9)
    _, raw_ms = best_of(8, lambda: compute(prepare(pairs, STEPS, supplied), place.people, place.gps))
    note = f"{place.name}: {pairs.n} communes, {len(pairs)} pairs, {structure.by_home.nnz} towards supply"
    return [
        row("national APL, structure ready", ready_ms, PEER, peer_ms, note),
        row(
            "national APL, from raw minutes", raw_ms, PEER, peer_ms, f"{note}; weights and both CSRs included"
        ),
    ]


def scenarios(pairs: traveltime.Pairs, place: Geography) -> list[Row]:
    """One GP more and taken back, at a hundred communes, against a full recomputation."""
    structure = prepare(pairs, STEPS)
    _, full_ms = best_of(10, lambda: compute(structure, place.people, place.gps))
    tried = np.random.default_rng(SEED).choice(pairs.n, 100, replace=False).tolist()
    cases: tuple[tuple[bool, Backend], ...] = ((True, "numba"), (False, "numba"), (True, "numpy"))
    rows = []
    for exact, backend in cases:
        scenario = WhatIf(structure, place.people, place.gps, exact=exact, backend=backend)

        def run(scenario: WhatIf = scenario) -> None:
            for position in tried:
                scenario.add(position)
                scenario.undo()

        _, elapsed = best_of(5, run)
        scenario.add(tried[0])
        full = compute(structure, place.people, scenario.supply).apl
        equal = "bit for bit" if np.array_equal(scenario.apl, full) else "within rounding"
        kind = f"what if of one GP, {'exact' if exact else 'additive'}, {backend}"
        note = f"mean over {len(tried)} communes, every commune a possible site; equal {equal}"
        rows.append(row(kind, elapsed / (2 * len(tried)), "full computation, same engine", full_ms, note))
    return rows


def siting(pairs: traveltime.Pairs, place: Geography) -> Row:
    """One GP tried at every commune, against as many scenarios (extrapolated from a hundred)."""
    structure = prepare(pairs, STEPS)
    before = compute(structure, place.people, place.gps)
    threshold = float(np.quantile(before.apl, 0.2))
    _, ours_ms = best_of(5, lambda: score_sites(structure, before, place.people, threshold))
    _, full_ms = best_of(5, lambda: compute(structure, place.people, place.gps))
    note = f"people under the threshold and relief for {pairs.n} sites; peer extrapolated from one"
    return row(
        "score one GP at every commune", ours_ms, "full computation, same engine", full_ms * pairs.n, note
    )


def run() -> list[Row]:
    """Every row of the bench."""
    warm()
    place = geography()
    pairs = traveltime.crow_fly_pairs(place.lon, place.lat, STEPS.horizon, traveltime.CrowFlyModel())
    rows = national(pairs, place)
    rows += scenarios(pairs, place)
    peer_ms, one = rows[0].peer_ms, rows[2]
    rows.append(
        row("what if of one GP, exact", one.ours_ms, PEER, peer_ms, "the peer can only compute again")
    )
    return [*rows, siting(pairs, place)]


if __name__ == "__main__":
    write("accessibility", run())
