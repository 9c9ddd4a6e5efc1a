"""Writes of the exchange context, one subject a module."""
