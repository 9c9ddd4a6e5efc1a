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
    OFFICE = "cabinet"
    ESP = "esp"
    ESS = "ess"
    CPTS = "cpts"
    DAC = "dac"
    LOCAL_HOSPITAL = "hopital_proximite"
    HAD = "had"
    SSIAD = "ssiad"
    PMI = "pmi"
    ASSOCIATION = "association"
    MUNICIPALITY = "commune"
    DUTY_HOUSE = "maison_garde"
    MOBILE_TEAM = "equipe_mobile"


PACK_KINDS = (
    StructureKind.HOSPITAL,
    StructureKind.EHPAD,
    StructureKind.EMERGENCY,
    StructureKind.MATERNITY,
    StructureKind.MSP,
    StructureKind.HEALTH_CENTRE,
    StructureKind.PHARMACY,
    StructureKind.LABORATORY,
)
"""What data packs bring; the other kinds come with imports and with the demonstration."""


class Origin(StrEnum):
    """Who brought a structure: a new data pack only retires what a pack brought."""

    PACK = "pack"
    IMPORT = "import"
    DEMONSTRATION = "demonstration"


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
    StructureKind.CPTS: "604",
    StructureKind.DAC: "606",
    StructureKind.LOCAL_HOSPITAL: "106",
    StructureKind.HAD: "127",
    StructureKind.SSIAD: "354",
    StructureKind.PMI: "223",
}
KIND_OF_R66 = {
    **dict.fromkeys(("101", "109", "128", "129", "131", "292", "355", "362", "365"), StructureKind.HOSPITAL),
    **{code: kind for kind, code in _R66_BY_KIND.items()},
}
"""Which kind each FINESS category is; categories that are not of first contact are absent."""

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
