"""Timing two programs in one run, and the JSON that keeps what was found."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

Answer = TypeVar("Answer")
FOLDER = Path("build/bench")


@dataclass(frozen=True, slots=True)
class Row:
    """One case: our time and the peer's, in milliseconds, and how many times we are faster.

    `unit` says otherwise where something else than a time is measured.
    """

    case: str
    ours_ms: float
    peer: str
    peer_ms: float
    ratio: float
    note: str
    unit: str = "ms"


def best_of(times: int, run: Callable[[], Answer]) -> tuple[Answer, float]:
    """The last answer and the shortest wall-clock time in milliseconds."""
    shortest = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        answer = run()
        shortest = min(shortest, time.perf_counter() - began)
    return answer, shortest * 1e3


def row(case: str, ours_ms: float, peer: str, peer_ms: float, note: str, unit: str = "ms") -> Row:
    """A row with its ratio."""
    return Row(case, round(ours_ms, 4), peer, round(peer_ms, 3), round(peer_ms / ours_ms, 1), note, unit)


def write(engine: str, rows: list[Row]) -> Path:
    """Write build/bench/<engine>.json and print the rows."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{engine}.json"
    content = json.dumps([asdict(one) for one in rows], indent=1, ensure_ascii=False)
    file.write_text(content + "\n", encoding="utf-8")
    for one in rows:
        print(
            f"{one.case:55} {one.ours_ms:>10.4f} {one.unit:3}  "
            f"{one.peer:34} {one.peer_ms:>10.2f} {one.unit:3}  × {one.ratio:g}"
        )
        print(f"{'':55} {one.note}")
    return file
