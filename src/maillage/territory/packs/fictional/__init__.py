"""A country that does not exist, generated from a seed, so that everything runs without data or network.

Around a hundred communes of a fictional département 00: the sixty of Val-de-Brume, the demonstration
territory, and their neighbours. The files are those of a real pack and pass the same checks.
"""

from __future__ import annotations

from pathlib import Path

SEED = 20_260_314


def write_pack(folder: Path, seed: int = SEED) -> Path:
    """Write the fictional pack of `seed` in `folder`, created if absent, and return `folder`.

    The same seed gives the same tables. Nothing is read, on the network or elsewhere.
    """
    # Here only: its tables are declared with the types of Polars, which no server process loads.
    from maillage.territory.packs.fictional import pack

    return pack.write(folder, seed)
