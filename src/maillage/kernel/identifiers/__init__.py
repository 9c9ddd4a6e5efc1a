"""Identifiers of people and structures, with their keys; each error says how to mend it."""

from maillage.kernel.identifiers.errors import IdentifierError
from maillage.kernel.identifiers.establishments import (
    Finess,
    Siren,
    Siret,
    parse_finess,
    parse_siren,
    parse_siret,
)
from maillage.kernel.identifiers.people import Ins, parse_ins
from maillage.kernel.identifiers.places import parse_birthplace
from maillage.kernel.identifiers.professionals import Rpps, looks_like_adeli, parse_national_id, parse_rpps

__all__ = [
    "Finess",
    "IdentifierError",
    "Ins",
    "Rpps",
    "Siren",
    "Siret",
    "looks_like_adeli",
    "parse_birthplace",
    "parse_finess",
    "parse_ins",
    "parse_national_id",
    "parse_rpps",
    "parse_siren",
    "parse_siret",
]
