"""Tests of the `listening` context."""
