"""What `--territory` names: the communes of it, its départements, and those within reach of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from maillage.kernel.later import polars as pl
from maillage.kernel.names import place_name
from maillage.kernel.sourced_rules import rule
from maillage.territory.rules.kinds import Group
from maillage.territory.rules.naming import EVERYWHERE, named

_KM_PER_DEGREE = 111.2


class UnknownTerritoryError(ValueError):
    """A territory that is none; the message (French) says what may be written."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The communes of a territory, its départements (`own`), and those with a commune in reach of it too."""

    codes: frozenset[str]
    own: frozenset[str]
    departements: frozenset[str]


def extent(communes: pl.DataFrame, territory: str) -> Extent:
    """Return what `territory` names among `communes`: départements (71, 2A), EPCI (nine figures), regions
    (region:27, or by name), « france », separated by commas. Raises UnknownTerritoryError."""
    words = named(territory)
    if not words:
        raise UnknownTerritoryError(_refusal(territory))
    picked = communes.select(pl.any_horizontal(_of(*word, communes) for word in words)).to_series()
    codes = communes["code"].filter(picked)
    own = frozenset(communes["departement"].filter(picked))
    return Extent(frozenset(codes), own, own | _around(communes, picked))


def _of(group: Group | None, code: str, communes: pl.DataFrame) -> pl.Expr:
    """Return which communes a word names. Raises UnknownTerritoryError where it names none."""
    if group is None and code.lower() == EVERYWHERE:
        return pl.lit(value=True)
    if group is Group.EPCI and "epci" not in communes.columns:
        raise UnknownTerritoryError(
            _(
                "« %s » est un EPCI, et le fichier des EPCI manque. Donnez-le par --source epci=…, ou nommez "
                "le département."
            )
            % code
        )
    if group is None:
        names = {name for name in communes["nom_region"].unique() if place_name(name) == place_name(code)}
        found = pl.col("nom_region").is_in(sorted(names))
    else:
        found = pl.col(group.value) == code
    if not communes.select(found.fill_null(value=False).any()).item():
        raise UnknownTerritoryError(_refusal(code))
    return found.fill_null(value=False)


def _refusal(word: str) -> str:
    return (
        _(
            "« %s » n’est pas un territoire connu : écrivez des départements (71,03), des EPCI par leur "
            "SIREN "
            "(200071884), des régions (region:27 ou Bretagne), ou france."
        )
        % word
    )


def _around(communes: pl.DataFrame, picked: pl.Series) -> frozenset[str]:
    """Return the départements that have a commune within the halo of a picked one."""
    from scipy.spatial import KDTree

    km = float(rule("territory.perimeter.halo").value)
    if picked.all():
        return frozenset(communes["departement"])
    lon, lat = communes["lon"].to_numpy(), communes["lat"].to_numpy()
    inside = picked.to_numpy()
    scale = np.cos(np.radians(np.median(lat[inside])))
    places = np.column_stack([lon * scale, lat]) * _KM_PER_DEGREE
    near, _nearest = KDTree(places[inside]).query(places, distance_upper_bound=km)
    reached: Sequence[str] = communes["departement"].filter(pl.Series(np.isfinite(near))).to_list()
    return frozenset(reached)
