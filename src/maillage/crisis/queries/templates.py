"""The template of a cell, as the rule of its day says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from maillage.crisis.models import KIND_LABELS
from maillage.crisis.rules.calls import Limits
from maillage.crisis.rules.vocabulary import Kind
from maillage.kernel.formats import in_language
from maillage.kernel.sourced_rules import SourcedRule, rule


@dataclass(frozen=True, slots=True)
class Template:
    """What a cell is opened on, in the reader's language: gestures by code, structures to ask, red line."""

    kind: Kind
    rule: SourcedRule
    report_hours: int
    again_hours: int
    structures: tuple[str, ...]
    never: str
    gestures: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        """What it is for, in words."""
        return str(KIND_LABELS[self.kind])

    def words_of(self, code: str) -> str | None:
        """Return the words of a gesture, None for a code of another template."""
        return dict(self.gestures).get(code)


def template_of(kind: Kind, at: datetime | None = None) -> Template:
    """Return the template in force on the day of `at` (today by default)."""
    found = rule(f"crisis.templates.{kind.value}", at.date() if at else None)
    said = found.value
    return Template(
        kind,
        found,
        said["report_hours"],
        said["again_hours"],
        tuple(said["kinds"]),
        in_language(said["never"]["fr"], said["never"]["en"]),
        tuple((one["code"], in_language(one["fr"], one["en"])) for one in said["gestures"]),
    )


def limits_of(kind: Kind, at: datetime | None = None) -> Limits:
    """Return how often somebody is called in a cell of that kind."""
    said = rule("crisis.calls.limits", at.date() if at else None).value
    return Limits(said["tries"], said["retry_minutes"], template_of(kind, at).again_hours)
