"""The front door of the territory context: all that other contexts may use of it.

Communes and data packs (`current_atlas`, `import_pack`, `PackLoader`…), territories and their perimeters,
and the computations of a diagnosis, in the order of the report: `portrait`, `territory_supply`…
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
from maillage.territory.actions.flows import import_travel_matrix
from maillage.territory.actions.import_report import ImportReport
from maillage.territory.actions.pack_running import Tools as PackTools
from maillage.territory.actions.pack_running import run_works
from maillage.territory.actions.pack_works import recover_works, works_wait
from maillage.territory.actions.roads import RoadsRefusedError, import_roads
from maillage.territory.atlas import (
    Atlas,
    NoPackError,
    UnknownCommuneError,
    UnknownVariableError,
    Variable,
)
from maillage.territory.atlas import current as current_atlas
from maillage.territory.computations.access import Access, national_access
from maillage.territory.computations.access_diagnosis import AccessDiagnosis
from maillage.territory.computations.access_diagnosis import diagnose as diagnose_access
from maillage.territory.computations.access_figures import (
    access_figures,
    access_provenance,
    agreement_figure,
    travel_figures,
    travel_provenance,
)
from maillage.territory.computations.access_figures import formula as access_formula
from maillage.territory.computations.access_summary import Summary, summary
from maillage.territory.computations.catchments import (
    Balance,
    EmergencyCatchment,
    FlowLine,
    balance,
    emergency_catchments,
    main_lines,
)
from maillage.territory.computations.columns_read import columns_read
from maillage.territory.computations.comparable import TRAITS, Profile, profile
from maillage.territory.computations.comparisons import Area as ComparedArea
from maillage.territory.computations.comparisons import population
from maillage.territory.computations.journeys import Journeys, journeys_from
from maillage.territory.computations.needs import CRITERIA, Ranking, default_weights, rank
from maillage.territory.computations.needs_tables import needs_source
from maillage.territory.computations.observed_flows import Observed
from maillage.territory.computations.observed_flows import observed as observed_flows
from maillage.territory.computations.place_names import at as at_place
from maillage.territory.computations.place_names import of as of_place
from maillage.territory.computations.portrait import Portrait, portrait
from maillage.territory.computations.preparation import warm
from maillage.territory.computations.reference_comparison import (
    Reason,
    agreement,
    differences,
    published_below,
    ranks,
)
from maillage.territory.computations.retirement import Retirement, retirement
from maillage.territory.computations.road_areas import RoadAreas, band_label, has_roads, road_areas
from maillage.territory.computations.road_words import told_roads
from maillage.territory.computations.siting_answer import QuestionError, SitingAnswer, answer_siting
from maillage.territory.computations.supplies import SERVICES
from maillage.territory.computations.supply import TerritorySupply, territory_supply
from maillage.territory.computations.travel_times import nearest_service, remoteness, travel_bounds
from maillage.territory.computations.travel_words import travel_credit, travel_sentence
from maillage.territory.computations.white_zones import WhiteZone, white_zones
from maillage.territory.computations.white_zones import overlaps as supply_overlaps
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
from maillage.territory.packs.building import (
    BuildError,
    Built,
    SourceChange,
    UnknownSourceError,
    UnknownTerritoryError,
    Updated,
)
from maillage.territory.packs.building import build as build_pack
from maillage.territory.packs.building import update as update_pack
from maillage.territory.packs.fictional import write_pack as write_fictional_pack
from maillage.territory.packs.geography import check_places
from maillage.territory.queries import (
    Overlap,
    check_pack,
    codes_of_group,
    commune,
    contours,
    current_pack,
    drawing,
    feature_collection,
    former_codes,
    halo_positions,
    last_report,
    list_packs,
    member_codes,
    member_positions,
    names_of,
    overlaps,
    read_codes,
    search_communes,
    search_territories,
    territories,
    territories_of,
    territory,
    territory_or_404,
    with_group,
)
from maillage.territory.queries.holidays import holiday_names, holidays_kept, holidays_of
from maillage.territory.rules.holidays import HolidayCalendar, PublicHolidays, calendar_of
from maillage.territory.rules.kinds import FICTIONAL, Group, TerritoryKind

__all__ = [
    "CRITERIA",
    "FICTIONAL",
    "SERVICES",
    "TRAITS",
    "Access",
    "AccessDiagnosis",
    "Atlas",
    "Balance",
    "BuildError",
    "Built",
    "Column",
    "Commune",
    "ComparedArea",
    "DataPack",
    "Defect",
    "Defects",
    "EmergencyCatchment",
    "FlowLine",
    "Group",
    "HolidayCalendar",
    "ImportReport",
    "Journeys",
    "Kind",
    "Manifest",
    "NoPackError",
    "Observed",
    "OpenPack",
    "Overlap",
    "PackLoader",
    "PackRefusedError",
    "PackTools",
    "PerimeterError",
    "Portrait",
    "Profile",
    "Progress",
    "PublicHolidays",
    "QuestionError",
    "Ranking",
    "Reason",
    "Report",
    "Retirement",
    "RoadAreas",
    "RoadsRefusedError",
    "SitingAnswer",
    "SourceChange",
    "Summary",
    "Table",
    "Territory",
    "TerritoryKind",
    "TerritorySupply",
    "UnknownCommuneError",
    "UnknownSourceError",
    "UnknownTerritoryError",
    "UnknownVariableError",
    "Updated",
    "Variable",
    "WhiteZone",
    "access_figures",
    "access_formula",
    "access_provenance",
    "agreement",
    "agreement_figure",
    "answer_siting",
    "at_place",
    "balance",
    "band_label",
    "build_pack",
    "calendar_of",
    "change_perimeter",
    "check_pack",
    "check_places",
    "codes_of_group",
    "columns_read",
    "commune",
    "contours",
    "create_demonstration_territory",
    "create_territory",
    "current_atlas",
    "current_pack",
    "default_weights",
    "diagnose_access",
    "differences",
    "drawing",
    "emergency_catchments",
    "feature_collection",
    "former_codes",
    "halo_positions",
    "has_roads",
    "holiday_names",
    "holidays_kept",
    "holidays_of",
    "import_pack",
    "import_roads",
    "import_travel_matrix",
    "journeys_from",
    "last_report",
    "list_packs",
    "main_lines",
    "member_codes",
    "member_positions",
    "names_of",
    "national_access",
    "nearest_service",
    "needs_source",
    "observed_flows",
    "of_place",
    "overlaps",
    "population",
    "portrait",
    "profile",
    "published_below",
    "rank",
    "ranks",
    "read_codes",
    "recover_works",
    "remoteness",
    "rename",
    "retirement",
    "road_areas",
    "run_works",
    "search_communes",
    "search_territories",
    "summary",
    "supply_overlaps",
    "territories",
    "territories_of",
    "territory",
    "territory_or_404",
    "territory_supply",
    "told_roads",
    "travel_bounds",
    "travel_credit",
    "travel_figures",
    "travel_provenance",
    "travel_sentence",
    "update_pack",
    "warm",
    "white_zones",
    "with_group",
    "works_wait",
    "write_fictional_pack",
]
