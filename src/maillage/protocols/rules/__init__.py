"""Decisions of the protocols context: no framework."""
