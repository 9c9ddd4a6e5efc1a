"""The flat form: one file a table, named and headed as `rules.schema` says (`given`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from maillage.indicators.packs.reading import RawFile, files_of, named, raw
from maillage.indicators.rules.files import NEEDS, Defect, Fault, FolderError
from maillage.indicators.rules.schema import FILES, Column, Kind, TableForm

_TRUE = ("1", "oui", "true", "vrai", "o")
_FALSE = ("0", "non", "false", "faux", "n")


@dataclass(frozen=True, slots=True)
class Source:
    """A table read from files: `query` has its columns typed, and the `line` of each row in `file`.

    `lexical` are conditions on the file as it is written: column, its fault, what it is where it cannot be
    read.
    """

    form: TableForm
    file: RawFile
    query: str
    lexical: tuple[tuple[Column, Fault, str], ...] = ()


def sources(folder: Path) -> dict[str, Source]:
    """Return the tables of a folder, by name. Raises FolderError with each defect of files and columns."""
    defects: list[Defect] = []
    found: dict[str, Source] = {}
    paths = files_of(folder)
    for name, path in paths.items():
        form = FILES.get(name)
        if form is None:
            defects.append(Defect(Fault.UNKNOWN_FILE, path.name, expected=", ".join(FILES)))
            continue
        try:
            file = raw(path)
        except FolderError as error:
            defects += error.defects
            continue
        known = {one.given: one for one in form.columns}
        missing = [one.given for one in form.columns if one.required and one.given not in file.columns]
        defects += [Defect(Fault.MISSING_COLUMN, path.name, 1, one) for one in missing]
        defects += [
            Defect(Fault.UNKNOWN_COLUMN, path.name, 1, one, expected=", ".join(known))
            for one in file.columns
            if one not in known
        ]
        found[form.name] = _source(form, file)
    for name, needed in NEEDS.items():
        if name in paths and needed not in paths:
            defects.append(Defect(Fault.MISSING_FILE, paths[name].name, given=needed))
    if defects:
        raise FolderError(defects)
    return found


def _source(form: TableForm, file: RawFile) -> Source:
    columns = ["line"]
    lexical = []
    for one in form.columns:
        if one.given not in file.columns:
            columns.append(f"CAST(NULL AS {_TYPES[one.kind]}) AS {named(one.name)}")
            continue
        read = _read(one, is_text=file.is_text)
        columns.append(f"{read} AS {named(one.name)}")
        fault = _FAULTS.get(one.kind)
        if fault is not None:
            lexical.append((one, fault, f"{named(one.given)} IS NOT NULL AND ({read}) IS NULL"))
    return Source(form, file, f"SELECT {', '.join(columns)} FROM ({file.query})", tuple(lexical))


_TYPES = {
    Kind.KEY: "VARCHAR", Kind.TEXT: "VARCHAR", Kind.INTEGER: "BIGINT", Kind.FLAG: "BOOLEAN",
    Kind.DATE: "DATE", Kind.INSTANT: "BIGINT",
}  # fmt: skip
_FAULTS = {
    Kind.INTEGER: Fault.NOT_A_NUMBER, Kind.FLAG: Fault.NOT_A_FLAG, Kind.DATE: Fault.NOT_A_DATE,
    Kind.INSTANT: Fault.NOT_AN_INSTANT,
}  # fmt: skip


def _read(column: Column, *, is_text: bool) -> str:
    """Return the expression that reads a column, null for what cannot be read."""
    name = named(column.given)
    if column.kind is Kind.KEY:
        return f"nullif(trim({name}), '')" if is_text else name
    if column.kind is Kind.TEXT:
        # A Parquet file is taken at its word: a hundred million texts are not trimmed each time.
        return f"nullif(trim({name}), '')" if is_text else f"CAST({name} AS VARCHAR)"
    if column.kind is Kind.INTEGER:
        return f"TRY_CAST({name} AS BIGINT)"
    if column.kind is Kind.FLAG:
        if not is_text:
            return f"TRY_CAST({name} AS BOOLEAN)"
        true, false = (", ".join(f"'{one}'" for one in words) for words in (_TRUE, _FALSE))
        low = f"lower(trim({name}))"
        return f"CASE WHEN {low} IN ({true}) THEN true WHEN {low} IN ({false}) THEN false END"
    if column.kind is Kind.DATE:
        if not is_text:
            return f"TRY_CAST({name} AS DATE)"
        return f"CAST(TRY_STRPTIME(trim({name}), ['%Y-%m-%d', '%d/%m/%Y']) AS DATE)"
    if not is_text:
        return f"CAST(epoch(TRY_CAST({name} AS TIMESTAMPTZ)) AS BIGINT)"
    # An hour without its distance to universal time is that of nobody knows where.
    has_zone = f"regexp_matches({name}, '(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$')"
    return f"CASE WHEN {has_zone} THEN CAST(epoch(TRY_CAST({name} AS TIMESTAMPTZ)) AS BIGINT) END"
