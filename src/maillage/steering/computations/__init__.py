"""Measures to the engine, and what they say."""
