"""Tests of governance: bodies, meetings, votes, decisions, trainings."""
