"""Reads of the space."""
