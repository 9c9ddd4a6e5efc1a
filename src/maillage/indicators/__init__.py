"""Indicators: one definition each, computed on live rows and on files of claims, published, compared."""
