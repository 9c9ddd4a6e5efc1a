"""Writes of crisis cells."""
