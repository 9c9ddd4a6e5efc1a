"""Maillage: the operating system of a French primary-care territory."""

__version__ = "0.1.0"
