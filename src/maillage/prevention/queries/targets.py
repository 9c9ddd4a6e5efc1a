"""The targets of prevention, from their sourced rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import SourcedRule, all_rules, rule
from maillage.prevention.rules.invitations import Pace
from maillage.prevention.rules.targets import Target

PREFIX = "prevention.targets."


@dataclass(frozen=True, slots=True)
class SourcedTarget:
    """A target with the rule that says it."""

    rule: SourcedRule
    target: Target

    @property
    def code(self) -> str:
        """The last part of its key."""
        return self.target.code

    @property
    def said(self) -> str:
        """Its name in the reader's language."""
        return self.rule.said


def codes() -> list[str]:
    """Return the targets that are known, in the order of their names."""
    found = {one.key.removeprefix(PREFIX): one.label for one in all_rules() if one.key.startswith(PREFIX)}
    return sorted(found, key=lambda code: found[code])


def target_of(code: str, on: date | None = None) -> SourcedTarget:
    """Return a target as it stands on a day. Raises UnknownRuleError."""
    found = rule(PREFIX + code, on)
    return SourcedTarget(found, Target.read(code, found.value))


def targets(on: date | None = None) -> list[SourcedTarget]:
    """Return every target as it stands on a day, in the order of their names."""
    return [target_of(code, on) for code in codes()]


def goal_of(code: str) -> int:
    """Return the percentage that a campaign of a target aims at, unless told."""
    goals: dict[str, int] = rule("prevention.campaigns.goals").value
    return goals.get(code, goals["default"])


def roles_of(code: str) -> frozenset[Role]:
    """Return the roles that may record the act of a target."""
    return frozenset(Role(one) for one in rule("prevention.acts.who").value[code])


def pace() -> Pace:
    """Return the delays between two invitations."""
    return Pace(**rule("prevention.campaigns.pace").value)
