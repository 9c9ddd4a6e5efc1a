"""Files of rows, CSV or Parquet, as queries of DuckDB: read where they lie, never copied."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maillage.indicators.rules.files import Defect, Fault, FolderError

READ = (".csv", ".parquet")
MANIFEST = "manifeste.csv"
#: Where DuckDB says at which line a CSV file stops being one.
_LINE = re.compile(r"Line: (\d+)")
#: What DuckDB takes for a pattern in the name of a file.
_GLOB = re.compile(r"[*?\[\]{}]")
#: The longest heading that is read.
_HEADING = 1 << 16
_DELIMITERS = ";,\t|"


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file: `query` gives its rows with their `line`; all columns of a CSV are texts."""

    path: Path
    columns: tuple[str, ...]
    query: str

    @property
    def name(self) -> str:
        """How the file is called in what is said of it."""
        return self.path.name

    @property
    def is_text(self) -> bool:
        """Whether its columns are texts still to be read."""
        return self.path.suffix.lower() == ".csv"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What tells whether a file is still the one that was checked."""

    name: str
    size: int
    modified: int
    rows: int
    digest: str

    @classmethod
    def of(cls, path: Path, rows: int) -> FileFacts:
        """Read the whole file once for its digest."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        found = path.stat()
        return cls(path.name, found.st_size, found.st_mtime_ns, rows, digest)

    def still_holds(self, folder: Path) -> bool:
        """Return whether the file is there as it was, by its size and its date."""
        try:
            found = (folder / self.name).stat()
        except OSError:
            return False
        return (found.st_size, found.st_mtime_ns) == (self.size, self.modified)


def files_of(folder: Path) -> dict[str, Path]:
    """Return the files of a folder by their name in small letters, without its ending.

    Raises FolderError for a folder that is none or has none, and for a table that comes as two files.
    """
    if not folder.is_dir():
        raise FolderError([Defect(Fault.NO_FOLDER, given=folder.name)])
    # DuckDB would read such a name as a pattern, and take the rows of other folders, of another territory.
    if _GLOB.search(folder.name):
        raise FolderError([Defect(Fault.NAME, given=folder.name)])
    found: dict[str, Path] = {}
    defects = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in READ or path.name == MANIFEST or path.name.startswith("."):
            continue
        if _GLOB.search(path.name):
            defects.append(Defect(Fault.NAME, path.name, given=path.name))
            continue
        if not path.is_file():
            defects.append(Defect(Fault.UNREADABLE, path.name))
            continue
        if path.stem.lower() in found:
            defects.append(Defect(Fault.TWO_FILES, path.name, given=found[path.stem.lower()].name))
        found[path.stem.lower()] = path
    if not found and not defects:
        defects.append(Defect(Fault.NO_FILE, given=folder.name))
    if defects:
        raise FolderError(defects)
    return found


def row_counts(folder: Path) -> dict[str, int]:
    """Return how many rows the manifest announces for each file (`fichier;lignes`); empty without one."""
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    found = {}
    try:
        lines = list(csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=";"))
    except UnicodeDecodeError:
        raise FolderError([Defect(Fault.ENCODING, MANIFEST)]) from None
    except (OSError, csv.Error):
        raise FolderError([Defect(Fault.UNREADABLE, MANIFEST)]) from None
    for number, row in enumerate(lines, start=1):
        if number == 1 or not row:
            continue
        try:
            found[row[0].strip().lower()] = int(row[1])
        except (IndexError, ValueError):
            raise FolderError(
                [Defect(Fault.NOT_A_NUMBER, MANIFEST, number, "lignes", ";".join(row))]
            ) from None
    return found


@contextmanager
def connected() -> Iterator[Any]:
    """Open a DuckDB of one's own, for checking."""
    import duckdb  # here only: megabytes that few requests of a server process need

    connection = duckdb.connect()
    try:
        yield connection
    finally:
        connection.close()


def raw(path: Path) -> RawFile:
    """Return a file as a query. Raises FolderError for one that is cut short or is no table."""
    if path.suffix.lower() == ".parquet":
        return _parquet(path)
    try:
        with path.open("rb") as file:
            head = file.readline(_HEADING)
    except OSError:
        raise FolderError([Defect(Fault.UNREADABLE, path.name)]) from None
    if len(head) == _HEADING:
        raise FolderError([Defect(Fault.UNREADABLE, path.name, 1)])
    try:
        line = head.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise FolderError([Defect(Fault.ENCODING, path.name, 1)]) from None
    if not line.strip():
        raise FolderError([Defect(Fault.EMPTY_FILE, path.name)])
    delimiter = max(_DELIMITERS, key=line.count)
    columns = tuple(name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter)))
    doubled = sorted({name for name in columns if columns.count(name) > 1 or not name})
    if doubled:
        raise FolderError([Defect(Fault.UNKNOWN_COLUMN, path.name, 1, one) for one in doubled])
    shape = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in columns)
    query = (
        f"SELECT row_number() OVER () + 1 AS line, * FROM read_csv({quoted(str(path))}, header = true, "
        f"auto_detect = false, delim = {quoted(delimiter)}, quote = '\"', escape = '\"', "
        f"columns = {{{shape}}}, nullstr = '', strict_mode = true)"
    )
    return RawFile(path, columns, query)


def said_of(error: Exception, path: Path) -> Defect:
    """Return the defect that DuckDB met while it read a file."""
    said = str(error)
    found = _LINE.search(said)
    line = int(found[1]) if found else None
    if "unicode" in said.lower() or "utf-8" in said.lower():
        return Defect(Fault.ENCODING, path.name, line)
    return Defect(Fault.SHAPE if line else Fault.UNREADABLE, path.name, line)


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def named(column: str) -> str:
    """Return a column as SQL writes it."""
    return '"' + column.replace('"', '""') + '"'


def _parquet(path: Path) -> RawFile:
    import duckdb

    query = (
        "SELECT file_row_number + 1 AS line, * EXCLUDE (file_row_number) "
        f"FROM read_parquet({quoted(str(path))}, file_row_number = true)"
    )
    with connected() as connection:
        try:
            found = connection.execute(f"DESCRIBE {query}").fetchall()
        except duckdb.Error as error:
            raise FolderError([said_of(error, path)]) from None
    return RawFile(path, tuple(row[0].lower() for row in found[1:]), query)
