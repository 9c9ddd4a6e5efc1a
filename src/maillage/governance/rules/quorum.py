"""Who holds whose voice, and whether enough voices are there: members present, deputies, proxies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sitter:
    """A seat at a meeting: its college, whether its holder is there, whom it deputises, its proxy."""

    seat: int
    college: int
    is_here: bool
    deputises: int | None = None
    proxy_to: int | None = None


@dataclass(frozen=True, slots=True)
class CollegeCount:
    """The voices of a college: how many it has, how many are there, how many the quorum asks."""

    college: int
    voices: int
    here: int
    needed: int

    @property
    def is_reached(self) -> bool:
        """Whether enough are there."""
        return self.here >= self.needed


@dataclass(frozen=True, slots=True)
class Quorum:
    """What a meeting has of what its body asks; `present` in person or by deputy, `represented` by proxy."""

    voices: int
    present: int
    represented: int
    needed: int
    colleges: tuple[CollegeCount, ...]
    by_college: bool

    @property
    def here(self) -> int:
        """Voices present or represented."""
        return self.present + self.represented

    @property
    def lacking(self) -> tuple[CollegeCount, ...]:
        """The colleges that have too few, where each is asked for its own."""
        return tuple(one for one in self.colleges if not one.is_reached) if self.by_college else ()

    @property
    def is_reached(self) -> bool:
        """Whether a vote may be held; never where nobody sits, nor where nobody is there."""
        return self.voices > 0 and self.here > 0 and self.here >= self.needed and not self.lacking


def holders(sitters: Iterable[Sitter], most_proxies: int) -> dict[int, int | None]:
    """Return which seat speaks for each voice: itself, its deputy, its proxy; None where nobody does.

    A deputy speaks only where the member is not there, and a proxy only where neither is. Whoever is there
    holds `most_proxies` at most: those past it, in the order of the seats, speak for nobody.
    """
    rows = list(sitters)
    here = {one.seat for one in rows if one.is_here}
    deputies = {one.deputises: one.seat for one in rows if one.deputises is not None and one.is_here}
    held: dict[int, int] = {}
    found: dict[int, int | None] = {}
    for one in sorted(rows, key=lambda row: row.seat):
        if one.deputises is not None:
            continue
        speaks: int | None = one.seat if one.is_here else deputies.get(one.seat)
        if speaks is None and one.proxy_to in here and held.get(one.proxy_to or 0, 0) < most_proxies:
            speaks = one.proxy_to
            held[one.proxy_to or 0] = held.get(one.proxy_to or 0, 0) + 1
        found[one.seat] = speaks
    return found


def needed_of(voices: int, percent: int) -> int:
    """Return how many voices a share asks, rounded up, exactly: 50 % of 9 is 5."""
    return -(-voices * percent // 100)


def quorum_of(sitters: Iterable[Sitter], *, percent: int, by_college: bool, most_proxies: int) -> Quorum:
    """Return what a meeting has of its quorum: of all the voices, or of those of each college."""
    rows = list(sitters)
    speaking = holders(rows, most_proxies)
    college_of = {one.seat: one.college for one in rows}
    deputy_of = {one.seat: one.deputises for one in rows}
    voices: dict[int, int] = {}
    here: dict[int, int] = {}
    present = 0
    for seat, speaker in speaking.items():
        college = college_of[seat]
        voices[college] = voices.get(college, 0) + 1
        here[college] = here.get(college, 0) + (speaker is not None)
        present += speaker is not None and (speaker == seat or deputy_of.get(speaker) == seat)
    counts = tuple(
        CollegeCount(one, count, here[one], needed_of(count, percent)) for one, count in voices.items()
    )
    total = len(speaking)
    return Quorum(total, present, sum(here.values()) - present, needed_of(total, percent), counts, by_college)


def voices_of(speaking: Mapping[int, int | None], seats: Iterable[int]) -> list[int]:
    """Return the voices that the holder of some seats speaks for, in order."""
    own = set(seats)
    return sorted(seat for seat, speaker in speaking.items() if speaker in own)
