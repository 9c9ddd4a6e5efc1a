"""Data packs: reading a folder, checking it, and saying precisely what is wrong with it.

A pack is a folder with a `manifest.json`, Parquet tables keyed by commune and a TopoJSON of outlines.
Nothing here writes, and nothing here knows the database.
"""

from maillage.territory.packs.checking import check
from maillage.territory.packs.contract import OpenPack, PackLoader, Progress, silent
from maillage.territory.packs.defects import Defect, Defects, Report
from maillage.territory.packs.geometry import Contours
from maillage.territory.packs.schema import Column, Kind, Table

__all__ = [
    "Column",
    "Contours",
    "Defect",
    "Defects",
    "Kind",
    "OpenPack",
    "PackLoader",
    "Progress",
    "Report",
    "Table",
    "check",
    "silent",
]
