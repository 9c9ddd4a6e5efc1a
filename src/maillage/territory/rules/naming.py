"""How the operator names a territory in one line: départements, EPCI, regions, separated by commas."""

from __future__ import annotations

import re

from maillage.territory.rules.kinds import Group

EVERYWHERE = "france"
_SIREN = re.compile(r"[0-9]{9}")
_DEPARTEMENT = re.compile(r"[0-9][0-9]|2[AB]|97[0-9]")
_REGION = "region:"


def named(territory: str) -> list[tuple[Group | None, str]]:
    """Return the group and code of each word; no group for a name, which only the data can tell.

    >>> named("71, 2a,200071884,region:27,Bretagne")[:3]
    [(<Group.DEPARTEMENT: 'departement'>, '71'), (<Group.DEPARTEMENT: 'departement'>, '2A'), \
(<Group.EPCI: 'epci'>, '200071884')]
    >>> named("region:27,Bretagne, ,")
    [(<Group.REGION: 'region'>, '27'), (None, 'Bretagne')]
    """
    return [_group(word.strip()) for word in territory.split(",") if word.strip()]


def _group(word: str) -> tuple[Group | None, str]:
    if word.lower().startswith(_REGION):
        return Group.REGION, word[len(_REGION) :].strip()
    if _SIREN.fullmatch(word):
        return Group.EPCI, word
    if _DEPARTEMENT.fullmatch(word.upper()):
        return Group.DEPARTEMENT, word.upper()
    return None, word
