"""Writes of the transitions context."""
