"""Tests of the care context."""
