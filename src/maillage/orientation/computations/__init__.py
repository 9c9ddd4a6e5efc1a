"""Slot search for the desk: the index in memory, and the proposals it explains."""
