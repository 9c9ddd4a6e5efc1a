"""What the two publications of FINESS share: which sites are kept, where each is, what is said of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from maillage.directory.rules.extractions import (
    Closure,
    Defect,
    Establishment,
    Fault,
    Format,
    Reading,
    Site,
)
from maillage.directory.rules.gazetteer import Gazetteer, departement_of
from maillage.directory.rules.projections import DEGREES, projection_of_departement
from maillage.directory.rules.structures import KIND_OF_R66, Precision
from maillage.kernel.identifiers import IdentifierError, parse_finess


@dataclass(frozen=True, slots=True)
class Position:
    """A place in degrees, how exact it is, and the line that says it."""

    line: int
    lon: float
    lat: float
    precision: Precision


@dataclass(frozen=True, slots=True)
class Columns:
    """How a publication names the columns that are told of."""

    finess: str
    name: str
    commune: str
    position: str


class Register:
    """Gathers the sites of first contact that were asked for, and all that is wrong with the others."""

    def __init__(self, communes: Gazetteer, departements: Collection[str], columns: Columns) -> None:
        """Keep the sites of those communes; unless empty, `departements` narrows them."""
        self.communes = communes
        self.defects: list[Defect] = []
        self.passed_over = 0
        self._departements = tuple(departements)
        self._columns = columns
        self._found: dict[str, Establishment] = {}
        self._seen: set[str] = set()
        self._closed: list[Closure] = []

    def tell(self, line: int, column: str, fault: Fault, value: str = "") -> None:
        """Add a defect."""
        self.defects.append(Defect(line, column, fault, value))

    def has(self, finess: str) -> bool:
        """Return whether a site is kept."""
        return _number(finess) in self._found

    def knows(self, finess: str) -> bool:
        """Return whether a line described that number, kept or not."""
        return _number(finess) in self._seen

    def close(self, closure: Closure) -> None:
        """Note that the file says a site closed: its line is passed over."""
        self._seen.add(_number(closure.finess))
        self._closed.append(closure)
        self.passed_over += 1

    def add(self, site: Site) -> bool:
        """Keep a site, or say why not; return whether it is kept."""
        self._seen.add(_number(site.finess))
        commune = self.communes.find(site.commune, site.postcode, site.city)
        if site.category not in KIND_OF_R66 or not self._is_asked(commune.code, site):
            self.passed_over += 1
            return False
        if not self._is_right(site):
            return False
        if not commune.code:
            self.tell(site.line, self._columns.commune, Fault.UNKNOWN_COMMUNE, _address_of(site))
        elif commune.deduced:
            value = f"{_address_of(site)} → {commune.code}"
            self.tell(site.line, self._columns.commune, Fault.DEDUCED_COMMUNE, value)
        finess = parse_finess(site.finess).number
        self._found[finess] = Establishment(
            site.line, finess, site.name, site.category, site.category_name, site.address,
            site.postcode[:5], site.city, commune.code,
        )  # fmt: skip
        return True

    def _is_asked(self, code: str, site: Site) -> bool:
        here = code or self.communes.successor(site.commune)
        if self._departements and not here.startswith(self._departements):
            return False
        return bool(code) or self.communes.holds_departement(site.commune, site.postcode)

    def _is_right(self, site: Site) -> bool:
        try:
            finess = parse_finess(site.finess).number
        except IdentifierError:
            self.tell(site.line, self._columns.finess, Fault.WRONG_FINESS, site.finess)
            return False
        if not site.name:
            self.tell(site.line, self._columns.name, Fault.MISSING_VALUE)
            return False
        if finess in self._found:
            self.tell(site.line, self._columns.finess, Fault.TWICE, finess)
            return False
        return True

    def commune_of(self, finess: str) -> str:
        """Return the commune of a kept site, empty where it is not known."""
        return self._found[_number(finess)].commune

    def place(self, finess: str, position: Position) -> None:
        """Give a kept site its position, unless its commune is too far for both to be right."""
        known = self._found[_number(finess)]
        if not self.communes.is_near(known.commune, position.lon, position.lat):
            value = f"{position.lon:.4f} {position.lat:.4f} · {known.commune}"
            self.tell(position.line, self._columns.position, Fault.FAR_FROM_COMMUNE, value)
            return
        self._found[known.finess] = replace(
            known, lon=position.lon, lat=position.lat, precision=position.precision
        )

    def otherwise(self, finess: str, pairs: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
        """Return the degrees that badly named or swapped numbers mean, where the commune bears it out.

        Each pair is tried as degrees, as swapped degrees, then in the projection of the département.
        """
        code = self.commune_of(finess)
        own = projection_of_departement(departement_of(code))
        for x, y in pairs:
            for east, north, projection in ((x, y, DEGREES), (y, x, DEGREES), (x, y, own), (y, x, own)):
                if not code or not projection.is_inside(east, north):
                    continue
                lon, lat = projection.to_degrees(east, north)
                if self.communes.bears_out(code, lon, lat):
                    return lon, lat
        return None

    def reading(self, lines: int) -> Reading:
        """Return all that was read; a site that nothing places is left out, and told."""
        lost = [one for one in self._found.values() if one.lon is None and not one.commune]
        for one in lost:
            value = " ".join(part for part in (one.postcode, one.city) if part)
            self.tell(one.line, self._columns.commune, Fault.NO_PLACE, value)
        said = {(one.line, Fault.UNKNOWN_COMMUNE) for one in lost}
        kept = tuple(one for one in self._found.values() if one.lon is not None or one.commune)
        told = (defect for defect in self.defects if (defect.line, defect.fault) not in said)
        defects = tuple(sorted(told, key=lambda defect: defect.line))
        return Reading(
            Format.FINESS,
            lines,
            (),
            kept,
            defects,
            self.passed_over,
            tuple(self._closed),
            frozenset(self._seen),
        )


def _number(text: str) -> str:
    """Return a FINESS number as it is kept, whatever its spaces; a wrong one as it is written."""
    try:
        return parse_finess(text).number
    except IdentifierError:
        return text


def _address_of(site: Site) -> str:
    return " ".join(part for part in (site.commune, site.postcode, site.city) if part)
