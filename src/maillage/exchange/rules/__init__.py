"""Channels, quiet hours, texts and their length as rules: no framework. Each module is one subject."""
