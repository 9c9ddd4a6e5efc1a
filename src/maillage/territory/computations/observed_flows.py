"""Imported flows, read under statistical secrecy: what each commune keeps, and the lines that may be shown.

A flow under the threshold is hidden with its count, its reason and its period; totals are sums of the flows
that are shown, so that no subtraction gives a hidden one back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from maillage.kernel.sourced_rules import rule
from maillage.territory.models import FlowDataset, FlowRow

THRESHOLD_RULE = "territory.secrecy.threshold"


@dataclass(frozen=True, slots=True)
class ObservedLine:
    """The people or visits that went from one commune to another, for the reasons and periods kept.

    `share` is the part (0 to 1) of the shown flows of the origin.
    """

    origin: str
    destination: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Observed:
    """Flows of one dataset as they may be shown.

    `hidden` counts the rows under the threshold; `kept` and `attracted` are shares by commune code.
    """

    lines: tuple[ObservedLine, ...]
    total: int
    hidden: int
    threshold: int
    kept: dict[str, float]
    attracted: dict[str, float]

    def main_destination(self, origin: str) -> ObservedLine | None:
        """Return the largest flow that leaves or stays in a commune, None where none is shown."""
        return max(
            (line for line in self.lines if line.origin == origin),
            key=lambda line: (line.count, line.destination),
            default=None,
        )


def observed(dataset: FlowDataset, *, reason: str = "", period: str = "") -> Observed:
    """Return the flows of `dataset` that may be shown, for one reason or period, or all when empty."""
    rows = FlowRow.objects.filter(dataset=dataset)
    if reason:
        rows = rows.filter(reason=reason)
    if period:
        rows = rows.filter(period=period)
    return protect(rows.values_list("origin_id", "destination_id", "count"), int(rule(THRESHOLD_RULE).value))


def protect(rows: Iterable[tuple[str, str, int]], threshold: int) -> Observed:
    """Return the flows made of the rows at or over `threshold`; each smaller row is left out before adding.

    Adding first and hiding after would give a hidden row back by subtracting two selections.
    """
    volumes: dict[tuple[str, str], int] = defaultdict(int)
    hidden = 0
    for origin, destination, count in rows:
        if count < threshold:
            hidden += 1
        else:
            volumes[origin, destination] += count
    used, delivered = _totals(volumes)
    lines = [
        ObservedLine(origin, destination, count, count / used[origin])
        for (origin, destination), count in volumes.items()
    ]
    lines.sort(key=lambda line: (-line.count, line.origin, line.destination))
    own = {code: volumes.get((code, code), 0) for code in {*used, *delivered}}
    return Observed(
        lines=tuple(lines),
        total=sum(volumes.values()),
        hidden=hidden,
        threshold=threshold,
        kept={code: own[code] / total for code, total in used.items()},
        attracted={code: 1 - own[code] / total for code, total in delivered.items()},
    )


def _totals(volumes: dict[tuple[str, str], int]) -> tuple[dict[str, int], dict[str, int]]:
    used: dict[str, int] = defaultdict(int)
    delivered: dict[str, int] = defaultdict(int)
    for (origin, destination), count in volumes.items():
        used[origin] += count
        delivered[destination] += count
    return used, delivered
