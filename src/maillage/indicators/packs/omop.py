"""OMOP CDM 5.4 as the tables of `rules.schema`: PERSON, VISIT_OCCURRENCE, and what tells them more.

Concepts are those of the standard vocabularies (Athena): 9201 inpatient, 262 emergency then inpatient, 9203
emergency, 9202 outpatient, 581477 office; 8507 and 8532 the sexes. A principal diagnosis is the condition of
the visit whose status says so, else its first one, where its source code is of ICD-10.
"""

from __future__ import annotations

from pathlib import Path

from maillage.indicators.packs.flat import Source
from maillage.indicators.packs.reading import RawFile, files_of, named, raw
from maillage.indicators.rules.files import Defect, Fault, FolderError
from maillage.indicators.rules.schema import TABLES

#: Tables read, with the columns that must be there; the others of the CDM are left unread.
NEEDED = {
    "person": ("person_id", "gender_concept_id", "year_of_birth"),
    "visit_occurrence": (
        "visit_occurrence_id", "person_id", "visit_concept_id", "visit_start_date", "visit_end_date",
    ),
}  # fmt: skip
OPTIONAL = {
    "condition_occurrence": ("condition_occurrence_id", "visit_occurrence_id", "condition_source_value"),
    "location": ("location_id",),
    "care_site": ("care_site_id", "place_of_service_concept_id"),
}
INPATIENT = (9201, 262)
EMERGENCY = (9203, 262)
OUTPATIENT = (9202, 581477, 38004193, 38004207, 581478)
#: Where an outpatient visit is one to a hospital.
HOSPITALS = (8717, 8756, 38004515)
#: Conditions said to be the principal diagnosis of a stay.
PRINCIPAL = (32902, 32903, 32908)


def sources(folder: Path) -> dict[str, Source]:
    """Return the tables of a folder of the CDM. Raises FolderError with each defect of files and columns."""
    paths = files_of(folder)
    defects: list[Defect] = []
    files: dict[str, RawFile] = {}
    for name, columns in {**NEEDED, **OPTIONAL}.items():
        path = paths.get(name)
        if path is None:
            if name in NEEDED:
                defects.append(Defect(Fault.MISSING_FILE, given=name))
            continue
        try:
            file = raw(path)
        except FolderError as error:
            defects += error.defects
            continue
        defects += [
            Defect(Fault.MISSING_COLUMN, path.name, 1, one) for one in columns if one not in file.columns
        ]
        files[name] = file
    if defects:
        raise FolderError(defects)
    people, visits = files["person"], files["visit_occurrence"]
    return {
        "people": Source(TABLES["people"], people, _people(people, files.get("location"))),
        "stays": Source(TABLES["stays"], visits, _stays(visits, files.get("condition_occurrence"))),
        "acts": Source(TABLES["acts"], visits, _acts(visits, files.get("care_site"))),
        "emergency_visits": Source(TABLES["emergency_visits"], visits, _emergencies(visits)),
    }


def _number(table: str, column: str) -> str:
    return f"TRY_CAST({table}.{named(column)} AS BIGINT)"


def _day(table: str, column: str) -> str:
    return f"TRY_CAST(left(CAST({table}.{named(column)} AS VARCHAR), 10) AS DATE)"


def _among(expression: str, concepts: tuple[int, ...]) -> str:
    return f"{expression} IN ({', '.join(map(str, concepts))})"


def _people(people: RawFile, location: RawFile | None) -> str:
    """Residence is the source value of the location where it is a code of commune; else not known."""
    commune, joined = "CAST(NULL AS VARCHAR)", ""
    if (
        location is not None
        and "location_id" in people.columns
        and "location_source_value" in location.columns
    ):
        value = "CAST(l.location_source_value AS VARCHAR)"
        commune = f"CASE WHEN regexp_matches({value}, '^[0-9][0-9AB][0-9]{{3}}$') THEN {value} END"
        ours, theirs = _number("p", "location_id"), _number("l", "location_id")
        joined = f" LEFT JOIN ({location.query}) l ON {ours} = {theirs}"
    doctor = "CAST(NULL AS BOOLEAN)"
    if "provider_id" in people.columns:
        doctor = f"{_number('p', 'provider_id')} IS NOT NULL"
    sex = f"CASE {_number('p', 'gender_concept_id')} WHEN 8532 THEN 'F' WHEN 8507 THEN 'M' END"
    return (
        f"SELECT p.line, {_number('p', 'person_id')} AS person, "
        f"{_number('p', 'year_of_birth')} AS birth_year, "
        f"{sex} AS sex, {commune} AS commune, {doctor} AS has_doctor, CAST(NULL AS BOOLEAN) AS long_illness, "
        f"CAST(NULL AS BOOLEAN) AS low_income FROM ({people.query}) p{joined}"
    )


