"""Governance of a territory: its bodies, their meetings, votes and decisions, cross trainings."""
