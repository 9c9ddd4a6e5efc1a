"""The closed vocabularies of the territory context."""

from enum import StrEnum


class TerritoryKind(StrEnum):
    """What a territory is in law or in use."""

    CPTS = "cpts"
    EPCI = "epci"
    DEPARTEMENT = "departement"
    REGION = "region"
    LIVING_AREA = "bassin_de_vie"
    FREE = "libre"


class Group(StrEnum):
    """A ready-made set of communes: the value names the `Commune` field that holds its code."""

    EPCI = "epci"
    DEPARTEMENT = "departement"
    REGION = "region"
    LIVING_AREA = "living_area"


FICTIONAL = "fictif"
"""The `geography` of a pack whose communes do not exist."""
