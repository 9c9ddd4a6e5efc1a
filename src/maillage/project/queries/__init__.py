"""Reads of the health project."""
