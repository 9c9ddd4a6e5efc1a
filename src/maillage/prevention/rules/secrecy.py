"""What is hidden of counts whose total is shown: those that are small, and what would give them back."""

from __future__ import annotations

from collections.abc import Sequence


def hidden_parts(counts: Sequence[int], least: int) -> set[int]:
    """Return the places of the parts of a total that are hidden: those of a few people, then one more.

    Alone, what is hidden would be the total less the others: the smallest of those shown joins it, until
    they are two at least and enough together. A part of nobody hides nobody, and is not shown.

    >>> hidden_parts([9, 13, 20], 11), hidden_parts([13, 20], 11), hidden_parts([3, 4, 40, 50], 11)
    ({0, 1}, set(), {0, 1, 2})
    """
    some = [place for place, count in enumerate(counts) if count]
    hidden = {place for place in some if counts[place] < least}
    others = sorted(
        (place for place in some if place not in hidden), key=lambda place: (counts[place], place)
    )
    while hidden and others and (len(hidden) == 1 or sum(counts[place] for place in hidden) < least):
        hidden.add(others.pop(0))
    return hidden


def rounded(count: int, least: int) -> int:
    """Return a count that two places share in part, rounded so that their difference tells nobody.

    >>> rounded(38, 10), rounded(41, 10), rounded(0, 10)
    (40, 40, 0)
    """
    return (2 * count + least) // (2 * least) * least
