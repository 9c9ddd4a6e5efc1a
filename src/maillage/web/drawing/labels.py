"""Names of towns beside their dots, none over another: the most important first, the rest left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from maillage.web.drawing.svg import width_of

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name to place beside the point `(x, y)`; a larger `weight` is placed first."""

    name: str
    x: float
    y: float
    weight: float
    size: float = 8.5


@dataclass(frozen=True, slots=True)
class Placed:
    """A name that found room: `anchor` is SVG's text-anchor, `(x, y)` its baseline."""

    candidate: Candidate
    x: float
    y: float
    anchor: str


def place(
    candidates: Iterable[Candidate], frame: tuple[float, float], taken: Sequence[Box] = ()
) -> list[Placed]:
    """Return the names that fit in the frame `(width, height)`, clear of `taken` boxes and of one another.

    Greedy by weight, then name, so that the same input always gives the same map.
    """
    boxes, names = list(taken), list[Box]()
    placed = []
    for candidate in sorted(candidates, key=lambda one: (-one.weight, one.name)):
        dot = (candidate.x - 2, candidate.y - 2, candidate.x + 2, candidate.y + 2)
        if any(overlap(dot, name) for name in names):
            continue
        for x, y, anchor, box in _positions(candidate):
            inside = box[0] >= 2 and box[1] >= 2 and box[2] <= frame[0] - 2 and box[3] <= frame[1] - 2
            if inside and not any(overlap(box, other) for other in boxes):
                placed.append(Placed(candidate, x, y, anchor))
                boxes += [box, dot]
                names.append(box)
                break
    return placed


def _positions(candidate: Candidate) -> Iterable[tuple[float, float, str, Box]]:
    width, size = width_of(candidate.name, candidate.size), candidate.size
    x, y = candidate.x, candidate.y
    for anchor, left, dx, dy in (
        ("start", 0.0, 3.5, 0.32),
        ("end", width, -3.5, 0.32),
        ("middle", width / 2, 0.0, -0.5),
        ("middle", width / 2, 0.0, 1.1),
        ("start", 0.0, 2.5, -0.35),
        ("start", 0.0, 2.5, 0.95),
        ("end", width, -2.5, -0.35),
        ("end", width, -2.5, 0.95),
    ):
        at_x, baseline = x + dx, y + dy * size
        yield (
            at_x,
            baseline,
            anchor,
            (at_x - left, baseline - 0.75 * size, at_x - left + width, baseline + 0.25 * size),
        )


def overlap(one: Box, other: Box) -> bool:
    """Return whether two boxes have room in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
