"""The coded lists that the screen offers, with where they come from."""

from __future__ import annotations

from maillage.kernel.sourced_rules import SourcedRule, rule


def motives() -> list[dict[str, str]]:
    """Return the motives of the Hub Santé: `code`, `label`."""
    found: list[dict[str, str]] = rule("orientation.motives").value
    return found


def motive_label(code: str) -> str:
    """Return the words of a motive, as published; the code itself where the list has no such code."""
    return {one["code"]: one["label"] for one in motives()}.get(code, code)


def protocols() -> SourcedRule:
    """Return the protocols for unscheduled care, with their source."""
    return rule("orientation.protocols")
