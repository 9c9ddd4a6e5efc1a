"""Writes of the roster, one subject a module."""
