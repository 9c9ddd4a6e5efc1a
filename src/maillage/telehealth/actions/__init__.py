"""Writes of the telehealth context, one aggregate a module."""
