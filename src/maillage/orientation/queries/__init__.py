"""Reads of the desk."""

from maillage.orientation.queries.desk import last_event

__all__ = ["last_event"]
