"""Fixtures of the directory context."""

from tests.packs import coordinator, fictional_country, fictional_pack, national_pack, pack_copy, patient

__all__ = ["coordinator", "fictional_country", "fictional_pack", "national_pack", "pack_copy", "patient"]
