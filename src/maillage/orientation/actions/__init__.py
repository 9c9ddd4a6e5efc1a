"""Writes of the desk."""
