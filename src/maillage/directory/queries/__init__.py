"""Reads of the directory that join several models."""

from maillage.directory.queries.structures import counts_by_kind, search_structures, structure, structures_in

__all__ = ["counts_by_kind", "search_structures", "structure", "structures_in"]
