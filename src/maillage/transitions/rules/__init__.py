"""Decisions of the transitions context, without a framework or a database."""
