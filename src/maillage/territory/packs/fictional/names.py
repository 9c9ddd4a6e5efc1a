"""Names that sound like French communes and belong to none: a test compares them with the real ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TOWNS = ("Brumeval", "Port-Corvenne", "Aubrelieu", "Tournefaille", "Hautevaille-la-Neuve")
_BEGINNINGS = (
    "Aubre", "Bellaune", "Corvenne", "Dornille", "Escouvre", "Fauverre", "Gorvaise", "Jonquerre", "Landouvre",
    "Marvenne", "Nervaise", "Orgueille", "Perrouze", "Quintaure", "Rouvaille", "Sauverne", "Tournaise",
    "Vaudrelle", "Ysembre", "Clairvaize",
)  # fmt: skip
_ENDINGS = ("", "-le-Vieux", "-les-Aulnes", "-la-Combe", "-en-Brume", "-aux-Grives")
_SAINTS = (
    "Saint-Aubrelin", "Sainte-Corvine", "Saint-Dorvan", "Sainte-Fauvelle", "Saint-Gorlin", "Sainte-Morvane",
    "Saint-Perlaud", "Saint-Quintaud", "Sainte-Rouvine", "Saint-Vaudrin",
)  # fmt: skip


def make_names(towns: NDArray[np.int64], on_river: NDArray[np.bool_], rng: np.random.Generator) -> list[str]:
    """Return one name per commune, all different; the communes `towns` take the names of towns."""
    plain = [beginning + ending for ending in _ENDINGS for beginning in _BEGINNINGS]
    villages = [*_SAINTS, *plain[: len(on_river)]]
    pool = [str(name) for name in rng.permutation(villages)]
    names = []
    for position, by_water in enumerate(on_river.tolist()):
        rank = np.flatnonzero(towns == position)
        if len(rank):
            names.append(TOWNS[int(rank[0])])
            continue
        name = pool.pop()
        names.append(f"{name}-sur-Brume" if by_water and "-" not in name else name)
    return names
