"""Writes of the care context, one aggregate a module."""
