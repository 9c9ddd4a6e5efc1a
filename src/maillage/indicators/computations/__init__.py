"""Counted rows to values: definitions, engines, figures."""
