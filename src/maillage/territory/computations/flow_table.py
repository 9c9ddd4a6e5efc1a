"""Observed flows as a CSV table: read, checked, refused with one sentence per defect."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from maillage.territory.computations.line_checks import TableError, commune_problem, rows_of
from maillage.territory.packs import Defects

COLUMNS = {
    "origin": ("origine", "origin", "commune_origine"),
    "destination": ("destination", "commune_destination"),
    "reason": ("motif", "reason"),
    "count": ("effectif", "count", "nombre"),
    "period": ("periode", "période", "period"),
}
PERIOD = re.compile(r"^\d{4}(?:-(?:0[1-9]|1[0-2]|T[1-4]|S[12]))?$")
MAX_REASON = 120
MAX_COUNT = 10_000_000


@dataclass(frozen=True, slots=True)
class FlowLine:
    """`count` people or visits from `origin` cared for in `destination` (commune codes), for a reason."""

    origin: str
    destination: str
    reason: str
    period: str
    count: int


def read_flow_table(text: str, file: str, known: Collection[str]) -> list[FlowLine]:
    """Return the lines of a table of flows; `known` are the commune codes of the current pack.

    Raises TableError with every defect: missing column, unknown or truncated commune code, count that is
    no whole number of at least 1, missing reason, unreadable period, repeated line, empty table.
    """
    lines: list[FlowLine] = []
    defects = Defects()
    first_seen: dict[tuple[str, str, str, str], int] = {}
    for number, values in rows_of(text, file, COLUMNS):
        problems = _problems(values, known)
        key = (values["origin"], values["destination"], values["reason"], values["period"])
        if (earlier := first_seen.setdefault(key, number)) != number:
            problems.append(("repeated_line", "origin", *_repeated(earlier)))
        for kind, column, what, mend in problems:
            defects.add(kind, file, what, mend, row=number, column=COLUMNS[column][0])
        if not problems:
            lines.append(FlowLine(*key, count=int(values["count"])))
    if not first_seen:
        defects.add("empty_table", file, _("la table est vide."), _("Ajoutez au moins une ligne de données."))
    if defects.blocking:
        raise TableError(defects)
    return lines


def _repeated(earlier: int) -> tuple[str, str]:
    return (
        _("mêmes origine, destination, motif et période que ligne %(line)d.") % {"line": earlier},
        _("Additionnez les effectifs."),
    )


def _problems(values: dict[str, str], known: Collection[str]) -> list[tuple[str, str, str, str]]:
    """Return (kind, column key, what, how to mend) for each defect of one line."""
    found = [
        ("unknown_commune", column, *problem)
        for column in ("origin", "destination")
        if (problem := commune_problem(values[column], known))
    ]
    if not values["reason"]:
        found.append(
            (
                "empty_reason",
                "reason",
                _("le motif est vide."),
                _("Écrivez « tous motifs » si la source ne distingue pas."),
            )
        )
    elif len(values["reason"]) > MAX_REASON:
        too_long = _("le motif dépasse %(limit)d caractères.") % {"limit": MAX_REASON}
        found.append(("long_reason", "reason", too_long, _("Abrégez-le.")))
    if not (
        values["count"].isascii() and values["count"].isdigit() and 1 <= int(values["count"]) <= MAX_COUNT
    ):
        found.append(
            (
                "wrong_count",
                "count",
                _("« %(value)s » n’est pas un effectif entier d’au moins 1.") % {"value": values["count"]},
                _("Corrigez-le, ou retirez la ligne si elle est nulle ou couverte par le secret."),
            )
        )
    if not PERIOD.match(values["period"]):
        found.append(
            (
                "wrong_period",
                "period",
                _("« %(value)s » n’est pas une période.") % {"value": values["period"]},
                _("Écrivez 2024, 2024-03, 2024-T1 ou 2024-S1."),
            )
        )
    return found
