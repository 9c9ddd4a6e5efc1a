"""Writes of the protocols context, one aggregate a module."""
