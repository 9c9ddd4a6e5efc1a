"""The front door of the territory context: all that other contexts may use of it.

Communes and data packs (`current_atlas`, `import_pack`, `PackLoader`…), territories and their perimeters.
"""

from maillage.territory.actions import (
    PackRefusedError,
    PerimeterError,
    change_perimeter,
    create_demonstration_territory,
    create_territory,
    import_pack,
    rename,
)
from maillage.territory.actions.import_report import ImportReport
from maillage.territory.atlas import (
    Atlas,
    NoPackError,
    UnknownCommuneError,
    UnknownVariableError,
    Variable,
)
from maillage.territory.atlas import current as current_atlas
from maillage.territory.computations.preparation import warm
from maillage.territory.models import Commune, DataPack, Territory
from maillage.territory.packs import (
    Column,
    Defect,
    Defects,
    Kind,
    Manifest,
    OpenPack,
    PackLoader,
    Progress,
    Report,
    Table,
)
from maillage.territory.packs import check as check_pack
from maillage.territory.packs.fictional import write_pack as write_fictional_pack
from maillage.territory.packs.geography import check_places
from maillage.territory.queries import (
    Overlap,
    codes_of_group,
    commune,
    contours,
    current_pack,
    feature_collection,
    halo_positions,
    last_report,
    list_packs,
    member_codes,
    member_positions,
    overlaps,
    search_communes,
    search_territories,
    territories,
    territories_of,
    territory,
)
from maillage.territory.rules.kinds import Group, TerritoryKind
from maillage.territory.rules.search import normalise, search_key

__all__ = [
    "Atlas",
    "Column",
    "Commune",
    "DataPack",
    "Defect",
    "Defects",
    "Group",
    "ImportReport",
    "Kind",
    "Manifest",
    "NoPackError",
    "OpenPack",
    "Overlap",
    "PackLoader",
    "PackRefusedError",
    "PerimeterError",
    "Progress",
    "Report",
    "Table",
    "Territory",
    "TerritoryKind",
    "UnknownCommuneError",
    "UnknownVariableError",
    "Variable",
    "change_perimeter",
    "check_pack",
    "check_places",
    "codes_of_group",
    "commune",
    "contours",
    "create_demonstration_territory",
    "create_territory",
    "current_atlas",
    "current_pack",
    "feature_collection",
    "halo_positions",
    "import_pack",
    "last_report",
    "list_packs",
    "member_codes",
    "member_positions",
    "normalise",
    "overlaps",
    "rename",
    "search_communes",
    "search_key",
    "search_territories",
    "territories",
    "territories_of",
    "territory",
    "warm",
    "write_fictional_pack",
]
