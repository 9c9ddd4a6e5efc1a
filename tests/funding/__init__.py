"""Tests of the `funding` context."""
