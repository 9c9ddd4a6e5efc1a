"""Writes of listening."""
