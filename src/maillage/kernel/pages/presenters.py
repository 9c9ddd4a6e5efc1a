"""From the kernel's rows to the words and tables of its pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from maillage.kernel import formats, wording
from maillage.kernel.contributions import named_in_journal
from maillage.kernel.journal import INSTALLATION
from maillage.kernel.models import Entry, Scope
from maillage.kernel.rules import PERMISSIONS, Role
from maillage.kernel.sourced_rules import SourcedRule
from maillage.kernel.tables import Column, Row, Table

#: A name of the program inside a value, which its context words.
_KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: What `journal.target_of` returns, or the label of a whole table.
_TARGET = re.compile(r"[a-z]+\.[a-z]+(:[^:\s]+)?")


def value(rule: SourcedRule) -> str:
    """Return the value of a rule with its unit, or that it is to be filled in."""
    if rule.value is None:
        return _("à renseigner")
    text = _written(rule.value)
    return f"{text}{formats.NBSP}{rule.said_unit}" if rule.unit else text


def _written(raw: Any) -> str:
    if isinstance(raw, bool):
        return _("oui") if raw else _("non")
    if isinstance(raw, int | float):
        return formats.number(raw, _decimals(raw))
    if isinstance(raw, list):
        return formats.listed(_written(item) for item in raw)
    if isinstance(raw, dict):
        return formats.listed(formats.told(wording.term(key), _written(item)) for key, item in raw.items())
    return wording.term(str(raw)) if _KEY.fullmatch(str(raw)) else str(raw)


def _decimals(raw: float) -> int:
    return len(f"{raw:.10f}".rstrip("0").partition(".")[2])


def period(rule: SourcedRule) -> str:
    """Return when a rule holds: « depuis le … » or « du … au … »."""
    start = formats.date_short(rule.valid_from)
    if rule.valid_to is None:
        return _("depuis le {start}").format(start=start)
    return _("du {start} au {end}").format(start=start, end=formats.date_short(rule.valid_to))


def by_context(rules: Iterable[SourcedRule]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return rules grouped by context, each with its written value and period."""
    ordered = sorted(rules, key=lambda rule: (rule.context, rule.key, rule.valid_from))
    return [
        (_context_name(context), [presented(rule) for rule in group])
        for context, group in groupby(ordered, key=lambda rule: rule.context)
    ]


def presented(rule: SourcedRule) -> dict[str, Any]:
    """Return a rule with its written value and period; `is_french` where the value is in words of ours."""
    return {"rule": rule, "value": value(rule), "period": period(rule), "is_french": _has_words(rule.value)}


def _has_words(raw: Any) -> bool:
    if isinstance(raw, list | dict):
        return any(map(_has_words, raw.values() if isinstance(raw, dict) else raw))
    return isinstance(raw, str) and _KEY.fullmatch(raw) is None


def _context_name(context: str) -> str:
    names = {
        "kernel": _("Identifiants et comptes"),
        "territory": _("Territoires et diagnostic"),
        "directory": _("Annuaire"),
        "web": _("Écrans"),
        "people": _("Patients"),
        "exchange": _("Messages"),
        "agenda": _("Agenda"),
        "roster": _("Gardes"),
        "orientation": _("Régulation"),
    }
    return names.get(context, context)


def rules_table(rules: Iterable[SourcedRule]) -> Table:
    """Return rules as a table to export."""
    columns = [
        Column("key", _("Clé")),
        Column("said", _("Règle")),
        Column("value", _("Valeur")),
        Column("said_unit", _("Unité")),
        Column("certainty", _("Certitude")),
        Column("said_source", _("Source")),
        Column("source_url", _("Adresse de la source")),
        Column("valid_from", _("Du")),
        Column("valid_to", _("Au")),
        Column("said_note", _("Note")),
    ]
    rows = [Row({column.key: _cell(getattr(rule, column.key)) for column in columns}) for rule in rules]
    return Table("regles", _("Règles sourcées"), columns, rows)


def _cell(raw: Any) -> str | float | None:
    if raw is None or isinstance(raw, str) or (isinstance(raw, int | float) and not isinstance(raw, bool)):
        return raw
    return _written(raw)


