"""Reads the « PS_LibreAcces_Personne_activite » extraction of the Annuaire Santé: text separated by `|`.

Columns are found by the titles of the first line, so that a column the ANS adds does no harm. Numbers that
are not RPPS (the first column is not 8) are left out: the ADELI directory is withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from maillage.directory.rules.extractions import Activity, Defect, Fault, Format, Reading
from maillage.directory.rules.professionals import Profession, is_demonstration_rpps
from maillage.kernel.identifiers import IdentifierError, parse_rpps

SEPARATOR = "|"
_TYPE, _RPPS, _LAST, _FIRST = (
    "Type d'identifiant PP", "Identifiant PP", "Nom d'exercice", "Prénom d'exercice",
)  # fmt: skip
_PROFESSION, _SPECIALTY, _STATUS = "Code profession", "Code savoir-faire", "Code mode exercice"
_FINESS, _SITE = "Numéro FINESS site", "Identifiant technique de la structure"
_SITE_NAME, _SIGN = "Raison sociale site", "Enseigne commerciale site"
_NUMBER, _STREET_KIND, _STREET = (
    "Numéro Voie (coord. structure)",
    "Libellé type de voie (coord. structure)",
    "Libellé Voie (coord. structure)",
)
_POSTCODE, _COMMUNE, _PHONE = (
    "Code postal (coord. structure)",
    "Code commune (coord. structure)",
    "Téléphone (coord. structure)",
)
COLUMNS = (
    _TYPE, _RPPS, _LAST, _FIRST, _PROFESSION, _SPECIALTY, _STATUS, _FINESS, _SITE, _SITE_NAME, _SIGN, _NUMBER,
    _STREET_KIND, _STREET, _POSTCODE, _COMMUNE, _PHONE,
)  # fmt: skip
"""The titles that must be there, as the ANS writes them."""

_RPPS_TYPE = "8"
_PROFESSIONS = {profession.value for profession in Profession}


def read(lines: Iterable[str], communes: Collection[str], departements: Collection[str] = ()) -> Reading:
    """Return what an extraction says of the communes we know.

    `communes` holds the INSEE codes of the installation; `departements`, unless empty, keeps only the lines
    of a site there. Lines of a profession outside first-contact care are passed over.
    """
    rows = iter(lines)
    titles = [title.strip().lstrip("\ufeff") for title in next(rows, "").rstrip("\r\n").split(SEPARATOR)]
    missing = [title for title in COLUMNS if title not in titles]
    if missing:
        defects = tuple(Defect(1, title, Fault.MISSING_COLUMN) for title in missing)
        return Reading(Format.ANNUAIRE, 1, defects=defects)
    activities: list[Activity] = []
    found: list[Defect] = []
    passed_over = last = 0
    known = frozenset(communes)
    for last, cells, width in _split(rows, titles):
        if width != len(titles):
            found.append(Defect(last, "", Fault.WRONG_WIDTH, str(width)))
        elif not _is_wanted(cells, departements):
            passed_over += 1
        else:
            wrong = list(_defects(last, cells, known))
            found += wrong
            if not any(defect.leaves_out for defect in wrong):
                activities.append(_activity(last, cells, known))
    return Reading(Format.ANNUAIRE, max(last, 1), tuple(activities), (), tuple(found), passed_over)


def _split(rows: Iterator[str], titles: list[str]) -> Iterator[tuple[int, Mapping[str, str], int]]:
    for number, row in enumerate(rows, start=2):
        cells = [cell.strip() for cell in row.rstrip("\r\n").split(SEPARATOR)]
        if cells != [""]:
            width = len(cells) - (len(cells) == len(titles) + 1 and cells[-1] == "")
            yield number, dict(zip(titles, cells, strict=False)), width


def _is_wanted(cells: Mapping[str, str], departements: Collection[str]) -> bool:
    code = cells[_COMMUNE]
    here = not departements or any(code.startswith(departement) for departement in departements)
    return here and (cells[_PROFESSION] in _PROFESSIONS or not cells[_PROFESSION].isdigit())


def _defects(line: int, cells: Mapping[str, str], communes: Collection[str]) -> Iterator[Defect]:
    if cells[_TYPE] != _RPPS_TYPE:
        yield Defect(line, _TYPE, Fault.NO_RPPS, cells[_TYPE])
    elif is_demonstration_rpps(cells[_RPPS]):
        yield Defect(line, _RPPS, Fault.TEST_RPPS, cells[_RPPS])
    else:
        try:
            parse_rpps(cells[_RPPS])
        except IdentifierError:
            yield Defect(line, _RPPS, Fault.WRONG_RPPS, cells[_RPPS])
    if not cells[_LAST]:
        yield Defect(line, _LAST, Fault.MISSING_VALUE)
    if cells[_PROFESSION] not in _PROFESSIONS:
        yield Defect(line, _PROFESSION, Fault.UNKNOWN_PROFESSION, cells[_PROFESSION])
    if cells[_SITE] and cells[_COMMUNE] not in communes:
        yield Defect(line, _COMMUNE, Fault.UNKNOWN_COMMUNE, cells[_COMMUNE])


def _activity(line: int, cells: Mapping[str, str], communes: Collection[str]) -> Activity:
    street = " ".join(part for part in (cells[_NUMBER], cells[_STREET_KIND], cells[_STREET]) if part)
    return Activity(
        line=line,
        rpps=parse_rpps(cells[_RPPS]).number,
        last_name=cells[_LAST],
        first_name=cells[_FIRST],
        profession=cells[_PROFESSION],
        specialty=cells[_SPECIALTY][:6],
        status=cells[_STATUS][:1],
        site=cells[_SITE],
        finess=cells[_FINESS],
        site_name=cells[_SIGN] or cells[_SITE_NAME] or cells[_SITE],
        address=street,
        postcode=cells[_POSTCODE][:5],
        commune=cells[_COMMUNE] if cells[_COMMUNE] in communes else "",
        phone=cells[_PHONE],
    )
