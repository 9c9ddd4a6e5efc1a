"""Isolated, grouped or coordinated: how a professional practises, with the reason.

Definition of the project: *coordinated* in a team that shares a health project and a formal coordination
(law gives both to MSP, health centres, ESP and ESS); *grouped* at one place with another professional;
*isolated* otherwise. Being a member of a CPTS is the second level of organisation and changes nothing here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How somebody practises."""

    ISOLATED = "isolated"
    GROUPED = "grouped"
    COORDINATED = "coordinated"
    UNKNOWN = "unknown"


class DecidingFact(StrEnum):
    """Which fact decided."""

    KIND = "kind"
    PROJECT = "project"
    COLLEAGUES = "colleagues"
    ALONE = "alone"
    NO_PLACE = "no_place"


@dataclass(frozen=True, slots=True)
class Setting:
    """One membership in force: the structure's kind and name, its project, the others at the same place.

    `colleagues` counts the other professionals of the place, None where the place is not known.
    """

    kind: str
    name: str
    has_project: bool = False
    has_formal_coordination: bool = False
    colleagues: int | None = None


@dataclass(frozen=True, slots=True)
class Practice:
    """The mode, the fact that decided, and the structure where it was read (empty where none)."""

    mode: Mode
    because: DecidingFact
    name: str = ""
    colleagues: int = 0


def practice(settings: Collection[Setting], coordinated_kinds: Collection[str]) -> Practice:
    """Return how someone practises from their memberships in force; the strongest one decides.

    >>> practice([Setting("cabinet", "Cabinet des Saules", colleagues=2)], ["msp"]).mode
    <Mode.GROUPED: 'grouped'>
    """
    for one in settings:
        if one.kind in coordinated_kinds:
            return Practice(Mode.COORDINATED, DecidingFact.KIND, one.name)
    for one in settings:
        if one.has_project and one.has_formal_coordination:
            return Practice(Mode.COORDINATED, DecidingFact.PROJECT, one.name)
    placed = [one for one in settings if one.colleagues is not None]
    if not placed:
        return Practice(Mode.UNKNOWN, DecidingFact.NO_PLACE)
    fullest = max(placed, key=lambda one: one.colleagues or 0)
    if fullest.colleagues:
        return Practice(Mode.GROUPED, DecidingFact.COLLEAGUES, fullest.name, fullest.colleagues)
    return Practice(Mode.ISOLATED, DecidingFact.ALONE, fullest.name)
