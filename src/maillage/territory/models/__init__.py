"""Tables of the territory context, one aggregate a module."""

from maillage.territory.models.communes import Commune, CommuneContour, DepartmentWorkforce
from maillage.territory.models.packs import DataPack, PackArray
from maillage.territory.models.territories import Territory, TerritoryCommune

__all__ = [
    "Commune",
    "CommuneContour",
    "DataPack",
    "DepartmentWorkforce",
    "PackArray",
    "Territory",
    "TerritoryCommune",
]
