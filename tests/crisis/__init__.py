"""Tests of the `crisis` context."""
