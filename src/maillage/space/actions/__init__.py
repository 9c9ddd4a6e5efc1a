"""Writes of the space: each is an action."""
