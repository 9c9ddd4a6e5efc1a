"""What carries a motion, and when a secret ballot keeps its secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maillage.governance.rules.vocabulary import Choice, Majority


@dataclass(frozen=True, slots=True)
class Tally:
    """How many ballots say what."""

    yes: int = 0
    no: int = 0
    blank: int = 0

    @property
    def voters(self) -> int:
        """Ballots in all."""
        return self.yes + self.no + self.blank

    def carries(self, majority: Majority) -> bool:
        """Whether the motion is carried.

        Simple: more for than against. Absolute: for, more than half of all ballots, abstentions with them.
        Two thirds: for, two thirds at least of those for or against.
        """
        if majority is Majority.ABSOLUTE:
            return 2 * self.yes > self.voters
        if majority is Majority.TWO_THIRDS:
            return self.yes > 0 and 3 * self.yes >= 2 * (self.yes + self.no)
        return self.yes > self.no


def tally(choices: Mapping[Choice, int]) -> Tally:
    """Return the tally of ballots counted by choice."""
    return Tally(choices.get(Choice.YES, 0), choices.get(Choice.NO, 0), choices.get(Choice.BLANK, 0))


def carried(whole: Tally, colleges: Mapping[int, Tally], majority: Majority, *, by_college: bool) -> bool:
    """Return whether a motion is carried: by all, and where it is asked by each college that voted."""
    if not by_college:
        return whole.carries(majority)
    voted = [one for one in colleges.values() if one.voters]
    return bool(voted) and all(one.carries(majority) for one in voted)


def may_count(heard: Sequence[int], able: int, least: int, *, by_college: bool) -> bool:
    """Return whether a secret vote may be counted: `heard` are the colleges of the voices heard.

    Under `least` ballots a count may tell whose each is: all of the `able` are waited for, whom the page
    warned, so that nobody counts after the first ballot. A college counted apart never has fewer.
    """
    if len(heard) < min(least, max(able, 1)):
        return False
    return not by_college or all(one >= least for one in Counter(heard).values())


def keeps_secret(ballots: int, least: int) -> bool:
    """Return whether so few ballots still tell nobody's choice."""
    return ballots >= least
