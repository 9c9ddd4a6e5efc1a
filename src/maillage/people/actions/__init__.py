"""Writes of the people context, one subject a module."""
