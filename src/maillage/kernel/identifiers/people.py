"""The matricule of the national health identity (INS): a NIR or a NIA, 13 characters and a key of two digits.

Key: 97 − (number mod 97), where 2A counts as 19 and 2B as 18 (general knowledge, no source at hand; see
`kernel/sourced/identifiers.toml`). Holding a matricule proves nothing about the identity: only the five
strict traits checked with INSi qualify it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from maillage.kernel.identifiers.errors import IdentifierError, gettext_noop
from maillage.kernel.identifiers.keys import compact, key_97

CORSICAN_DEPARTEMENTS = {"2A": "19", "2B": "18"}
_SHAPE = re.compile(r"[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{8}")
_DEFINITIVE, _WAITING = "12", "3478"


@dataclass(frozen=True, slots=True)
class Ins:
    """A matricule: `number` (13 characters) and `key` (two digits)."""

    number: str
    key: str

    @property
    def is_waiting(self) -> bool:
        """True for a waiting number (NIA), given until the person's civil status is established."""
        return self.number[0] in _WAITING


def parse_ins(text: str) -> Ins:
    """Read a matricule and its key as people write them. Raises IdentifierError."""
    given = compact(text)
    if len(given) == 13:
        raise IdentifierError(
            gettext_noop(
                "Le matricule INS %(given)s est donné sans sa clé : "
                "ajoutez les deux chiffres qui le suivent sur la carte Vitale."
            ),
            given=given,
        )
    if not _SHAPE.fullmatch(given):
        raise IdentifierError(
            gettext_noop(
                "« %(given)s » n’est pas un matricule INS : il a 15 caractères, dont 2 pour la clé ; "
                "seul le département de naissance peut avoir une lettre (2A ou 2B)."
            ),
            given=given,
        )
    if given[0] not in _DEFINITIVE + _WAITING:
        raise IdentifierError(
            gettext_noop(
                "Le matricule INS %(given)s commence par %(first)s : attendu 1 ou 2 pour un NIR, "
                "3, 4, 7 ou 8 pour un numéro d’attente."
            ),
            given=given,
            first=given[0],
        )
    number, key = given[:13], given[13:]
    if int(key) != key_97(_as_integer(number)):
        raise IdentifierError(
            gettext_noop(
                "La clé du matricule INS %(given)s est fausse : les deux derniers chiffres ne correspondent "
                "pas aux 13 premiers caractères. Relisez-le sur la carte Vitale ou interrogez INSi."
            ),
            given=given,
        )
    return Ins(number, key)


def _as_integer(number: str) -> int:
    departement = number[5:7]
    return int(number[:5] + CORSICAN_DEPARTEMENTS.get(departement, departement) + number[7:])
