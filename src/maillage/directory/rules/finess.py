"""Reads the geolocated extraction of FINESS: text separated by `;`, no titles, two kinds of lines.

`structureet` lines describe an establishment, `geolocalisation` lines place one in the projection of its
territory. Only Lambert 93 (metropolitan France) is converted; elsewhere the commune's centre is used. The
projection ends the source of a position: « …,LAMBERT_93 » until 2024, « …,L93_METROPOLE » since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from maillage.directory.rules.extractions import Defect, Establishment, Fault, Format, Reading
from maillage.directory.rules.lambert import is_inside, to_degrees
from maillage.directory.rules.structures import KIND_OF_R66
from maillage.kernel.identifiers import IdentifierError, parse_finess

SEPARATOR = ";"
STRUCTURE_COLUMNS = (
    "section", "nofinesset", "nofinessej", "rs", "rslongue", "complrs", "compldistrib", "numvoie", "typvoie",
    "voie", "compvoie", "lieuditbp", "commune", "departement", "libdepartement", "ligneacheminement",
    "telephone", "telecopie", "categetab", "libcategetab", "categagretab", "libcategagretab", "siret",
    "codeape", "codemft", "libmft", "codesph", "libsph", "dateouv", "dateautor", "datemaj", "numuai",
)  # fmt: skip
"""The cells of a `structureet` line, in order."""
_STRUCTURE, _PLACE = "structureet", "geolocalisation"
_PLACE_WIDTH = 6
_LAMBERT = ("LAMBERT_93", "L93_METROPOLE")


def read(lines: Iterable[str], communes: Collection[str], departements: Collection[str] = ()) -> Reading:
    """Return the establishments of first-contact categories that an extraction describes.

    `communes` holds the INSEE codes of the installation; `departements`, unless empty, keeps only the
    communes whose code begins so.
    """
    found: dict[str, Establishment] = {}
    defects: list[Defect] = []
    passed_over = number = 0
    known = frozenset(communes)
    for number, row in enumerate(lines, start=1):
        cells = [cell.strip().strip('"') for cell in row.rstrip("\r\n").lstrip("\ufeff").split(SEPARATOR)]
        if cells[0] == _STRUCTURE:
            one = _establishment(number, cells, known, departements, defects)
            if one is None:
                passed_over += 1
            else:
                found[one.finess] = one
        elif cells[0] == _PLACE:
            _place(number, cells, found, defects)
    return Reading(Format.FINESS, number, (), tuple(found.values()), tuple(defects), passed_over)


def _establishment(
    line: int,
    cells: list[str],
    communes: Collection[str],
    departements: Collection[str],
    defects: list[Defect],
) -> Establishment | None:
    """Return what a `structureet` line says, None where it is left out or not asked for."""
    if len(cells) != len(STRUCTURE_COLUMNS):
        defects.append(Defect(line, "", Fault.WRONG_WIDTH, str(len(cells))))
        return None
    row = dict(zip(STRUCTURE_COLUMNS, cells, strict=True))
    code = insee_code(row["departement"], row["commune"])
    if row["categetab"] not in KIND_OF_R66:
        return None
    if departements and not code.startswith(tuple(departements)):
        return None
    try:
        finess = parse_finess(row["nofinesset"]).number
    except IdentifierError:
        defects.append(Defect(line, "nofinesset", Fault.WRONG_FINESS, row["nofinesset"]))
        return None
    if not row["rs"]:
        defects.append(Defect(line, "rs", Fault.MISSING_VALUE))
        return None
    if code not in communes:
        defects.append(Defect(line, "commune", Fault.UNKNOWN_COMMUNE, code))
        code = ""
    postcode, _space, city = row["ligneacheminement"].partition(" ")
    street = " ".join(part for part in (row["numvoie"], row["typvoie"], row["voie"]) if part)
    return Establishment(
        line, finess, row["rslongue"] or row["rs"], row["categetab"], row["libcategetab"], street,
        postcode[:5], city, code,
    )  # fmt: skip


def _place(line: int, cells: list[str], found: dict[str, Establishment], defects: list[Defect]) -> None:
    """Place an establishment already read; those of other projections keep no position."""
    if len(cells) != _PLACE_WIDTH:
        defects.append(Defect(line, "", Fault.WRONG_WIDTH, str(len(cells))))
        return
    known = found.get(cells[1])
    if known is None or not cells[4].endswith(_LAMBERT):
        return
    try:
        x, y = float(cells[2].replace(",", ".")), float(cells[3].replace(",", "."))
    except ValueError:
        defects.append(Defect(line, "coordxet", Fault.WRONG_COORDINATES, f"{cells[2]} {cells[3]}"))
        return
    if not is_inside(x, y):
        defects.append(Defect(line, "coordxet", Fault.WRONG_COORDINATES, f"{cells[2]} {cells[3]}"))
        return
    lon, lat = to_degrees(x, y)
    found[known.finess] = replace(known, lon=lon, lat=lat)


def insee_code(departement: str, commune: str) -> str:
    """Return the INSEE code of a commune as FINESS writes it: overseas, « 9A » and « 101 » are « 97101 ».

    >>> insee_code("71", "230"), insee_code("9A", "101"), insee_code("2A", "004")
    ('71230', '97101', '2A004')
    """
    overseas = len(departement) == 2 and departement[0] == "9" and departement[1].isalpha()
    return f"{'97' if overseas else departement}{commune}"
