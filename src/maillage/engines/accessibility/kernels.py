"""The hot loops, as plain functions: compiled by Numba where it is installed, tested as they stand.

Each has a NumPy or SciPy twin beside its caller, which gives the same numbers where Numba is absent.
Numba contracts no multiply-add here (no `fastmath`), so sums run in the order of the indices, exactly as
SciPy's sparse product does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from numpy.typing import NDArray

from maillage.engines.loops import compile_loops

Backend = Literal["auto", "numba", "numpy"]


def shift(
    starts: NDArray[Any],
    homes: NDArray[Any],
    weights: NDArray[Any],
    site: int,
    step: float,
    apl: NDArray[Any],
) -> None:
    """Add `step` supply per head at one site to every commune of its catchment, in place."""
    for k in range(starts[site], starts[site + 1]):
        apl[homes[k]] += weights[k] * step


def sum_again(
    site_starts: NDArray[Any],
    site_homes: NDArray[Any],
    site: int,
    home_starts: NDArray[Any],
    home_sites: NDArray[Any],
    home_weights: NDArray[Any],
    ratio: NDArray[Any],
    apl: NDArray[Any],
) -> None:
    """Sum again, from scratch, the accessibility of every commune in the catchment of one site, in place."""
    for k in range(site_starts[site], site_starts[site + 1]):
        home = site_homes[k]
        total = 0.0
        for m in range(home_starts[home], home_starts[home + 1]):
            total += home_weights[m] * ratio[home_sites[m]]
        apl[home] = total


def score(
    starts: NDArray[Any],
    homes: NDArray[Any],
    weights: NDArray[Any],
    step: NDArray[Any],
    apl: NDArray[Any],
    people: NDArray[Any],
    threshold: float,
    relief: NDArray[Any],
    lifted: NDArray[Any],
) -> None:
    """For each site, what `step` more supply per head there would relieve and lift; fills both in place."""
    for site in range(step.size):
        eased = 0.0
        over = 0.0
        for k in range(starts[site], starts[site + 1]):
            home = homes[k]
            shortfall = threshold - apl[home]
            if shortfall > 0.0:
                gain = weights[k] * step[site]
                if gain >= shortfall:
                    eased += people[home] * shortfall
                    over += people[home]
                else:
                    eased += people[home] * gain
        relief[site] = eased
        lifted[site] = over


def compile_kernels() -> dict[str, Callable[..., None]] | None:
    """The kernels as Numba dispatchers, by name; None without Numba."""
    loops = (shift, sum_again, score)
    found = compile_loops(loops)
    return {loop.__name__: one for loop, one in zip(loops, found, strict=True)} if found else None


_compiled: dict[str, Callable[..., None]] | None = None


def compiled(backend: Backend) -> dict[str, Callable[..., None]] | None:
    """The compiled kernels, or None where `backend` is "numpy" or, with "auto", Numba is absent.

    Raises ImportError where "numba" is asked for by name and absent.
    """
    global _compiled
    if backend == "numpy":
        return None
    if _compiled is None:
        _compiled = compile_kernels()
    if _compiled is None and backend == "numba":
        raise ImportError("Numba is not installed: use backend='numpy' or 'auto'")
    return _compiled
