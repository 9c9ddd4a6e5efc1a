"""Writes of governance: each checked, journalled, safe to repeat."""
