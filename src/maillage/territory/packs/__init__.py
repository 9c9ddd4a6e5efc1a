"""Data packs: reading a folder, checking it, and saying precisely what is wrong with it.

A pack is a folder with a `manifest.json`, Parquet tables keyed by commune and a TopoJSON of outlines.
Nothing here writes, and nothing here knows the database.
"""

from maillage.territory.packs import variables
from maillage.territory.packs.checking import check, fingerprint_of
from maillage.territory.packs.contract import Manifest, OpenPack, PackLoader, Progress, Report, silent
from maillage.territory.packs.defects import Defect, Defects
from maillage.territory.packs.geometry import Contours
from maillage.territory.packs.schema import Column, Kind, Table

__all__ = [
    "Column",
    "Contours",
    "Defect",
    "Defects",
    "Kind",
    "Manifest",
    "OpenPack",
    "PackLoader",
    "Progress",
    "Report",
    "Table",
    "check",
    "fingerprint_of",
    "silent",
    "variables",
]
