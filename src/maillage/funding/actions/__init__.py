"""Writes of funding."""
