"""Reads the extractions of FINESS without titles: cells separated by `;`, two kinds of lines.

`structureet` lines describe an establishment, `geolocalisation` lines place one, in any order, in the
projection that they name (`projections`). The extraction without positions has the first kind only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from maillage.directory.rules.establishments import Columns, Position, Register
from maillage.directory.rules.extractions import Fault, Reading, Site
from maillage.directory.rules.gazetteer import Gazetteer
from maillage.directory.rules.projections import projection_of
from maillage.directory.rules.structures import Precision
from maillage.directory.rules.text import Row, rows

SEPARATOR = ";"
STRUCTURE_COLUMNS = (
    "section", "nofinesset", "nofinessej", "rs", "rslongue", "complrs", "compldistrib", "numvoie", "typvoie",
    "voie", "compvoie", "lieuditbp", "commune", "departement", "libdepartement", "ligneacheminement",
    "telephone", "telecopie", "categetab", "libcategetab", "categagretab", "libcategagretab", "siret",
    "codeape", "codemft", "libmft", "codesph", "libsph", "dateouv", "dateautor", "datemaj", "numuai",
)  # fmt: skip
"""The cells of a `structureet` line, in order."""
PLACE_COLUMNS = ("section", "nofinesset", "coordxet", "coordyet", "sourcecoordet", "datemaj")
"""The cells of a `geolocalisation` line, in order."""
_STRUCTURE, _PLACE, _HEADING = "structureet", "geolocalisation", "finess"
_SECTIONS = frozenset({_STRUCTURE, _PLACE, _HEADING})
_COLUMNS = Columns("nofinesset", "rs", "commune", "coordxet")
_PRECISIONS = {
    "1": Precision.ADDRESS, "2": Precision.STREET, "3": Precision.STREET, "4": Precision.COMMUNE,
    "5": Precision.COMMUNE, "6": Precision.COMMUNE,
}  # fmt: skip
"""How exact a position is, by the figure its source begins with: number, street, hamlet, then the commune."""


def read(
    lines: Iterable[str],
    communes: Gazetteer,
    departements: Collection[str] = (),
    overseas: Mapping[str, str] | None = None,
) -> Reading:
    """Return the establishments of first-contact categories that an extraction describes.

    `departements`, unless empty, keeps only the communes whose code begins so; `overseas` holds what FINESS
    means by its own codes of départements (« 9A »: « 97 »).
    """
    register = Register(communes, departements, _COLUMNS)
    written = lines if isinstance(lines, Sequence) else list(lines)
    places: list[Row] = []
    for row in rows(written, SEPARATOR, _SECTIONS):
        section = row.cells[0]
        titles = PLACE_COLUMNS if section == _PLACE else STRUCTURE_COLUMNS
        if section == _PLACE:
            places.append(row)
        elif section == _STRUCTURE:
            if _describe(row, register, overseas or {}):
                register.defects += row.defects(titles)
        elif section != _HEADING:
            register.tell(row.line, "section", Fault.UNKNOWN_SECTION, section[:40])
    for row in places:
        _place(row, register)
    return register.reading(len(written))


def _describe(row: Row, register: Register, overseas: Mapping[str, str]) -> bool:
    """Take what a `structureet` line says; return whether its establishment is kept."""
    if len(row.cells) != len(STRUCTURE_COLUMNS):
        register.tell(row.line, "", Fault.WRONG_WIDTH, str(len(row.cells)))
        return False
    cells = dict(zip(STRUCTURE_COLUMNS, row.cells, strict=True))
    postcode, city = _town(cells["ligneacheminement"])
    site = Site(
        row.line, cells["nofinesset"], cells["rslongue"] or cells["rs"], cells["categetab"],
        cells["libcategetab"], _street(cells), postcode, city,
        insee_code(cells["departement"], cells["commune"], overseas),
    )  # fmt: skip
    return register.add(site)


def _town(line: str) -> tuple[str, str]:
    """Return the postcode and the town of an address's last line; either may be missing."""
    postcode, _space, city = line.partition(" ")
    return (postcode, city.strip()) if postcode.isdigit() else ("", line)


def _street(cells: Mapping[str, str]) -> str:
    """Return the number with its B or BIS, the street, then the hamlet or box."""
    line = " ".join(cells[name] for name in ("numvoie", "compvoie", "typvoie", "voie") if cells[name])
    return ", ".join(part for part in (line, cells["lieuditbp"]) if part)


def _place(row: Row, register: Register) -> None:
    """Place an establishment already read, or say why its position is not taken."""
    if len(row.cells) != len(PLACE_COLUMNS):
        register.tell(row.line, "", Fault.WRONG_WIDTH, str(len(row.cells)))
        return
    _section, finess, east, north, source, _day = row.cells
    if not register.knows(finess):
        register.tell(row.line, "nofinesset", Fault.ORPHAN_POSITION, finess)
    if not register.has(finess):
        return
    found, projection = f"{east} {north}".strip(), projection_of(source)
    try:
        x, y = float(east.replace(",", ".")), float(north.replace(",", "."))
    except ValueError:
        register.tell(row.line, "coordxet", Fault.WRONG_COORDINATES, found)
        return
    if projection is not None and projection.is_inside(x, y):
        lon, lat = projection.to_degrees(x, y)
        register.place(finess, Position(row.line, lon, lat, _precision(source)))
        return
    meant = register.otherwise(finess, [(x, y)])
    if meant is not None:
        register.tell(row.line, "sourcecoordet", Fault.MISNAMED_PROJECTION, f"{found} · {source}")
        register.place(finess, Position(row.line, *meant, _precision(source)))
    elif projection is None:
        register.tell(row.line, "sourcecoordet", Fault.UNKNOWN_PROJECTION, source)
    else:
        register.tell(row.line, "coordxet", Fault.WRONG_COORDINATES, found)


def _precision(source: str) -> Precision:
    """Return how exact a position is; an address where its source does not begin with a known figure."""
    if "ADMIN" in source.upper():
        return Precision.COMMUNE
    return _PRECISIONS.get(source.split(",", 1)[0].strip(), Precision.ADDRESS)


def insee_code(departement: str, commune: str, overseas: Mapping[str, str]) -> str:
    """Return the INSEE code of a commune, empty where FINESS gives none.

    >>> insee_code("71", "230", {}), insee_code("9J", "613", {"9J": "98"})
    ('71230', '98613')
    >>> insee_code("71", "", {})
    ''
    """
    return f"{overseas.get(departement, departement)}{commune}" if departement and commune else ""
