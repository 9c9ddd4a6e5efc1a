"""Reads of the transitions context."""
