"""The card of an indicator as a spreadsheet."""

from __future__ import annotations

import io

from django.utils.translation import gettext as _

from maillage.indicators.computations.values import Result
from maillage.indicators.pages import tables, words
from maillage.kernel.tables import Table

#: The longest name that a sheet may have.
_LONGEST = 31


def spreadsheet(result: Result, names: dict[str, str], *, territory: str, source: str) -> bytes:
    """Return a workbook: what the figure is and says, then one sheet a table. Small counts are left out."""
    import xlsxwriter  # here only: few requests of a server process need it

    one, whole = result.indicator, result.whole
    secret = whole.is_secret
    out = io.BytesIO()
    # A text is a text: nothing of it is run as a formula, nor opened as an address.
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    title = book.add_format({"bold": True})
    sheet = book.add_worksheet(_("Indicateur"))
    lines = [
        (_("Indicateur"), str(one.label)), (_("Territoire"), territory),
        (_("Période"), words.period_words(result.cube.period)),
        (_("Valeur"), _("secret statistique") if secret else words.amount(one, whole.value)),
        (_("Intervalle à 95 %"), "" if secret else words.interval(one, whole)),
        (_("Numérateur"), "" if secret else whole.numerator),
        (_("Dénominateur"), "" if secret else whole.denominator),
        (_("Complétude"), "" if secret or whole.completeness is None else whole.completeness),
        (_("Définition"), str(one.definition)), (_("Calcul"), str(one.formula)),
        (_("À savoir"), str(one.caution)), (_("Source"), source), (_("Version"), one.version),
    ]  # fmt: skip
    for place, (label, value) in enumerate(lines):
        sheet.write(place, 0, label, title)
        sheet.write(place, 1, value)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 80)
    for table in (
        tables.months_table(result, shows_small=False) if result.months else None,
        tables.communes_table(result, names, shows_small=False),
        tables.parts_table(result, shows_small=False),
    ):
        if table is not None:
            _add(book, table, title)
    book.close()
    return out.getvalue()


def _add(book: object, table: Table, title: object) -> None:
    sheet = book.add_worksheet(table.caption[:_LONGEST])  # type: ignore[attr-defined]  # a workbook has no types
    for place, column in enumerate(table.columns):
        sheet.write(0, place, f"{column.label} ({column.unit})" if column.unit else column.label, title)
    for line, row in enumerate(table.rows, start=1):
        for place, column in enumerate(table.columns):
            value = row.cells.get(column.key)
            sheet.write(line, place, "s" if column.key in row.suppressed else "" if value is None else value)
    sheet.freeze_panes(1, 1)
    sheet.autofit()
