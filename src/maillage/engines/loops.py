"""Loops of the engines as Numba dispatchers: the one place that asks whether Numba is there."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any


def compile_loops(
    loops: Iterable[Callable[..., Any]],
    inner: Iterable[Callable[..., Any]] = (),
    *,
    inlined: bool = False,
    **options: Any,
) -> list[Any] | None:
    """Each of `loops` as a dispatcher, compiled on first call and kept on disk; None without Numba.

    `inner`: what they call; `inlined` writes it into them instead of calling it. `options` are those of
    `numba.njit`.
    """
    try:
        numba = importlib.import_module("numba")
    except ImportError:
        return None
    shared = importlib.import_module("numba.extending").register_jitable
    for one in inner:
        shared(forceinline=inlined)(one)
    return [numba.njit(cache=True, nogil=True, **options)(loop) for loop in loops]
