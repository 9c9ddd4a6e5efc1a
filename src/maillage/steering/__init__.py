"""Steering a territory's project: what its measures changed, with a comparator or a warning."""
