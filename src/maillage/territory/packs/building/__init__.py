"""Makes a data pack out of the files that public bodies publish, in the shapes in which they publish them.

`build` fetches them (what is there already is not fetched again), reads them and writes a pack; `update` says
what changed since. The files and their addresses are sourced rules (`sourced/sources.toml`).
"""

from maillage.territory.packs.building.making import BuildError, Built, build
from maillage.territory.packs.building.perimeter import UnknownTerritoryError
from maillage.territory.packs.building.sources import Source, UnknownSourceError, sources
from maillage.territory.packs.building.updating import SourceChange, Updated, update

__all__ = [
    "BuildError",
    "Built",
    "Source",
    "SourceChange",
    "UnknownSourceError",
    "UnknownTerritoryError",
    "Updated",
    "build",
    "sources",
    "update",
]
