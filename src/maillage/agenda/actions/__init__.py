"""Writes of the agenda, one subject a module."""