def _stays(visits: RawFile, conditions: RawFile | None) -> str:
    diagnosis, joined = "CAST(NULL AS VARCHAR)", ""
    if conditions is not None:
        status = "0"
        if "condition_status_concept_id" in conditions.columns:
            is_principal = _among(_number("c", "condition_status_concept_id"), PRINCIPAL)
            status = f"CASE WHEN {is_principal} THEN 0 ELSE 1 END"
        code = "upper(replace(CAST(c.condition_source_value AS VARCHAR), '.', ''))"
        first = (
            f"SELECT {_number('c', 'visit_occurrence_id')} AS visit, arg_min({code}, ({status}, "
            f"{_number('c', 'condition_occurrence_id')})) AS code FROM ({conditions.query}) c "
            f"WHERE regexp_matches({code}, '^[A-Z][0-9][0-9A-Z]') GROUP BY 1"
        )
        diagnosis, joined = (
            "d.code",
            f" LEFT JOIN ({first}) d ON d.visit = {_number('v', 'visit_occurrence_id')}",
        )
    concept = _number("v", "visit_concept_id")
    entry = f"CASE WHEN {concept} = 262 THEN 'urgences' ELSE 'domicile' END"
    if "admitted_from_concept_id" in visits.columns:
        moved = f"coalesce({_number('v', 'admitted_from_concept_id')}, 0) IN (8717, 8863, 8676)"
        entry = f"CASE WHEN {moved} THEN 'transfert' WHEN {concept} = 262 THEN 'urgences' ELSE 'domicile' END"
    leaving = "'domicile'"
    if "discharged_to_concept_id" in visits.columns:
        to = f"coalesce({_number('v', 'discharged_to_concept_id')}, 0)"
        leaving = (
            f"CASE WHEN {to} = 4216643 THEN 'deces' WHEN {to} = 8717 THEN 'transfert' ELSE 'domicile' END"
        )
    return (
        f"SELECT v.line, {_number('v', 'visit_occurrence_id')} AS stay, "
        f"{_number('v', 'person_id')} AS person, "
        f"{_day('v', 'visit_start_date')} AS entered_on, {_day('v', 'visit_end_date')} AS left_on, "
        f"{entry} AS entry, {leaving} AS exit, 'mco' AS kind, {diagnosis} AS diagnosis, "
        f"CAST(NULL AS BOOLEAN) AS is_planned FROM ({visits.query}) v{joined} "
        f"WHERE {_among(concept, INPATIENT)}"
    )


def _acts(visits: RawFile, sites: RawFile | None) -> str:
    place, joined = "'ville'", ""
    if sites is not None and "care_site_id" in visits.columns:
        kind = _number("s", "place_of_service_concept_id")
        place = f"CASE WHEN {_among(kind, HOSPITALS)} THEN 'hopital' ELSE 'ville' END"
        joined = (
            f" LEFT JOIN ({sites.query}) s ON {_number('s', 'care_site_id')} = {_number('v', 'care_site_id')}"
        )
    return (
        f"SELECT v.line, {_number('v', 'person_id')} AS person, {_day('v', 'visit_start_date')} AS day, "
        f"{place} AS place FROM ({visits.query}) v{joined} "
        f"WHERE {_among(_number('v', 'visit_concept_id'), OUTPATIENT)}"
    )


def _emergencies(visits: RawFile) -> str:
    concept = _number("v", "visit_concept_id")
    return (
        f"SELECT v.line, {_number('v', 'visit_occurrence_id')} AS visit, "
        f"{_number('v', 'person_id')} AS person, "
        f"{_day('v', 'visit_start_date')} AS day, {concept} = 262 AS is_admitted "
        f"FROM ({visits.query}) v WHERE {_among(concept, EMERGENCY)}"
    )
