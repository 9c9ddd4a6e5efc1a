"""A country that does not exist, generated from a seed, so that everything runs without data or network.

Around a hundred communes of a fictional département 00: the sixty of Val-de-Brume, the demonstration
territory, and their neighbours. The files are those of a real pack and pass the same checks.
"""

from maillage.territory.packs.fictional.pack import write_pack

__all__ = ["write_pack"]
