"""Reads of the protocols context."""
