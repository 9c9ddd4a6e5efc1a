"""The tables that indicators are computed from, the same whether they are read live or from files.

No framework. Days are those of the territory; instants are whole seconds since 1970 in universal time, so
that every engine counts them alike. In files, columns have French names (`given`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds. A key is a text or a whole number, never shown."""

    KEY = "key"
    TEXT = "text"
    INTEGER = "integer"
    FLAG = "flag"
    DATE = "date"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name here, in files; `required`: never empty; `allowed`: the only values, if any."""

    name: str
    given: str
    kind: Kind
    required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableForm:
    """One table. `key` is the column that tells its rows apart, empty where none does.

    `day` is the column by which a row belongs to a period, empty for what holds all along. `is_file`: a file
    of that name (`given`) may be imported.
    """

    name: str
    given: str
    columns: tuple[Column, ...]
    key: str = ""
    day: str = ""
    is_file: bool = False

    def column(self, name: str) -> Column:
        """Return a column by its name here. Raises KeyError where there is none."""
        for one in self.columns:
            if one.name == name:
                return one
        raise KeyError(name)


#: Where a stay came from and went to, and what kind it is; where an act was done.
ENTRIES = ("domicile", "urgences", "transfert")
EXITS = ("domicile", "transfert", "deces")
STAY_KINDS = ("mco", "seance", "obstetrique", "nouveau_ne", "palliatif")
ACT_PLACES = ("ville", "hopital")
SEXES = ("F", "M")

_PERSON = Column("person", "personne", Kind.KEY, required=True)
_COMMUNE = Column("commune", "commune", Kind.TEXT)

TABLES: Mapping[str, TableForm] = {
    one.name: one
    for one in (
        TableForm(
            "people",
            "personnes",
            (
                _PERSON,
                Column("birth_year", "annee_naissance", Kind.INTEGER),
                Column("sex", "sexe", Kind.TEXT, allowed=SEXES),
                _COMMUNE,
                Column("has_doctor", "medecin_traitant", Kind.FLAG),
                Column("long_illness", "ald", Kind.FLAG),
                Column("low_income", "c2s", Kind.FLAG),
            ),
            key="person",
            is_file=True,
        ),
        TableForm(
            "requests",
            "demandes",
            (
                Column("request", "demande", Kind.KEY, required=True),
                Column("person", "personne", Kind.KEY),
                _COMMUNE,
                Column("day", "jour", Kind.DATE, required=True),
                Column("priority", "priorite", Kind.TEXT),
                Column("called_at", "appel", Kind.INSTANT, required=True),
                Column("answered_at", "decroche", Kind.INSTANT),
                Column("decided_at", "decision", Kind.INSTANT),
                Column("appointment_at", "rendez_vous", Kind.INSTANT),
                Column("is_void", "sans_objet", Kind.FLAG),
            ),
            key="request",
            day="day",
            is_file=True,
        ),
        TableForm(
            "stays",
            "sejours",
            (
                Column("stay", "sejour", Kind.KEY, required=True),
                _PERSON,
                Column("entered_on", "date_entree", Kind.DATE, required=True),
                Column("left_on", "date_sortie", Kind.DATE, required=True),
                Column("entry", "mode_entree", Kind.TEXT, required=True, allowed=ENTRIES),
                Column("exit", "mode_sortie", Kind.TEXT, required=True, allowed=EXITS),
                Column("kind", "nature", Kind.TEXT, required=True, allowed=STAY_KINDS),
                Column("diagnosis", "diagnostic_principal", Kind.TEXT),
                Column("is_planned", "programme", Kind.FLAG),
            ),
            key="stay",
            day="left_on",
            is_file=True,
        ),
        TableForm(
            "acts",
            "actes",
            (
                _PERSON,
                Column("day", "date", Kind.DATE, required=True),
                Column("place", "lieu", Kind.TEXT, required=True, allowed=ACT_PLACES),
            ),
            day="day",
            is_file=True,
        ),
        TableForm(
            "emergency_visits",
            "passages",
            (
                Column("visit", "passage", Kind.KEY, required=True),
                _PERSON,
                Column("day", "date", Kind.DATE, required=True),
                Column("is_admitted", "hospitalise", Kind.FLAG, required=True),
            ),
            key="visit",
            day="day",
            is_file=True,
        ),
        TableForm(
            "answers",
            "reponses",
            (
                Column("answer", "reponse", Kind.KEY, required=True),
                Column("day", "date", Kind.DATE, required=True),
                _COMMUNE,
                Column("question", "question", Kind.TEXT, required=True),
                Column("score", "note", Kind.INTEGER),
            ),
            key="answer",
            day="day",
            is_file=True,
        ),
        TableForm(
            "slots",
            "creneaux",
            (
                Column("slot", "creneau", Kind.KEY, required=True),
                Column("agenda", "agenda", Kind.KEY, required=True),
                Column("day", "jour", Kind.DATE, required=True),
                Column("starts_at", "debut", Kind.INSTANT, required=True),
                Column("is_routine", "programme", Kind.FLAG, required=True),
                Column("capacity", "places", Kind.INTEGER, required=True),
            ),
            key="slot",
            day="day",
        ),
        TableForm(
            "seats",
            "places_prises",
            (
                Column("slot", "creneau", Kind.KEY, required=True),
                Column("taken_at", "prise", Kind.INSTANT, required=True),
                Column("freed_at", "rendue", Kind.INSTANT),
            ),
        ),
        TableForm(
            "absences",
            "absences",
            (
                Column("agenda", "agenda", Kind.KEY, required=True),
                Column("starts_at", "debut", Kind.INSTANT, required=True),
                Column("ends_at", "fin", Kind.INSTANT, required=True),
            ),
        ),
        TableForm(
            "readings",
            "releves",
            (
                Column("day", "jour", Kind.DATE, required=True),
                Column("at", "instant", Kind.INSTANT, required=True),
            ),
            day="day",
        ),
        TableForm(
            "plans",
            "plans",
            (
                _PERSON,
                Column("day", "jour", Kind.DATE, required=True),
                Column("professions", "professions", Kind.INTEGER, required=True),
            ),
            key="person",
        ),
        TableForm(
            "cases", "situations", (_PERSON, Column("day", "jour", Kind.DATE, required=True)), day="day"
        ),
        TableForm(
            "invitations",
            "invitations",
            (
                Column("invitation", "invitation", Kind.KEY, required=True),
                Column("day", "jour", Kind.DATE, required=True),
                Column("profession", "profession", Kind.TEXT),
                Column("came", "present", Kind.FLAG, required=True),
            ),
            key="invitation",
            day="day",
        ),
    )
}
#: Tables that come as files, by the name of the file.
FILES: Mapping[str, TableForm] = {one.given: one for one in TABLES.values() if one.is_file}
