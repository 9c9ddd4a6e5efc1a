"""Amounts, thresholds, deadlines and code lists: dated, sourced, with how sure we are of each.

Each context keeps them in `sourced/*.toml`, as `[[rule]]` tables. A Django system check reads them all at
start and names the file, the rule and the field of each defect.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from itertools import groupby, pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.apps import apps
from django.utils import timezone

from maillage.kernel.formats import in_language

#: Read in the official source, at a third party, known in general, not established, computed by us.
CERTAINTIES = ("vu", "vu_tiers", "connaissance_generale", "non_etabli", "calcule")


class SourcedRuleError(ValueError):
    """One or more rule files are wrong; `defects` has one French sentence for each."""

    def __init__(self, defects: list[str]) -> None:
        super().__init__("\n".join(defects))
        self.defects = defects


class UnknownRuleError(LookupError):
    """No rule of that key holds on that day."""


@dataclass(frozen=True, slots=True)
class SourcedRule:
    """One value, from one source, between two dates (both included; `valid_to` None: until further notice).

    `label`, `unit`, `source` and `note` are in French; what ends with `_en` says the same in English. A
    source keeps its French title alone where it has one: `source_en` is for what we say ourselves. `value` is
    whatever TOML can say (number, text, boolean, list, table), None where it is not established; `certainty`
    is one of `CERTAINTIES`; `context` and `file` say who owns the rule.
    """

    key: str
    label: str
    value: Any
    unit: str
    source: str
    source_url: str
    certainty: str
    valid_from: date
    valid_to: date | None
    note: str
    context: str
    file: str
    label_en: str = ""
    unit_en: str = ""
    source_en: str = ""
    note_en: str = ""

    @property
    def said(self) -> str:
        """The label in the reader's language, in French where nobody has written the other."""
        return in_language(self.label, self.label_en)

    @property
    def is_said_in_french(self) -> bool:
        """Whether `said` is in French: a page in another language marks it so."""
        return self.said == self.label

    @property
    def said_unit(self) -> str:
        """The unit in the reader's language."""
        return in_language(self.unit, self.unit_en)

    @property
    def said_source(self) -> str:
        """The source in the reader's language, or under its French title."""
        return in_language(self.source, self.source_en)

    @property
    def is_source_in_french(self) -> bool:
        """Whether `said_source` is in French."""
        return self.said_source == self.source

    @property
    def said_note(self) -> str:
        """The note in the reader's language, in French where nobody has written the other."""
        return in_language(self.note, self.note_en)

    @property
    def is_note_in_french(self) -> bool:
        """Whether `said_note` is in French."""
        return self.said_note == self.note

    def holds(self, on: date) -> bool:
        """Return whether the rule is in force on the day `on`."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def rule(key: str, on: date | None = None) -> SourcedRule:
    """Return the rule `key` in force on the day `on` (today by default).

    Raises UnknownRuleError where there is none.
    """
    day = on or timezone.localdate()
    for candidate in history(key):
        if candidate.holds(day):
            return candidate
    raise UnknownRuleError(f"Aucune règle « {key} » en vigueur le {day.isoformat()}.")


def history(key: str) -> tuple[SourcedRule, ...]:
    """Return every version of the rule `key`, oldest first. Raises UnknownRuleError for an unknown key."""
    versions = _by_key().get(key)
    if versions is None:
        raise UnknownRuleError(f"Aucune règle « {key} ».")
    return versions


@cache
def _by_key() -> dict[str, tuple[SourcedRule, ...]]:
    """Return the versions of each rule: a page asks for a hundred of them."""
    return {key: tuple(versions) for key, versions in groupby(all_rules(), key=attrgetter("key"))}


@cache
def all_rules() -> tuple[SourcedRule, ...]:
    """Return every version of every rule of the installed contexts, by key then date; read once a process.

    Raises SourcedRuleError if a file is wrong.
    """
    rules, defects = read((config.label, Path(config.path)) for config in apps.get_app_configs())
    if defects:
        raise SourcedRuleError(defects)
    return tuple(rules)


def read(folders: Iterable[tuple[str, Path]]) -> tuple[list[SourcedRule], list[str]]:
    """Read the `sourced/*.toml` of `(context, folder)` pairs: the rules by key and date, and the defects."""
    rules: list[SourcedRule] = []
    defects: list[str] = []
    for context, folder in folders:
        for file in sorted((folder / "sourced").glob("*.toml")):
            found, wrong = _read_file(context, file)
            rules += found
            defects += wrong
    rules.sort(key=lambda one: (one.key, one.valid_from))
    return rules, defects + _overlaps(rules)


_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_TYPES: dict[str, type] = {
    "key": str,
    "label": str,
    "unit": str,
    "source": str,
    "source_url": str,
    "certainty": str,
    "valid_from": date,
    "valid_to": date,
    "note": str,
    "label_en": str,
    "unit_en": str,
    "source_en": str,
    "note_en": str,
}
_IN_ENGLISH = {"label_en": "", "unit_en": "", "source_en": "", "note_en": ""}
_OPTIONAL: dict[str, Any] = {"value": None, "source_url": "", "valid_to": None, "note": "", **_IN_ENGLISH}
_WRITTEN = tuple(field.name for field in fields(SourcedRule) if field.name not in {"context", "file"})
_KINDS = {str: "un texte entre guillemets", date: "une date sans guillemets, comme 2025-01-31"}


def _read_file(context: str, file: Path) -> tuple[list[SourcedRule], list[str]]:
    name = f"{context}/sourced/{file.name}"
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return [], [f"{name} : le fichier n’est pas du TOML lisible ({error})."]
    tables = content.get("rule")
    if set(content) != {"rule"} or not isinstance(tables, list):
        return [], [f"{name} : le fichier ne doit contenir que des tables [[rule]]."]
    rules, defects = [], []
    for number, table in enumerate(tables, start=1):
        wrong = _defects_of(context, table)
        if wrong:
            label = table.get("key", f"n° {number}")
            defects += [f"{name}, règle {label}, champ {field} : {why}" for field, why in wrong]
        else:
            rules.append(SourcedRule(**{**_OPTIONAL, **table}, context=context, file=name))
    return rules, defects


def _defects_of(context: str, table: dict[str, Any]) -> list[tuple[str, str]]:
    """Return `(field, what is wrong)` for each defect of one `[[rule]]` table."""
    missing = [name for name in _WRITTEN if name not in table and name not in _OPTIONAL]
    unknown = sorted(set(table) - set(_WRITTEN))
    badly_typed = [
        (name, f"doit être {_KINDS[kind]}.")
        for name, kind in _TYPES.items()
        if name in table and (not isinstance(table[name], kind) or isinstance(table[name], datetime))
    ]
    defects = [(name, "est absent.") for name in missing]
    defects += [(name, f"est inconnu ; les champs sont {', '.join(_WRITTEN)}.") for name in unknown]
    defects += badly_typed
    return defects or _contradictions(context, table)


def _contradictions(context: str, table: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is wrong between fields that are each of the right type."""
    defects = []
    if not _KEY.fullmatch(table["key"]) or not table["key"].startswith(f"{context}."):
        defects.append(("key", f"doit s’écrire « {context}.sujet.nom », en minuscules sans accent."))
    defects += [(name, "ne doit pas être vide.") for name in ("label", "source") if not table[name].strip()]
    if table["certainty"] not in CERTAINTIES:
        defects.append(("certainty", f"doit être l’un de {', '.join(CERTAINTIES)}."))
    elif "value" not in table and table["certainty"] != "non_etabli":
        defects.append(("value", "est absent ; seule une règle « non_etabli » peut rester sans valeur."))
    url = table.get("source_url", "")
    if url and not url.startswith(("https://", "http://")):
        defects.append(("source_url", "doit commencer par https:// ou http://."))
    if "valid_to" in table and table["valid_to"] < table["valid_from"]:
        defects.append(("valid_to", "précède valid_from."))
    return defects


def _overlaps(rules: list[SourcedRule]) -> list[str]:
    return [
        f"{later.file}, règle {key}, champ valid_from : la période du {later.valid_from.isoformat()} "
        f"chevauche celle du {earlier.valid_from.isoformat()} ({earlier.file})."
        for key, versions in groupby(rules, key=lambda one: one.key)
        for earlier, later in pairwise(versions)
        if earlier.valid_to is None or later.valid_from <= earlier.valid_to
    ]
