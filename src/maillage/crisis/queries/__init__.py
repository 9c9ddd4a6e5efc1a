"""Reads of crisis cells."""
