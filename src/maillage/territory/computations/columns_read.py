"""Which columns of the data pack a diagnosis rests on: the list of sources that a report must give."""

from __future__ import annotations

from maillage.territory.computations import portrait_measures as portrait
from maillage.territory.computations import supply_measures as supply
from maillage.territory.computations.supplies import PROFESSIONS, SERVICES

PLACES = ("communes.lon", "communes.lat", "communes.surface_km2")
MEASURES = (
    *portrait.MAPPED,
    portrait.CHANGE_2017,
    portrait.SHARE_UNDER_16,
    portrait.BIRTHS,
    portrait.DEATHS,
    portrait.NATURAL_BALANCE,
    portrait.POVERTY,
    supply.OLDER_GPS,
    supply.SHARE_OLDER_GPS,
    supply.DENSITY_WITHOUT_OLDER_GPS,
)


def columns_read(profession: str = "gp") -> frozenset[str]:
    """Return the keys of the columns behind a diagnosis whose accessibility is that of `profession`."""
    chosen = PROFESSIONS[profession]
    measured = {column for measure in (*MEASURES, *portrait.BANDS) for column in measure.columns}
    dated = {column for column, _label in portrait.CURVE_COLUMNS}
    counted = {kind.column for kind in (*supply.PROFESSIONS, *supply.ESTABLISHMENTS)}
    reached = {chosen.supply, chosen.demand, chosen.reference, *(one.supply for one in SERVICES.values())}
    return frozenset({*PLACES, *measured, *dated, *counted, *reached})
