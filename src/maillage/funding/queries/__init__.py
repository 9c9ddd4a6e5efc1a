"""Reads of funding."""
