"""What else keeps the people of a roster elsewhere at the hours of a duty, as another context tells it.

The agenda and the roster do not know one another. Whoever is above both gives this context a reader of
commitments (`read_commitments_with`); without one, nothing is known and nothing is in conflict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from maillage.roster.models import Post

Period = tuple[datetime, datetime]


class Commitment(Protocol):
    """Hours at a place; `booked`: appointments made there during the duty."""

    @property
    def starts_at(self) -> datetime:
        """The beginning."""

    @property
    def ends_at(self) -> datetime:
        """The end."""

    @property
    def place(self) -> str:
        """Where."""

    @property
    def booked(self) -> int:
        """How many people have an appointment."""


Reader = Callable[[Mapping[int, Sequence[Period]]], Mapping[int, Sequence[tuple[Period, Commitment]]]]
_readers: list[Reader] = []


def read_commitments_with(reader: Reader) -> None:
    """Register where commitments are read: periods by professional's key → (period, commitment) by key."""
    if reader not in _readers:
        _readers.append(reader)


def conflicts(asked: Iterable[tuple[int, Post]]) -> dict[tuple[int, int], list[Commitment]]:
    """Return what keeps professionals elsewhere during posts: (professional, post) → commitments, if any."""
    wanted: dict[int, list[Post]] = defaultdict(list)
    for professional, post in asked:
        wanted[professional].append(post)
    found: dict[tuple[int, int], list[Commitment]] = defaultdict(list)
    periods = {key: [(post.starts_at, post.ends_at) for post in posts] for key, posts in wanted.items()}
    for reader in _readers:
        for professional, told in reader(periods).items():
            for period, commitment in told:
                for post in wanted[professional]:
                    if (post.starts_at, post.ends_at) == period:
                        found[professional, post.pk].append(commitment)
    return dict(found)