def entries(rows: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return rows of the journal with their words: who, what, to whom, and each change.

    `chain` names the scope in whose chain a row is sealed; empty where the rows are all of one chain.
    """
    rows = list(rows)
    names = _names_in(rows)
    chains = _chains_of(rows)
    return [
        {
            "entry": row,
            "chain": chains.get(row.chain, ""),
            "who": str(row.by) if row.by else _("Le programme"),
            "what": wording.verb(row.verb),
            "target": _object(row.target, names),
            "changes": [_changed(row.target, field, change, names) for field, change in row.changes.items()],
        }
        for row in rows
    ]


def _chains_of(rows: Iterable[Entry]) -> dict[int, str]:
    """Return the names of the chains that rows are of, in one query; none where there is one chain only."""
    keys = {row.chain for row in rows}
    if len(keys) < 2:
        return {}
    labels = dict(Scope.objects.filter(pk__in=keys).values_list("pk", "label"))
    return {key: labels.get(key) or _unnamed(key) for key in keys}


def _unnamed(chain: int) -> str:
    if chain == INSTALLATION:
        return _("toute l’installation")
    return _("périmètre {number}").format(number=chain)


def _names_in(rows: Iterable[Entry]) -> dict[str, str]:
    """Return the names that the journal may print of what the rows are about, by target.

    One query for each kind of row that its context lets be named; a row that is gone has no name.
    """
    named = named_in_journal()
    keys: dict[str, set[str]] = {}
    for text in {text for row in rows for text in _targets_of(row)}:
        label, _colon, key = text.partition(":")
        if label in named and key.isdecimal():
            keys.setdefault(label, set()).add(key)
    return {
        f"{label}:{one.pk}": str(one)
        for label, wanted in keys.items()
        for one in named[label]._base_manager.filter(pk__in=wanted)
    }


def _targets_of(row: Entry) -> Iterable[str]:
    """Yield the target of a row, and every text of its changes that is one."""
    yield row.target
    for change in row.changes.values():
        for side in change if isinstance(change, list) else [change]:
            if isinstance(side, str) and _TARGET.fullmatch(side):
                yield side


def _object(target: str, names: Mapping[str, str]) -> str:
    """Return what a target is in words: its name, or its kind and number (« demande n° 22 »).

    A target that is no row of the program (the name of a file) is already words.
    """
    if name := names.get(target):
        return name
    if not _TARGET.fullmatch(target):
        return target
    label, _colon, key = target.partition(":")
    try:
        kind = apps.get_model(label)._meta.verbose_name
    except LookupError:
        # Written by an older version, or in a table that is no longer the program's.
        return target
    return _("{kind} n° {number}").format(kind=kind, number=key) if key else str(kind)


def _changed(target: str, name: str, change: Any, names: Mapping[str, str]) -> tuple[str, str]:
    """Return a changed field and its change, in words."""
    label = target.partition(":")[0]
    column = _column(label, name) if _TARGET.fullmatch(label) else None
    sides = change if isinstance(change, list) and len(change) == 2 else [change]
    context = label.partition(".")[0]
    if name == "fields" and column is None:
        sides = [[changed_field(context, one, _column(label, one)) for one in side] for side in sides]
    return (
        changed_field(context, name, column),
        " → ".join(_side(_of_column(column, side), names) for side in sides),
    )


def changed_field(context: str, name: str, column: Any = None) -> str:
    """Return the words of a field that an action of `context` says it changed.

    Those of its `column` where the row has it; then those that a context gave to the name; then those of the
    columns and tables of the context that bear it; the name itself where it is none of these.
    """
    if words := getattr(column, "verbose_name", ""):
        return str(words)
    if (words := wording.term(name)) != name or context not in apps.app_configs:
        return words
    tables = list(apps.get_app_config(context).get_models())
    found = [one._meta for one in tables if one._meta.model_name == name]
    found += [column for one in tables if (column := _column(one._meta.label_lower, name)) is not None]
    return str(getattr(found[0], "verbose_name", name)) if found else name


def _column(label: str, name: str) -> Any:
    """Return the column `name` of a table, None where there is no such table or column."""
    try:
        return apps.get_model(label)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return None


def _of_column(column: Any, side: Any) -> Any:
    """Return a value as its column says it: the words of a choice, the row that a key is the key of."""
    if isinstance(side, str) and (choices := getattr(column, "flatchoices", None)):
        return str(dict(choices).get(side, side))
    if isinstance(side, int) and (related := getattr(column, "related_model", None)):
        return f"{related._meta.label_lower}:{side}"
    return side


def _side(side: Any, names: Mapping[str, str]) -> str:
    if side is None:
        return _("rien")
    if isinstance(side, bool):
        return _written(side)
    if isinstance(side, list):
        return ", ".join(_side(one, names) for one in side) or _("rien")
    if isinstance(side, dict):
        return formats.listed(formats.told(wording.term(key), _side(one, names)) for key, one in side.items())
    if not isinstance(side, str):
        return _written(side)
    if _DAY.fullmatch(side):
        return formats.date_short(date.fromisoformat(side))
    return wording.term(_object(side, names))


def journal_table(rows: Iterable[Entry]) -> Table:
    """Return rows of the journal as a table to export, hashes included."""
    columns = [
        Column("position", _("Numéro"), "number"),
        Column("chain", _("Chaîne"), "number"),
        Column("rank", _("Rang"), "number"),
        Column("at", _("Le")),
        Column("by", _("Par")),
        Column("verb", _("Action")),
        Column("target", _("Objet")),
        Column("changes", _("Changements")),
        Column("reason", _("Motif")),
        Column("hash", _("Empreinte")),
    ]
    cells = (
        {
            "position": row.position,
            "chain": row.chain,
            "rank": row.rank,
            "at": row.at.isoformat(),
            "by": row.by.email if row.by else None,
            "verb": row.verb,
            "target": row.target,
            "changes": row.changes_text,
            "reason": row.reason,
            "hash": row.hash,
        }
        for row in rows
    )
    return Table("journal", _("Journal"), columns, [Row(cell) for cell in cells])


def permissions_of(role: str) -> list[str]:
    """Return in words what a role allows."""
    return [str(wording.PERMISSIONS[permission]) for permission in sorted(PERMISSIONS[Role(role)])]


def role_name(role: str) -> str:
    """Return the name of a role in the reader's language."""
    return str(wording.ROLES[Role(role)])
