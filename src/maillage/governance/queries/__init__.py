"""Reads of governance that join several tables."""
