"""Reads of prevention: campaigns, people whom a reader may see, what waits."""
