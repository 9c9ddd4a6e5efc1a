"""Reads of the people context, each of which leaves a line in the access log."""
