"""From the kernel's rows to the words and tables of its pages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from maillage.kernel import formats, wording
from maillage.kernel.journal import INSTALLATION
from maillage.kernel.models import Entry, Person, Scope
from maillage.kernel.rules import PERMISSIONS, Role
from maillage.kernel.sourced_rules import SourcedRule
from maillage.kernel.tables import Column, Row, Table

#: A name of the program inside a value, which its context words.
_KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")


def value(rule: SourcedRule) -> str:
    """Return the value of a rule with its unit, or that it is to be filled in."""
    if rule.value is None:
        return _("à renseigner")
    text = _written(rule.value)
    return f"{text}{formats.NBSP}{rule.unit}" if rule.unit else text


def _written(raw: Any) -> str:
    if isinstance(raw, bool):
        return _("oui") if raw else _("non")
    if isinstance(raw, int | float):
        return formats.number(raw, _decimals(raw))
    if isinstance(raw, list):
        return " ; ".join(_written(item) for item in raw)
    if isinstance(raw, dict):
        return " ; ".join(
            f"{wording.term(key)}\N{NO-BREAK SPACE}: {_written(item)}" for key, item in raw.items()
        )
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
    """Return a rule with its written value and period."""
    return {"rule": rule, "value": value(rule), "period": period(rule)}


def _context_name(context: str) -> str:
    names = {
        "kernel": _("Identifiants et comptes"),
        "territory": _("Territoires et diagnostic"),
        "directory": _("Annuaire"),
        "web": _("Écrans"),
    }
    return names.get(context, context)


def rules_table(rules: Iterable[SourcedRule]) -> Table:
    """Return rules as a table to export."""
    columns = [
        Column("key", _("Clé")),
        Column("label", _("Règle")),
        Column("value", _("Valeur")),
        Column("unit", _("Unité")),
        Column("certainty", _("Certitude")),
        Column("source", _("Source")),
        Column("source_url", _("Adresse de la source")),
        Column("valid_from", _("Du")),
        Column("valid_to", _("Au")),
        Column("note", _("Note")),
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
    names = _people_named_in(rows)
    chains = _chains_of(rows)
    return [
        {
            "entry": row,
            "chain": chains.get(row.chain, ""),
            "who": str(row.by) if row.by else _("Le programme"),
            "what": wording.verb(row.verb),
            "target": names.get(row.target, ""),
            "changes": [(field, _change(change)) for field, change in row.changes.items()],
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


def _people_named_in(rows: Iterable[Entry]) -> dict[str, str]:
    """Return the names of the people that the rows are about, by target, in one query."""
    prefix = f"{Person._meta.label_lower}:"
    keys = {row.target.removeprefix(prefix) for row in rows if row.target.startswith(prefix)}
    return {f"{prefix}{person.pk}": str(person) for person in Person.objects.filter(pk__in=keys)}


def _change(change: Any) -> str:
    if isinstance(change, list) and len(change) == 2:
        before, after = (_("rien") if side is None else str(side) for side in change)
        return f"{before} → {after}"
    return _("rien") if change is None else str(change)


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
