"""Vocabulary of health and care structures: no framework."""

from enum import StrEnum


class StructureKind(StrEnum):
    """What a structure is, as data packs name it."""

    HOSPITAL = "hopital"
    EHPAD = "ehpad"
    EMERGENCY = "urgences"
    MATERNITY = "maternite"
    MSP = "msp"
    HEALTH_CENTRE = "centre_sante"
    PHARMACY = "pharmacie"
    LABORATORY = "laboratoire"


class Precision(StrEnum):
    """How exact a structure's position is."""

    ADDRESS = "address"
    STREET = "street"
    COMMUNE = "commune"


PRECISIONS = {
    "adresse": Precision.ADDRESS,
    "rue": Precision.STREET,
    "rue/approché": Precision.STREET,
    "commune": Precision.COMMUNE,
    "centre de commune": Precision.COMMUNE,
}
"""How data packs write the precision of a position."""

FINESS_PREFIX = "finess:"
FINESS_LENGTH = 9

_R66_BY_LABEL = {
    "centre hospitalier regional": "101",
    "centre hospitalier ex hopital local": "106",
    "etablissement de sante prive autorise en ssr": "109",
    "etablissement de soins chirurgicaux": "128",
    "etablissement de soins medicaux": "129",
    "centre de lutte contre cancer": "131",
    "centre hospitalier specialise lutte maladies mentales": "292",
    "centre hospitalier": "355",
    "etablissement de soins longue duree": "362",
    "etablissement de soins pluridisciplinaire": "365",
}
_R66_BY_KIND = {
    StructureKind.EHPAD: "500",
    StructureKind.MSP: "603",
    StructureKind.HEALTH_CENTRE: "124",
    StructureKind.PHARMACY: "620",
    StructureKind.LABORATORY: "611",
}
_ABBREVIATIONS = {"c h", "c h r", "c h r c h u"}


def finess_of(identifier: str) -> str:
    """Return the FINESS number that a source's identifier holds, empty where it holds none.

    >>> finess_of("finess:710781089"), finess_of("ehpad:00012")
    ('710781089', '')
    """
    number = identifier.removeprefix(FINESS_PREFIX)
    return number if identifier.startswith(FINESS_PREFIX) and len(number) == FINESS_LENGTH else ""


def r66_code(kind: StructureKind, normalised_category: str) -> str:
    """Return the FINESS category (TRE_R66 of the ANS) of a structure, empty where it cannot be derived.

    Emergency services and maternities are activities of a hospital: they have no category of their own.
    """
    if kind is StructureKind.HOSPITAL:
        label = normalised_category
        for abbreviation in _ABBREVIATIONS:
            label = label.removesuffix(f" {abbreviation}")
        return _R66_BY_LABEL.get(label, "")
    return _R66_BY_KIND.get(kind, "")
