"""What rows of care have in common: they name a professional of the directory, or an account."""

from maillage.directory.api import NamesOne, names_one

__all__ = ["NamesOne", "names_one"]
