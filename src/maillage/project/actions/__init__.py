"""Writes of the health project."""
