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


class TravelKind(StrEnum):
    """Where minutes come from; where several speak of the same two communes, the first decides."""

    IMPORTED = "imported"
    ROAD = "road"
    ESTIMATE = "estimate"


class Placing(StrEnum):
    """Where a commune was put on the road, the most exact first."""

    GIVEN = "given"
    HALL = "hall"
    SETTLEMENT = "settlement"
    CENTRE = "centre"


FICTIONAL = "fictif"
"""The `geography` of a pack whose communes do not exist."""

FICTIONAL_EPCIS = ("000000001", "000000002", "000000003")
"""The EPCI that make the fictional demonstration territory; the fictional pack has others around."""

RESERVED_SLUGS = frozenset({"nouveau", "donnees", "communes", "liste"})
"""Words that stand where a territory's slug would in an address."""
