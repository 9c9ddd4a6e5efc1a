"""Writes the establishments that FINESS describes, within an import; none stands twice.

What a data pack names without its FINESS number (EHPAD) is recognised by its kind and commune, with the same
name or the same place: it receives the number, and no second row is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from maillage.directory.actions.import_record import BATCH, Record
from maillage.directory.models import Structure
from maillage.directory.rules.absences import absences
from maillage.directory.rules.extractions import Establishment, Reading
from maillage.directory.rules.gazetteer import departement_of
from maillage.directory.rules.nearness import metres_between
from maillage.directory.rules.structures import (
    FINESS_PREFIX,
    KIND_OF_R66,
    Origin,
    Precision,
)
from maillage.kernel.names import normalise, search_key
from maillage.kernel.sourced_rules import rule
from maillage.territory import api as territory

_KEPT_UP = (
    "kind", "category", "category_code", "name", "search_name", "address", "postcode", "city", "commune_id",
    "lon", "lat", "precision", "source", "is_active", "closed_on",
)  # fmt: skip


def write(
    reading: Reading, source: str, extracted_on: date, record: Record, *, is_latest: bool
) -> dict[str, int]:
    """Add unknown establishments, update those an import brought, close those that are gone.

    A data pack's own only get their number. A file older than the last one (not `is_latest`) only adds.
    Return the counts `added`, `changed`, `unchanged`, `closed`, `missing` (gone from a file that seems cut).
    """
    rows = reading.establishments
    keys = {f"{FINESS_PREFIX}{row.finess}": row for row in rows}
    known = _known(list(keys))
    centres = _centres(rows)
    unnumbered = _unnumbered(rows)
    added: list[Structure] = []
    changed: list[Structure] = []
    recognised: list[Structure] = []
    for key, row in keys.items():
        wanted = _structure(key, row, centres, source)
        present = known.get(key)
        twin = None if present else _twin(wanted, unnumbered)
        if twin is not None:
            twin.finess = wanted.finess
            recognised.append(twin)
        elif present is None:
            added.append(wanted)
        elif present.origin == Origin.IMPORT and is_latest:
            _keep_what_the_file_ignores(present, wanted)
            if _differ(present, wanted):
                changed.append(wanted)
    record.create(added)
    record.update(changed, _KEPT_UP)
    record.update(recognised, ["finess"])
    written = len(changed) + len(recognised)
    closed, missing = _close(reading, source, extracted_on, record) if is_latest else (0, 0)
    return {
        "added": len(added),
        "changed": written,
        "unchanged": len(keys) - len(added) - written,
        "closed": closed,
        "missing": missing,
    }


def _close(reading: Reading, source: str, extracted_on: date, record: Record) -> tuple[int, int]:
    """Close what the file says closed, and what is gone from it; return how many, and how many are missing.

    Only what this source brought, in the départements of which the file has establishments.
    """
    covered = {departement_of(row.commune) for row in reading.establishments if row.commune}
    brought = Structure.objects.active().filter(origin=Origin.IMPORT.value, source=source)
    numbers = {one.finess: one for one in brought.exclude(finess="")}
    known: dict[str, list[str]] = {}
    for number, one in numbers.items():
        part = departement_of(one.commune_id or "")
        if part in covered:
            known.setdefault(part, []).append(number)
    found = absences(known, reading.seen, **rule("directory.registers.absences").value)
    days = {one.finess: one.on or extracted_on for one in reading.closed if one.finess in numbers}
    days |= dict.fromkeys(found.gone, extracted_on)
    closed = [numbers[number] for number in days]
    for one in closed:
        one.is_active, one.closed_on = False, min(days[one.finess], extracted_on)
    record.update(closed, ["is_active", "closed_on"])
    return len(closed), len(found.missing)


def _known(keys: list[str]) -> dict[str, Structure]:
    """Return the structures already there by the key of their FINESS number, whoever brought them."""
    found: dict[str, Structure] = {}
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        numbers = [key.removeprefix(FINESS_PREFIX) for key in batch]
        numbered = Structure.objects.active().filter(finess__in=numbers)
        found |= {f"{FINESS_PREFIX}{one.finess}": one for one in numbered}
        found |= Structure.objects.in_bulk(batch)
    return found


def _unnumbered(rows: Sequence[Establishment]) -> dict[tuple[str, str], list[Structure]]:
    """Return the pack's own without a FINESS number, by kind and commune; its mere counts are left out."""
    kinds = {KIND_OF_R66[row.category].value for row in rows}
    found: dict[tuple[str, str], list[Structure]] = {}
    pack = Structure.objects.active().of_pack().filter(kind__in=kinds, finess="", commune__isnull=False)
    for one in pack.exclude(precision=Precision.COMMUNE.value).order_by("pk"):
        found.setdefault((one.kind, one.commune_id or ""), []).append(one)
    return found


def _twin(wanted: Structure, unnumbered: dict[tuple[str, str], list[Structure]]) -> Structure | None:
    """Return the pack's row that `wanted` is, by its name, else by its place; it is taken once."""
    candidates = unnumbered.get((wanted.kind, wanted.commune_id or ""), [])
    name = normalise(wanted.name)
    near = float(rule("directory.duplicates.same_place").value)
    named = (one for one in candidates if normalise(one.name) == name)
    placed = (
        one
        for one in candidates
        if wanted.precision == Precision.ADDRESS
        and metres_between((one.lon, one.lat), (wanted.lon, wanted.lat)) <= near
    )
    found = next(named, None) or next(placed, None)
    if found is not None:
        candidates.remove(found)
    return found


def _centres(rows: Sequence[Establishment]) -> dict[str, tuple[float, float]]:
    """Return the centre of each commune, for establishments that the file does not place."""
    codes = {row.commune for row in rows if row.commune}
    found = territory.Commune.objects.active().values_list("code", "lon", "lat")
    return {code: (lon, lat) for code, lon, lat in found if code in codes}


def _structure(
    key: str, row: Establishment, centres: dict[str, tuple[float, float]], source: str
) -> Structure:
    """Return the row to write: where the file places it, else at the centre of its commune."""
    place = centres[row.commune] if row.lon is None or row.lat is None else (row.lon, row.lat)
    return Structure(
        id=key,
        finess=row.finess,
        kind=KIND_OF_R66[row.category].value,
        category=row.category_name[:120],
        category_code=row.category,
        name=row.name[:200],
        search_name=search_key(row.name[:110], row.city[:100]),
        address=row.address[:200],
        postcode=row.postcode,
        city=row.city[:120],
        commune_id=row.commune or None,
        lon=place[0],
        lat=place[1],
        precision=row.precision.value,
        count=1,
        source=source,
        origin=Origin.IMPORT.value,
        is_active=True,
    )


def _keep_what_the_file_ignores(present: Structure, wanted: Structure) -> None:
    """Leave a site where an earlier file placed it, and its category's name, where this file says neither."""
    if wanted.precision == Precision.COMMUNE and wanted.commune_id == present.commune_id:
        wanted.lon, wanted.lat, wanted.precision = present.lon, present.lat, present.precision
    if wanted.category_code == present.category_code:
        wanted.category = wanted.category or present.category


def _differ(present: Structure, wanted: Structure) -> bool:
    return any(getattr(present, name) != getattr(wanted, name) for name in _KEPT_UP)
