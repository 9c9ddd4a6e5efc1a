"""What the processes of a server take: their processor, and their memory as the kernel counts it (Linux)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one process, in MiB: all that it maps, its share of it, and what is its own."""

    rss: float
    pss: float
    private: float


def workers_of(server: int) -> list[int]:
    """Return the processes that answer for the server of that number."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [one for one in map(int, children) if "spawn_main" in _command(one)]


def processor(pids: list[int]) -> float:
    """Return the seconds of processor that these processes have taken so far, the kernel's for them too."""
    taken = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        taken += int(fields[11]) + int(fields[12])
    return taken / TICKS


def memory(pid: int) -> Memory:
    """Return the memory of one process."""
    lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    sizes = {words[0].rstrip(":"): int(words[1]) / MIB for words in lines}
    return Memory(
        round(sizes["Rss"], 1),
        round(sizes["Pss"], 1),
        round(sizes["Private_Clean"] + sizes["Private_Dirty"], 1),
    )


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
