"""Writes of the territory context."""

from maillage.territory.actions.importing import PackRefusedError, import_pack
from maillage.territory.actions.territories import (
    PerimeterError,
    change_perimeter,
    create_demonstration_territory,
    create_territory,
    rename,
)

__all__ = [
    "PackRefusedError",
    "PerimeterError",
    "change_perimeter",
    "create_demonstration_territory",
    "create_territory",
    "import_pack",
    "rename",
]
