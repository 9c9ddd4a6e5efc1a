"""Writes of the directory, one subject a module."""

from maillage.directory.actions.pack import StructureLoader, structure_loader

__all__ = ["StructureLoader", "structure_loader"]
