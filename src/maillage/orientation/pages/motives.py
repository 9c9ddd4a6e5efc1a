"""What each motive of the official list asks for before a slot: to read, to search, with its source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.kernel.models import Scope
from maillage.kernel.names import normalise
from maillage.kernel.pages.base import Page
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import SourcedRule, rule
from maillage.orientation import api
from maillage.orientation.models import SafetySheet
from maillage.orientation.pages.base import CHOSEN, desks_of
from maillage.orientation.rules.safety import GROUP_ENDING, MotiveRule

RULE_LABELS: dict[MotiveRule, str | Promise] = {
    MotiveRule.VITAL: gettext_lazy("15 tout de suite"),
    MotiveRule.QUESTIONED: gettext_lazy("fiche exigée"),
    MotiveRule.UNSHEETED: gettext_lazy("vérification de vive voix, ou fiche"),
    MotiveRule.IMPRECISE: gettext_lazy("motif à préciser"),
}
_KINDS = {MotiveRule.VITAL: "urgent", MotiveRule.QUESTIONED: "attention"}
#: The sourced rule in which each is written; a motive to be made precise is a group of the official list.
_WRITTEN_IN = {
    MotiveRule.VITAL: "orientation.safety.vital",
    MotiveRule.QUESTIONED: "orientation.safety.questioned",
    MotiveRule.UNSHEETED: "orientation.safety.unsheeted",
    MotiveRule.IMPRECISE: "orientation.motives",
}
_SHORT: dict[str, str | Promise] = {
    "orientation.safety.vital": gettext_lazy("motifs vitaux"),
    "orientation.safety.questioned": gettext_lazy("motifs à questions"),
    "orientation.safety.unsheeted": gettext_lazy("motifs sans fiche"),
    "orientation.safety.vital_under_months": gettext_lazy("âges"),
    "orientation.motives": gettext_lazy("liste officielle"),
}
UNDER_AGE = "orientation.safety.vital_under_months"


@dataclass(frozen=True, slots=True)
class MotiveLine:
    """A motive: what it asks for before a slot, the sheets in use for it and the drafts about it.

    `follows` says in a sentence what becomes of a call. `vital_under`: the age in months under which it leads
    to the 15, 0 for none. `lacks`: a sheet is demanded and none is in use, so that no slot opens. `sources`:
    the sourced rules that say so, each with its short name.
    """

    code: str
    label: str
    rule: str
    kind: str
    follows: str
    vital_under: int
    is_group: bool
    sheets: list[SafetySheet] = field(default_factory=list)
    drafts: list[SafetySheet] = field(default_factory=list)
    lacks: bool = False
    sources: list[tuple[str, SourcedRule]] = field(default_factory=list)

    def answers(self, words: list[str]) -> bool:
        """Return whether each of some normalised words is in what the line says."""
        said = [self.code, self.label, self.rule, self.follows, *(one.title_said for one in self.sheets)]
        text = normalise(" ".join(said))
        return all(word in text for word in words)


class Motives(Page):
    """What happens for each motive, as the rules in force have it; `?q=` searches, `?bureau=` changes desks.

    For anybody signed in: a rule is nobody's secret. The sheets are those of a desk of the visitor, else the
    examples of the installation.
    """

    template_name = "orientation/motives.html"
    permission = None

    @cached_property
    def scopes(self) -> list[Scope]:
        """The desks whose sheets the visitor meets: where they regulate, write sheets or send requests."""
        asked = (Permission.REGULATE, Permission.WRITE_SAFETY_SHEETS, Permission.SEND_REQUEST)
        found = {one.pk: one for name in asked for one in desks_of(self.person, name)}
        return sorted(found.values(), key=lambda one: (one.label, one.pk))

    @cached_property
    def scope(self) -> Scope | None:
        """The desk whose sheets are read, None where the visitor has none."""
        asked = self.request.GET.get("bureau") or self.request.session.get(CHOSEN)
        chosen = next((one for one in self.scopes if str(one.pk) == str(asked)), None)
        return chosen or next(iter(self.scopes), None)

    def get_clock(self) -> Scope | None:
        """Return the desk whose sheets are read."""
        return self.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()[:80]
        every = motive_lines(self.scope)
        lines = [one for one in every if one.answers(normalise(text).split())]
        return super().get_context_data(
            text=text,
            lines=lines,
            finding=_finding(every, lines, text),
            scope=self.scope,
            scopes=self.scopes,
            writable=desks_of(self.person, Permission.WRITE_SAFETY_SHEETS),
            rules=[rule(key) for key in (*dict.fromkeys(_WRITTEN_IN.values()), UNDER_AGE)],
            **context,
        )


def motive_lines(scope: Scope | None) -> list[MotiveLine]:
    """Return each motive, in the order of the list, with what it asks for at a desk; None: at none."""
    rules, rows = api.motive_rules(), list(SafetySheet.objects.of_desk(scope).filter(retired_at=None))
    return [_line(code, label, rules, rows) for code, label in api.motive_labels().items()]


def _line(code: str, label: str, rules: api.MotiveRules, rows: list[SafetySheet]) -> MotiveLine:
    found, under = rules.of(code, None), rules.vital_under.get(code, 0)
    about = [one for one in rows if code in one.motives]
    own = [one for one in about if one.is_current and one.scope_id is not None]
    in_use = own or [one for one in about if one.is_current]
    keys = [_WRITTEN_IN[found], *([UNDER_AGE] if under else [])]
    sources = [(str(_SHORT[key]), rule(key)) for key in keys]
    drafts = [one for one in about if one.published_at is None and not _is_answered(one, rows)]
    return MotiveLine(
        code, label, str(RULE_LABELS[found]), _KINDS.get(found, ""), _follows(found, in_use), under,
        code.endswith(GROUP_ENDING), in_use, drafts,
        found is MotiveRule.QUESTIONED and not in_use, sources,
    )  # fmt: skip


def _is_answered(sheet: SafetySheet, rows: list[SafetySheet]) -> bool:
    """Return whether a later version answers one that was refused."""
    return sheet.is_refused and any(one.code == sheet.code and one.version > sheet.version for one in rows)


def _follows(found: MotiveRule, in_use: list[SafetySheet]) -> str:
    """Say what becomes of a call with such a motive, the sheets in use known."""
    if found is MotiveRule.VITAL:
        return _("Le 15 tout de suite ; aucun rendez-vous, par aucune porte.")
    if found is MotiveRule.IMPRECISE:
        return _("Trop large : un motif précis est choisi d’abord ; aucun rendez-vous d’ici là.")
    if in_use:
        return _("Toutes les questions de la fiche, avant tout rendez-vous ; une alarme mène au 15.")
    if found is MotiveRule.QUESTIONED:
        return _("Aucune fiche n’est en usage : aucun rendez-vous, voyez avec le 15.")
    return _("Une vérification de vive voix, notée avec qui l’a dite, avant tout rendez-vous.")


def _finding(every: list[MotiveLine], lines: list[MotiveLine], text: str) -> str:
    if text:
        found = ngettext(
            "{count} motif répond à « {text} ».", "{count} motifs répondent à « {text} ».", len(lines)
        )
        return found.format(count=len(lines), text=text)
    vital, under = sum(one.kind == "urgent" for one in every), sum(bool(one.vital_under) for one in every)
    said = _("{vital} motifs sur {count} mènent au 15 par eux-mêmes, {under} autres au-dessous d’un âge.")
    return said.format(vital=vital, count=len(every), under=under)
