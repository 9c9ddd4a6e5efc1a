"""Tests of the indicators context."""
