"""Tables of the territory context, one aggregate a module."""

from maillage.territory.models.communes import Commune, CommuneContour, DepartmentWorkforce
from maillage.territory.models.diagnosis import Diagnosis, TravelMatrix
from maillage.territory.models.flows import FlowDataset, FlowRow
from maillage.territory.models.pack_works import WORK_LABELS, PackWork
from maillage.territory.models.packs import DataPack, PackArray
from maillage.territory.models.scenario import Scenario, ScenarioChange
from maillage.territory.models.territories import KIND_LABELS, Territory, TerritoryCommune

__all__ = [
    "KIND_LABELS",
    "WORK_LABELS",
    "Commune",
    "CommuneContour",
    "DataPack",
    "DepartmentWorkforce",
    "Diagnosis",
    "FlowDataset",
    "FlowRow",
    "PackArray",
    "PackWork",
    "Scenario",
    "ScenarioChange",
    "Territory",
    "TerritoryCommune",
    "TravelMatrix",
]
