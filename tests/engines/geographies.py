"""Random territories for the engines' tests: small, asymmetric, with empty communes and lonely supply."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from maillage.engines.accessibility import Decay
from maillage.engines.traveltime import Pairs, pairs_from_table

STEPS = Decay((10.0, 15.0, 20.0), (1.0, 2 / 3, 1 / 3))
SMOOTH = Decay((0.0, 5.0, 12.5, 20.0), (1.0, 0.8, 0.3, 0.05), "linear")


def pairs_of(rows: list[tuple[int, int, float]], n: int, max_minutes: float = 30.0) -> Pairs:
    """Pairs written by hand: (origin, destination, minutes)."""
    origin, destination, minutes = zip(*rows, strict=True) if rows else ((), (), ())
    return pairs_from_table(
        np.array(origin, dtype=int),
        np.array(destination, dtype=int),
        np.array(minutes),
        n,
        max_minutes=max_minutes,
        provider="by hand",
        vintage="test",
    )


def random_pairs(rng: np.random.Generator, n: int, density: float = 0.4, top: float = 30.0) -> Pairs:
    """Asymmetric pairs, with times on the decay bounds now and then."""
    first, second = np.nonzero(rng.random((n, n)) < density)
    minutes = np.round(rng.uniform(0.0, top, first.size) * 2) / 2
    return pairs_from_table(
        first, second, minutes, n, max_minutes=30.0, provider="random", vintage="test", estimate=True
    )


@st.composite
def territories(draw: st.DrawFn) -> tuple[Pairs, np.ndarray, np.ndarray]:
    """Pairs, demand and supply; some communes have no inhabitant and most have no supply."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 14))
    pairs = random_pairs(rng, n, draw(st.floats(0.0, 1.0)))
    demand = np.where(rng.random(n) < 0.2, 0.0, rng.integers(1, 5000, n))
    supply = np.where(rng.random(n) < 0.5, 0.0, rng.uniform(0.1, 20.0, n))
    return pairs, demand, supply


decays = st.sampled_from([STEPS, SMOOTH, Decay((15.0,), (1.0,)), Decay((5.0, 10.0, 15.0), (1.0, 0.3, 0.1))])
