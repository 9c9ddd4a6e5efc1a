"""Reads the « structures » file of FINESS+: legal entities, each with its sites, as nested JSON.

What is told of a site names its rank in the file, from 1: JSON has no lines that people count. A site that
is not active is passed over and noted as closed. Its main address (usage 03) is the one that is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from maillage.directory.rules.establishments import Columns, Position, Register
from maillage.directory.rules.extractions import Closure, Fault, Reading, Site
from maillage.directory.rules.gazetteer import Gazetteer
from maillage.directory.rules.projections import DEGREES
from maillage.directory.rules.structures import Precision
from maillage.directory.rules.text import clean

_COLUMNS = Columns("numFinessEge", "nomEgeLong", "cogCommune", "coordonneesGeographique")
_ACTIVE, _INACTIVE = "A", "I"
_MAIN_ADDRESS = "03"
_NUMBERS = ("coordonneeX", "coordonneeY", "directionLongitude", "directionLatitude")
"""Degrees, then metres, as they should be."""
_PRECISIONS = {1: Precision.COMMUNE, 2: Precision.STREET}
"""How exact a position is, by the parts of its key in the national address base; three: a number."""


def read(document: Any, communes: Gazetteer, departements: Collection[str] = ()) -> Reading:
    """Return the establishments of first-contact categories that a file of FINESS+ describes."""
    register = Register(communes, departements, _COLUMNS)
    rank = 0
    for rank, site in enumerate(_sites(document), start=1):
        _take(rank, site, register)
    return register.reading(rank)


def _sites(document: Any) -> Iterator[Mapping[str, Any]]:
    for entity in _list(document, "pmej"):
        yield from _list(entity, "ege")


def _list(holder: Any, name: str) -> list[Mapping[str, Any]]:
    found = holder.get(name) if isinstance(holder, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(holder: Any, name: str) -> str:
    value = holder.get(name) if isinstance(holder, dict) else None
    return clean(str(value)) if isinstance(value, str | int | float) else ""


def _take(rank: int, site: Mapping[str, Any], register: Register) -> None:
    about = site.get("informationsGeneralesEGE")
    finess, state = _text(about, "numFinessEge"), _text(site, "etatObjet")
    if state not in {_ACTIVE, _INACTIVE}:
        register.tell(rank, "etatObjet", Fault.UNKNOWN_STATE, state)
        return
    if state == _INACTIVE:
        register.close(Closure(finess, _day(_text(about, "dateFermeture"))))
        return
    addresses = _list(site, "adresse")
    main = next((one for one in addresses if _text(one, "usageAdresse") == _MAIN_ADDRESS), None)
    address = main if main is not None else addresses[0] if addresses else {}
    name = _text(about, "nomEgeLong") or _text(about, "nomEgeCourt")
    kept = register.add(
        Site(
            rank, finess, name, _text(site, "categorieentiteGeographiqueExercice"), "", _street(address),
            _text(address, "codePostal"), _text(address, "ligneAcheminement"), _text(address, "cogCommune"),
        )
    )  # fmt: skip
    if not kept:
        return
    if len(addresses) > 1:
        register.tell(rank, "adresse", Fault.OTHER_ADDRESSES, str(len(addresses)))
    _place(rank, finess, address, register)


def _street(address: Mapping[str, Any]) -> str:
    names = ("numeroVoie", "complementVoie", "typeVoie", "libelleVoie")
    line = " ".join(filter(None, (_text(address, name) for name in names)))
    return ", ".join(filter(None, (line, _text(address, "lieuDit"))))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _place(rank: int, finess: str, address: Mapping[str, Any], register: Register) -> None:
    """Place a site by the degrees of its address, or by what else is written there and its commune bears out.

    Degrees are sometimes swapped, or written where the metres should be.
    """
    where = address.get("coordonneesGeographique")
    written = [_text(where, name) for name in _NUMBERS]
    if not any(written):
        return
    found, numbers = " ".join(filter(None, written)), [_number(one) for one in written]
    pairs = [
        (x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True) if x is not None and y is not None
    ]
    precision = _precision(_text(where, "cleInInteropBAN"))
    readable = bool(pairs) and DEGREES.is_inside(*pairs[0])
    right = readable and register.communes.is_near(register.commune_of(finess), *pairs[0])
    meant = None if right else register.otherwise(finess, pairs)
    if meant is not None:
        register.tell(rank, "coordonneesGeographique", Fault.SWAPPED_COORDINATES, found)
        register.place(finess, Position(rank, *meant, precision))
    elif readable:
        register.place(finess, Position(rank, *pairs[0], precision))
    else:
        register.tell(rank, "coordonneesGeographique", Fault.WRONG_COORDINATES, found)


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _precision(key: str) -> Precision:
    return _PRECISIONS.get(len(key.split("_")), Precision.ADDRESS) if key else Precision.ADDRESS
