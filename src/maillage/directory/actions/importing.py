"""Takes a national file into the directory: read, previewed, then written at once or not at all.

The same file again changes nothing. A fact that its owner stated after the day of the extraction is not
overwritten by it; an identity written by hand never is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from maillage.directory.actions import import_activities, import_establishments
from maillage.directory.actions.import_record import Record
from maillage.directory.models import DirectoryImport
from maillage.directory.rules import annuaire_sante, finess, finess_plus
from maillage.directory.rules.extractions import Format, Reading
from maillage.directory.rules.gazetteer import Gazetteer, Town
from maillage.directory.rules.seeming import NothingToTakeError, Opened, Seems, opened
from maillage.directory.rules.text import decode
from maillage.kernel import access, journal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.territory import api as territory

SOURCE_NAMES = {Format.ANNUAIRE: "Annuaire Santé", Format.FINESS: "FINESS"}


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking a file in would do; nothing is written.

    `counts` has `added`, `changed` and `unchanged` rows; `already` is the earlier import of the same file.
    """

    reading: Reading
    fingerprint: str
    counts: dict[str, int]
    already: DirectoryImport | None


class _RolledBackError(Exception):
    """Ends the transaction in which a preview was tried."""


def preview(
    *,
    by: Person | None,
    format: Format,
    content: bytes,
    departements: Collection[str] = (),
    extracted_on: date = date.max,
) -> Preview:
    """Read a file and count what it would change, by trying it in a transaction that is undone.

    `by` is None on the command line; `departements` keeps only those (codes such as « 71 »); empty, all that
    the installation knows; `extracted_on` tells whether a more recent file was taken in. Raises
    PermissionDenied, WrongFileError where the file is not one that the format takes.
    """
    if by is not None:
        access.require(by, Permission.IMPORT_DATA)
    reading, fingerprint = _read(format, content, departements)
    already = _earlier(format, fingerprint, departements)
    counts: dict[str, int] = {}
    try:
        with transaction.atomic():
            counts = _write(reading, extracted_on, Record())
            raise _RolledBackError
    except _RolledBackError:
        pass
    return Preview(reading, fingerprint, counts, already)


@transaction.atomic
def take_in(
    *,
    by: Person | None,
    format: Format,
    content: bytes,
    file_name: str,
    extracted_on: date,
    departements: Collection[str] = (),
) -> DirectoryImport:
    """Write what a file says; a file already taken in is returned as it was, and nothing is written.

    Lines with a blocking defect are left out, the others are all written or none. Raises PermissionDenied,
    WrongFileError, and NothingToTakeError where no line can be written.
    """
    if by is not None:
        access.require(by, Permission.IMPORT_DATA)
    reading, fingerprint = _read(format, content, departements)
    earlier = _earlier(format, fingerprint, departements)
    if earlier is not None:
        return earlier
    if not reading.rows:
        raise NothingToTakeError(format, reading.lines, reading.passed_over, reading.left_out)
    record = Record()
    counts = _write(reading, extracted_on, record)
    counts["left_out"] = reading.left_out
    done = DirectoryImport.objects.create(
        format=format.value,
        file_name=file_name[:200],
        fingerprint=fingerprint,
        departements=_joined(departements),
        extracted_on=extracted_on,
        counts=counts,
        imported_by=by,
    )
    record.keep(done)
    changes = {"format": format.value, "file": file_name, **counts}
    journal.record(
        by=by, verb="directory.imported", target=journal.target_of(done), changes=changes, scope=None
    )
    return done


def _read(format: Format, content: bytes, departements: Collection[str]) -> tuple[Reading, str]:
    return _read_opened(format, opened(format, content), departements), hashlib.sha256(content).hexdigest()


def _read_opened(format: Format, file: Opened, departements: Collection[str]) -> Reading:
    communes = _gazetteer()
    if file.seems is Seems.FINESS_PLUS:
        return finess_plus.read(file.document, communes, departements)
    text = decode(file.content)
    if format is Format.ANNUAIRE:
        found = annuaire_sante.read(text.lines, communes, departements)
    else:
        overseas = rule("directory.registers.finess_departements").value
        found = finess.read(text.lines, communes, departements, overseas)
    defects = sorted((*text.defects, *found.defects), key=lambda defect: defect.line)
    return replace(found, defects=tuple(defects))


def _gazetteer() -> Gazetteer:
    """Return the communes of the installation, with the codes that they or their parts had."""
    known = territory.Commune.objects.active().values_list(
        "code", "name", "postcodes", "lon", "lat", "area_km2"
    )
    towns = (
        Town(code, name, tuple(postcodes.split()), lon, lat, area)
        for code, name, postcodes, lon, lat, area in known
    )
    farthest = float(rule("directory.registers.farthest_from_commune").value)
    return Gazetteer(towns, territory.former_codes(), farthest)


def _earlier(format: Format, fingerprint: str, departements: Collection[str]) -> DirectoryImport | None:
    return DirectoryImport.objects.filter(
        format=format.value, fingerprint=fingerprint, departements=_joined(departements), undone_at=None
    ).first()


def _joined(departements: Collection[str]) -> str:
    return " ".join(sorted(departements))


def _write(reading: Reading, extracted_on: date, record: Record) -> dict[str, int]:
    source = SOURCE_NAMES[reading.format]
    later = DirectoryImport.objects.filter(
        format=reading.format.value, extracted_on__gt=extracted_on, undone_at=None
    )
    write = import_activities.write if reading.format is Format.ANNUAIRE else import_establishments.write
    return write(reading, source, extracted_on, record, is_latest=not later.exists())
