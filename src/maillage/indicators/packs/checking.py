"""A folder checked whole before a row of it counts: one defect a kind and column, at its first line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from maillage.indicators.packs import flat, omop
from maillage.indicators.packs.flat import Source
from maillage.indicators.packs.reading import FileFacts, connected, named, quoted, row_counts, said_of
from maillage.indicators.rules.files import Defect, Fault, FolderError, Form
from maillage.indicators.rules.periods import Period
from maillage.indicators.rules.schema import Kind

#: Nobody living was born before; no code of ICD-10 is written otherwise.
_OLDEST = 1880
_CODE = "^[A-Z][0-9][0-9A-Z]"


@dataclass(frozen=True, slots=True)
class CheckedFolder:
    """A folder without any defect: its tables, and what tells its files from others."""

    folder: Path
    form: Form
    tables: tuple[str, ...]
    files: tuple[FileFacts, ...]


def sources_of(folder: Path, form: Form) -> dict[str, Source]:
    """Return the tables of a folder in one of the two forms. Raises FolderError."""
    return flat.sources(folder) if form is Form.FLAT else omop.sources(folder)


def views_of(folder: Path, form: Form) -> dict[str, str]:
    """Return the query of each table of a folder that was checked. Raises FolderError."""
    return {
        name: f"SELECT * EXCLUDE (line) FROM ({one.query})" for name, one in sources_of(folder, form).items()
    }


def check_folder(folder: Path, form: Form, period: Period, today: date) -> CheckedFolder:
    """Check every file of a folder for a period. Raises FolderError with every defect found."""
    import duckdb  # here only: megabytes that few requests of a server process need

    found = sources_of(folder, form)
    announced = row_counts(folder)
    defects: list[Defect] = []
    facts = []
    with connected() as connection:
        readable = {}
        for name, source in found.items():
            try:
                rows = connection.execute(f"SELECT count(*) FROM ({source.file.query})").fetchone()[0]
                connection.execute(f"SELECT * FROM ({source.query})").fetchone()
                # A common data model holds all the years of a base: those outside the period are left unread.
                within = period if form is Form.FLAT else None
                defects += _of_table(connection, source, within, today)
            except duckdb.Error as error:
                defects.append(said_of(error, source.file.path))
                continue
            readable[name] = source
            facts.append(FileFacts.of(source.file.path, rows))
            expected = announced.get(source.file.name.lower())
            if expected is not None and expected != rows:
                defects.append(
                    Defect(Fault.ROW_COUNT, source.file.name, given=str(rows), expected=str(expected))
                )
        if not defects:
            defects += _between_tables(connection, readable)
    if defects:
        raise FolderError(defects)
    return CheckedFolder(folder, form, tuple(found), tuple(facts))


def _of_table(connection: Any, source: Source, period: Period | None, today: date) -> list[Defect]:
    """Return what is wrong with one table by itself; without a period, its rows may be of any day."""
    form, file = source.form, source.file
    defects = [
        defect
        for column, fault, condition in source.lexical
        if (
            defect := _first(
                connection, file.query, condition, fault, file.name, column.given, named(column.given)
            )
        )
    ]
    unread = {defect.column for defect in defects}
    last = date(today.year, today.month, today.day)
    for column in form.columns:
        if column.given in unread:
            continue
        name = named(column.name)
        checks: list[tuple[Fault, str, str]] = []
        if column.required:
            checks.append((Fault.EMPTY, f"{name} IS NULL", ""))
        if column.allowed:
            allowed = ", ".join(quoted(one) for one in column.allowed)
            checks.append((Fault.NOT_ALLOWED, f"{name} NOT IN ({allowed})", ", ".join(column.allowed)))
        if column.name == "birth_year":
            checks.append((Fault.BIRTH_YEAR, f"{name} NOT BETWEEN {_OLDEST} AND {today.year}", str(_OLDEST)))
        if column.name == "diagnosis":
            checks.append((Fault.CODE, f"NOT regexp_matches(upper(replace({name}, '.', '')), '{_CODE}')", ""))
        if column.kind is Kind.DATE:
            checks.append((Fault.FUTURE, f"{name} > DATE '{last.isoformat()}'", last.isoformat()))
        if column.kind is Kind.INSTANT:
            limit = f"epoch(TIMESTAMP '{last.isoformat()} 00:00:00') + 172800"
            if column.name != "appointment_at":
                checks.append((Fault.FUTURE, f"{name} > {limit}", last.isoformat()))
        if column.name == form.day and period is not None:
            inside = f"{name} >= DATE '{period.start}' AND {name} < DATE '{period.end}'"
            not_future = f"{name} <= DATE '{last.isoformat()}'"
            checks.append((Fault.OUTSIDE, f"NOT ({inside}) AND {not_future}", period.written))
        for fault, condition, expected in checks:
            defect = _first(
                connection, source.query, condition, fault, file.name, column.given, name, expected
            )
            if defect:
                defects.append(defect)
    if form.name == "stays":
        defects += _stays(connection, source)
    if form.key:
        defects += _twice(connection, source)
    return defects


def _first(
    connection: Any, query: str, condition: str, fault: Fault, file: str, column: str, name: str,
    expected: str = "",
) -> Defect | None:  # fmt: skip
    """Return the first row that meets a condition, with how many do; None where none does."""
    count, line, given = connection.execute(
        f"SELECT count(*), min(line), arg_min(CAST({name} AS VARCHAR), line) FROM ({query}) WHERE {condition}"
    ).fetchone()
    return Defect(fault, file, line, column, given or "", expected, count) if count else None


def _twice(connection: Any, source: Source) -> list[Defect]:
    """Return whether a key comes twice, at the line of the second."""
    key = named(source.form.key)
    count, line, given = connection.execute(
        f"SELECT count(*), min(line), arg_min(CAST({key} AS VARCHAR), line) "
        f"FROM (SELECT {key}, line, row_number() OVER (PARTITION BY {key} ORDER BY line) AS place "
        f"FROM ({source.query}) WHERE {key} IS NOT NULL) "
        "WHERE place > 1"
    ).fetchone()
    given_column = source.form.column(source.form.key).given
    return [Defect(Fault.TWICE, source.file.name, line, given_column, given, "", count)] if count else []


def _stays(connection: Any, source: Source) -> list[Defect]:
    """Return whether a stay ends before it begins, or two of one person overlap."""
    found = []
    order = _first(
        connection,
        source.query,
        "left_on < entered_on",
        Fault.ORDER,
        source.file.name,
        "date_sortie",
        "left_on",
    )
    if order:
        found.append(order)
    # A day shared is that of a transfer; sessions are made of days inside other stays.
    count, line, given = connection.execute(
        "SELECT count(*), min(line), arg_min(CAST(stay AS VARCHAR), line) FROM (SELECT stay, line, "
        "entered_on, "
        f"max(left_on) OVER (PARTITION BY person ORDER BY entered_on, left_on, line ROWS BETWEEN UNBOUNDED "
        f"PRECEDING AND 1 PRECEDING) AS before FROM ({source.query}) WHERE kind <> 'seance') "
        "WHERE entered_on < before"
    ).fetchone()
    if count:
        found.append(Defect(Fault.OVERLAP, source.file.name, line, "sejour", given, "", count))
    return found


def _between_tables(connection: Any, found: dict[str, Source]) -> list[Defect]:
    """Return whether rows are about people who are not among those of the folder."""
    people = found.get("people")
    if people is None:
        return []
    defects = []
    for name in ("stays", "acts", "emergency_visits"):
        source = found.get(name)
        if source is None:
            continue
        rows = f"SELECT r.* FROM ({source.query}) r ANTI JOIN ({people.query}) p ON r.person = p.person"
        defect = _first(
            connection, rows, "true", Fault.ORPHAN, source.file.name, "personne", "person", people.file.name
        )
        if defect:
            defects.append(defect)
    return defects
