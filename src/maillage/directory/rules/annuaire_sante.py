"""Reads the « PS_LibreAcces_Personne_activite » extraction of the Annuaire Santé: text separated by `|`.

Columns are found by the titles of the first line, so that a column the ANS adds does no harm. A place is
kept where its commune is known: by its code, else by its postcode and town. Numbers that
are not RPPS (the first column is not 8) are left out: the ADELI directory is withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from maillage.directory.rules.extractions import Activity, Defect, Fault, Format, Reading
from maillage.directory.rules.gazetteer import Found, Gazetteer
from maillage.directory.rules.professionals import Profession, is_demonstration_rpps
from maillage.directory.rules.text import rows
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
_REPEAT, _TOWN = "Indice répétition voie (coord. structure)", "Libellé commune (coord. structure)"
_LAST_LINE = "Bureau cedex (coord. structure)"
_CATEGORY, _SKILL, _KIND = "Code catégorie professionnelle", "Code type savoir-faire", "Code genre activité"
"""Titles that older extractions may lack: nothing is refused for them."""
COLUMNS = (
    _TYPE, _RPPS, _LAST, _FIRST, _PROFESSION, _SPECIALTY, _STATUS, _FINESS, _SITE, _SITE_NAME, _SIGN, _NUMBER,
    _STREET_KIND, _STREET, _POSTCODE, _COMMUNE, _PHONE,
)  # fmt: skip
"""The titles that must be there, as the ANS writes them."""

_RPPS_TYPE = "8"
_PROFESSIONS = {profession.value for profession in Profession}


def read(lines: Iterable[str], communes: Gazetteer, departements: Collection[str] = ()) -> Reading:
    """Return what an extraction says of the communes we know.

    `departements`, unless empty, keeps only the lines of a site there. Lines of a profession outside
    first-contact care, and of a site in a département that the installation does not have, are passed over.
    """
    written = lines if isinstance(lines, Sequence) else list(lines)
    titles = [title.strip() for title in next(iter(written), "").split(SEPARATOR)]
    missing = [title for title in COLUMNS if title not in titles]
    if missing:
        defects = tuple(Defect(1, title, Fault.MISSING_COLUMN) for title in missing)
        return Reading(Format.ANNUAIRE, 1, defects=defects)
    activities: list[Activity] = []
    found: list[Defect] = []
    passed_over = 0
    seen: set[str] = set()
    for line, cells, mended in _split(written[1:], titles):
        if cells is None:
            found += mended
            continue
        seen.add(cells[_RPPS])
        commune = communes.find(cells[_COMMUNE], cells[_POSTCODE], _town(cells))
        if not _is_wanted(cells, commune.code, communes, departements):
            passed_over += 1
            continue
        wrong = [*_defects(line, cells, commune), *mended]
        found += wrong
        if not any(defect.leaves_out for defect in wrong):
            activities.append(_activity(line, cells, commune.code))
    return Reading(
        Format.ANNUAIRE,
        len(written),
        tuple(activities),
        defects=tuple(found),
        passed_over=passed_over,
        seen=frozenset(seen),
    )


def _split(
    written: Sequence[str], titles: list[str]
) -> Iterator[tuple[int, Mapping[str, str] | None, list[Defect]]]:
    """Yield the line, its cells by title (None where they are too few or too many), what was mended."""
    for row in rows(written, SEPARATOR):
        cells = row.cells[:-1] if len(row.cells) == len(titles) + 1 and not row.cells[-1] else row.cells
        line = row.line + 1
        if len(cells) != len(titles):
            yield line, None, [Defect(line, "", Fault.WRONG_WIDTH, str(len(cells)))]
        else:
            mended = [Defect(line, one.column, one.fault, one.value) for one in row.defects(titles)]
            yield line, dict(zip(titles, cells, strict=True)), mended


def _town(cells: Mapping[str, str]) -> str:
    """Return the town of an address; its last line, « 71000 MACON », where the town is not told apart."""
    return cells.get(_TOWN, "") or cells.get(_LAST_LINE, "").lstrip("0123456789 ")


def _is_wanted(
    cells: Mapping[str, str], code: str, communes: Gazetteer, departements: Collection[str]
) -> bool:
    here = code or communes.successor(cells[_COMMUNE])
    asked = not departements or here.startswith(tuple(departements))
    ours = bool(code) or not cells[_SITE] or communes.holds_departement(cells[_COMMUNE], cells[_POSTCODE])
    return asked and ours and (cells[_PROFESSION] in _PROFESSIONS or not cells[_PROFESSION].isdigit())


def _defects(line: int, cells: Mapping[str, str], commune: Found) -> Iterator[Defect]:
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
    address = " ".join(part for part in (cells[_COMMUNE], cells[_POSTCODE], _town(cells)) if part)
    if cells[_SITE] and not commune.code:
        yield Defect(line, _COMMUNE, Fault.UNKNOWN_SITE, address)
    elif cells[_SITE] and commune.deduced:
        yield Defect(line, _COMMUNE, Fault.DEDUCED_COMMUNE, f"{address} → {commune.code}")


def _activity(line: int, cells: Mapping[str, str], commune: str) -> Activity:
    names = (_NUMBER, _REPEAT, _STREET_KIND, _STREET)
    street = " ".join(cells[name] for name in names if cells.get(name))
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
        commune=commune,
        phone=cells[_PHONE],
        category=cells.get(_CATEGORY, ""),
        skill=cells.get(_SKILL, ""),
        kind=cells.get(_KIND, ""),
    )
