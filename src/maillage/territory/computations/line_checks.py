"""Reading a table that somebody typed or exported, line by line, with one plain sentence per defect."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from maillage.territory.packs import Defect, Defects
from maillage.territory.queries import former_codes

MAX_DEFECTS = 200
COMMUNE_CODE = re.compile(r"^(?:\d{2}|2[AB])\d{3}$")


class TableError(ValueError):
    """A table with defects: nothing of it is imported. `defects` holds at most `MAX_DEFECTS` of them."""

    def __init__(self, defects: Defects) -> None:
        self.defects: list[Defect] = list(defects)[:MAX_DEFECTS]
        super().__init__("\n".join(str(defect) for defect in self.defects))


def rows_of(
    text: str, file: str, columns: Mapping[str, Sequence[str]]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number in the file, values by column key); the header is line 1.

    `columns` maps each key to the header names accepted for it; the separator is the commonest of `; ,`
    and tab in the header. Raises TableError where a column is missing or a quote is never closed.
    """
    header = text.split("\n", 1)[0]
    separator = max(";,\t", key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    places = _places([name.strip().lower() for name in _next(reader, file) or []], file, columns)
    while (values := _next(reader, file)) is not None:
        if any(value.strip() for value in values):
            yield (
                reader.line_num,
                {key: values[place].strip() if place < len(values) else "" for key, place in places.items()},
            )


def _next(reader: Any, file: str) -> list[str] | None:
    """Return the values of the next line, None after the last one."""
    begins = reader.line_num + 1
    try:
        values: list[str] | None = next(reader, None)
    except csv.Error:
        defects = Defects()
        defects.add(
            "unreadable",
            file,
            _("cette ligne ne se lit pas : un guillemet n’y est pas fermé, ou une valeur est trop longue."),
            _("Fermez ou ôtez le guillemet, puis enregistrez de nouveau en CSV."),
            row=begins,
        )
        raise TableError(defects) from None
    return values


def _places(names: list[str], file: str, columns: Mapping[str, Sequence[str]]) -> dict[str, int]:
    places, defects = {}, Defects()
    for key, accepted in columns.items():
        found = next((names.index(name) for name in accepted if name in names), None)
        if found is None:
            defects.add(
                "missing_column",
                file,
                _("la colonne manque."),
                _("Ajoutez « %(column)s » à la première ligne.") % {"column": accepted[0]},
                row=1,
                column=accepted[0],
            )
        else:
            places[key] = found
    if defects.blocking:
        raise TableError(defects)
    return places


def commune_problem(code: str, known: Collection[str]) -> tuple[str, str] | None:
    """Return what is wrong with a commune code and how to mend it, None where it is one of `known`."""
    if code in known:
        return None
    if code.isdigit() and len(code) == 4:
        return (
            _("« %(code)s » n’a que quatre chiffres.") % {"code": code},
            _("Rendez-lui son zéro initial : « 0%(code)s ».") % {"code": code},
        )
    if not COMMUNE_CODE.match(code):
        return (
            _("« %(code)s » n’est pas un code INSEE de commune.") % {"code": code},
            _("Écrivez cinq caractères, comme « 71230 »."),
        )
    today = former_codes().get(code)
    if today in known:
        return (
            _("« %(code)s » est un ancien code : la commune est aujourd’hui dans « %(today)s ».")
            % {"code": code, "today": today},
            _("Écrivez « %(today)s ».") % {"today": today},
        )
    return (
        _("la commune « %(code)s » est inconnue du jeu de données.") % {"code": code},
        _("Remplacez un ancien code par celui de la commune actuelle."),
    )
