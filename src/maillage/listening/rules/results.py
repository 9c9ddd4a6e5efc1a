"""What is shown of answers: who must be many, what is hidden, what would give it back. No framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: Marks go from 1 to this one.
BEST = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of the rules `listening.results`: answers, same answers, the mark that is favourable."""

    answers: int
    cell: int
    favourable: int


@dataclass(frozen=True, slots=True)
class Sides:
    """How many marks, and how many of them are favourable."""

    total: int
    favourable: int

    def less(self, other: Sides) -> Sides:
        """Return what is left once `other` is taken away."""
        return Sides(self.total - other.total, self.favourable - other.favourable)


def counts_of(marks: Iterable[int]) -> tuple[int, ...]:
    """Return how many marks there are of each value, from 1 to 5.

    >>> counts_of([5, 5, 1])
    (1, 0, 0, 0, 2)
    """
    counts = [0] * BEST
    for mark in marks:
        counts[mark - 1] += 1
    return tuple(counts)


def sides_of(counts: Sequence[int], favourable: int) -> Sides:
    """Return the favourable marks among all, `favourable` being the first that is."""
    return Sides(sum(counts), sum(counts[favourable - 1 :]))


def is_many(sides: Sides, limits: Limits) -> bool:
    """Return whether there are enough marks for a share of them to be said."""
    return sides.total >= limits.answers


def is_said(sides: Sides, limits: Limits) -> bool:
    """Return whether a share is said as it is: enough marks, and no side that is a few people."""
    small = range(1, limits.cell)
    return (
        is_many(sides, limits)
        and sides.favourable not in small
        and sides.total - sides.favourable not in small
    )


def bound_of(sides: Sides, limits: Limits) -> tuple[bool, float] | None:
    """Return what is said where one side is a few people: whether over or under, and which share.

    None where a share is said as it is, or where nothing is.
    """
    if not is_many(sides, limits) or is_said(sides, limits):
        return None
    edge = limits.cell / sides.total
    return (True, 1 - edge) if sides.favourable * 2 > sides.total else (False, edge)


def shown_counts(counts: Sequence[int], limits: Limits) -> tuple[int | None, ...] | None:
    """Return the counts of each mark, None for those hidden; None where the share itself is not said.

    The favourable side and the other are each a total that is shown: within each, what is hidden sums to
    enough answers over two marks at least, so that no subtraction gives one back.
    """
    if not is_said(sides_of(counts, limits.favourable), limits):
        return None
    edge = limits.favourable - 1
    return (*_side(counts[:edge], limits.cell), *_side(counts[edge:], limits.cell))


def _side(counts: Sequence[int], least: int) -> tuple[int | None, ...]:
    hidden = {place for place, count in enumerate(counts) if 0 < count < least}
    # The smallest that is somebody first; zeros last, which then hide nobody but may be anything.
    others = sorted(
        (place for place in range(len(counts)) if place not in hidden),
        key=lambda place: (counts[place] == 0, counts[place], place),
    )
    while hidden and others and (len(hidden) == 1 or sum(counts[place] for place in hidden) < least):
        hidden.add(others.pop(0))
    return tuple(None if place in hidden else count for place, count in enumerate(counts))


def groups_said(total: Sides, groups: Mapping[str, Sides], limits: Limits) -> list[str]:
    """Return the groups whose share is said: themselves, and what the total less all of them leaves.

    `total` holds those who did not say their group too. While what is left is a few people, or a side of it
    is, the smallest group said joins it.
    """
    if not is_said(total, limits):
        return []
    kept = [name for name, sides in groups.items() if is_said(sides, limits)]
    kept.sort(key=lambda name: (-groups[name].total, name))
    while kept:
        left = total
        for name in kept:
            left = left.less(groups[name])
        if left == Sides(0, 0) or is_said(left, limits):
            return [name for name in groups if name in kept]
        kept.pop()
    return []


def response_rate(answers: int, invited: int) -> float | None:
    """Return the share of those told who answered, None where nobody counted them.

    >>> response_rate(90, 300), response_rate(3, 0)
    (0.3, None)
    """
    return answers / invited if invited else None
