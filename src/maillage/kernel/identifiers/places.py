"""The INSEE code of a birthplace: a commune of today or of yesterday, or a country.

Five characters: the département (01 to 95, 2A, 2B; 20 for Corsica before 1976; three digits overseas) and
the commune, or 99 and the country. A commune that no longer exists keeps its code on the civil status, so
that the list of today’s communes is no check.
"""

from __future__ import annotations

import re

from maillage.kernel.identifiers.errors import IdentifierError, gettext_noop
from maillage.kernel.identifiers.keys import compact

_LENGTH = 5
_COUNTRY = re.compile(r"99\d{3}")
_OVERSEAS = re.compile(r"(?:97[1-8]|98[4-9])\d{2}")
_MAINLAND = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-6]|2[AB])(?!000)\d{3}")


def parse_birthplace(text: str) -> str:
    """Return the code of a birthplace as it is stored, from what people write. Raises IdentifierError.

    >>> parse_birthplace("2a 004"), parse_birthplace("99352")
    ('2A004', '99352')
    """
    given = compact(text)
    if len(given) != _LENGTH:
        raise IdentifierError(
            gettext_noop(
                "« %(given)s » n’est pas un code de lieu de naissance : il a 5 caractères, "
                "par exemple 71230, 2A004, 97411, ou 99 et le code du pays."
            ),
            given=given[:20],
        )
    if not (_COUNTRY.fullmatch(given) or _OVERSEAS.fullmatch(given) or _MAINLAND.fullmatch(given)):
        raise IdentifierError(
            gettext_noop(
                "%(given)s n’est le code INSEE d’aucun lieu : attendu le département (01 à 95, 2A, 2B, 971 "
                "à 989) puis la commune, ou 99 et le code du pays."
            ),
            given=given,
        )
    return given
