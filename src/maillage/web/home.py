"""The first screen of a person: one sentence that sums up the day, then what waits, part by part."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from maillage.kernel.access import roles_of
from maillage.kernel.contributions import Waiting, blocks_of
from maillage.kernel.models import Person
from maillage.kernel.rules import Role

MOST = 5  # blocks, beside those that are always kept: a day is read at one glance


@dataclass(frozen=True, slots=True)
class Day:
    """What waits for somebody now; `sentence` says so, and says so too where nothing does."""

    sentence: str
    blocks: list[Waiting]


def day_of(person: Person) -> Day:
    """Return the day of `person`: the blocks of their roles that have something to say, in their order."""
    blocks: list[Waiting] = []
    places = MOST
    for block in blocks_of(Role(one.role) for one in roles_of(person)):
        if not places and not block.is_kept:
            continue
        if (waiting := block.read(person)) is not None:
            blocks.append(waiting)
            places -= not block.is_kept
    said = [one.said for one in blocks if one.said]
    if not said:
        return Day(_("Rien ne vous attend aujourd’hui."), blocks)
    joined = ", ".join(said[:3])
    return Day(f"{joined[0].upper()}{joined[1:]}.", blocks)
