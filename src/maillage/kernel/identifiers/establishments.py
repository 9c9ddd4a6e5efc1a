"""Numbers of structures: FINESS, SIREN, SIRET.

FINESS: 9 characters, département first (2A, 2B in Corsica), Luhn key last; the third character is 0 for
sites and may differ for legal entities, so it is not checked. In Corsica the letter counts as
1 (A) or 2 (B): no public text says so, but it holds for all 33 Corsican hospitals of the FINESS register
of March 2020 (and the plain key for its 5,335 others). See `kernel/sourced/identifiers.toml`.

SIREN and SIRET: INSEE, 9 and 14 digits, Luhn. Establishments of La Poste (SIREN 356 000 000) instead have
a sum of digits that is a multiple of 5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from maillage.kernel.identifiers.errors import IdentifierError, gettext_noop
from maillage.kernel.identifiers.keys import compact, is_digits, luhn_holds

CORSICAN_LETTERS = {"A": "1", "B": "2"}
LA_POSTE = "356000000"
_DEPARTEMENT = re.compile(r"0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-578]")


@dataclass(frozen=True, slots=True)
class Finess:
    """A number of the Fichier national des établissements sanitaires et sociaux (9 characters)."""

    number: str

    @property
    def departement(self) -> str:
        """The first two characters: the département, 97 or 98 for all of overseas."""
        return self.number[:2]


@dataclass(frozen=True, slots=True)
class Siren:
    """A legal unit of the Sirene register (9 digits)."""

    number: str


@dataclass(frozen=True, slots=True)
class Siret:
    """An establishment of the Sirene register (14 digits: SIREN, rank, key)."""

    number: str

    @property
    def siren(self) -> Siren:
        """The legal unit that the establishment belongs to."""
        return Siren(self.number[:9])


def parse_finess(text: str) -> Finess:
    """Read a FINESS number as people write it. Raises IdentifierError."""
    given = compact(text)
    digits = given[:1] + CORSICAN_LETTERS.get(given[1:2], given[1:2]) + given[2:]
    if len(given) != 9 or not is_digits(digits):
        raise IdentifierError(
            gettext_noop(
                "« %(given)s » n’est pas un numéro FINESS : il a 9 caractères, le département (2 chiffres, "
                "2A ou 2B) puis 7 chiffres."
            ),
            given=given,
        )
    if not _DEPARTEMENT.fullmatch(given[:2]):
        raise IdentifierError(
            gettext_noop(
                "Le numéro FINESS %(given)s commence par %(departement)s, qui n’est pas un département : "
                "attendu 01 à 95, 2A, 2B, 97 ou 98."
            ),
            given=given,
            departement=given[:2],
        )
    if not luhn_holds(digits):
        raise IdentifierError(
            gettext_noop(
                "La clé du numéro FINESS %(given)s est fausse : son dernier chiffre ne correspond pas aux "
                "autres. Relisez le numéro dans le répertoire FINESS."
            ),
            given=given,
        )
    return Finess(given)


def parse_siren(text: str) -> Siren:
    """Read a SIREN number as people write it. Raises IdentifierError."""
    given = compact(text)
    _check_length(given, "SIREN", 9)
    if not luhn_holds(given):
        raise _wrong_key("SIREN", given)
    return Siren(given)


def parse_siret(text: str) -> Siret:
    """Read a SIRET number as people write it. Raises IdentifierError."""
    given = compact(text)
    _check_length(given, "SIRET", 14)
    is_post_office = given.startswith(LA_POSTE) and sum(map(int, given)) % 5 == 0
    if not (is_post_office or luhn_holds(given)):
        raise _wrong_key("SIRET", given)
    return Siret(given)


def _check_length(given: str, kind: str, length: int) -> None:
    if not is_digits(given):
        raise IdentifierError(
            gettext_noop("« %(given)s » n’est pas un numéro %(kind)s : il ne contient que des chiffres."),
            given=given,
            kind=kind,
        )
    if len(given) != length:
        raise IdentifierError(
            gettext_noop("Le numéro %(kind)s %(given)s compte %(found)d chiffres : il en faut %(length)d."),
            given=given,
            kind=kind,
            found=len(given),
            length=length,
        )


def _wrong_key(kind: str, given: str) -> IdentifierError:
    return IdentifierError(
        gettext_noop(
            "La clé du numéro %(kind)s %(given)s est fausse : un chiffre a sans doute été mal recopié. "
            "Relisez-le sur l’avis de situation au répertoire Sirene."
        ),
        given=given,
        kind=kind,
    )
