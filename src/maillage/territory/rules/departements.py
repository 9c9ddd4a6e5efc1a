"""The départements of France and their regions, known before any data pack is there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Departement:
    """A département by its code and name, with those of its region."""

    code: str
    name: str
    region: str
    region_name: str


@cache
def departements() -> tuple[Departement, ...]:
    """Return every département, by code.

    >>> len(departements()), departements()[0].name, departements()[-1].region
    (101, 'Ain', '06')
    """
    text = resources.files(__package__).joinpath("departements.txt").read_text(encoding="utf-8")
    return tuple(
        Departement(*line.split(";")) for line in text.splitlines() if line and not line.startswith("#")
    )


def regions() -> dict[str, str]:
    """Return the name of each region by code.

    >>> len(regions()), regions()["27"]
    (18, 'Bourgogne-Franche-Comté')
    """
    return {one.region: one.region_name for one in departements()}
