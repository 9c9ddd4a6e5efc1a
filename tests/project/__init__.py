"""Tests of the `steering` context."""
