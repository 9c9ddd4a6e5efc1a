"""Reads of indicators: live rows of the other contexts, published values, imports."""
