"""A figure never travels without what makes it honest: formula, source, vintage, completeness, certainty."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a figure comes from.

    `completeness` is the share (0 to 1) of the population or rows that the source covers, None where
    it does not apply; `rules` are keys of sourced rules that the formula uses.
    """

    source: str
    vintage: str
    formula: str = ""
    estimate: bool = False
    completeness: float | None = None
    rules: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same figure elsewhere: `label` is « Saône-et-Loire », « France »…; None where unknown."""

    label: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number on a page, in a report or in an export.

    `value` is None where unknown and `suppressed` is True where it is hidden for statistical secrecy.
    `unit` is written after the number (« habitants », « % », « min »…); a share is stored 0 to 1 with
    unit « % ». `ours` names it beside its comparisons, « Ici » where it is empty.
    """

    key: str
    label: str
    value: float | None
    provenance: Provenance
    unit: str = ""
    decimals: int = 0
    comparisons: tuple[Comparison, ...] = ()
    suppressed: bool = False
    ours: str = ""
