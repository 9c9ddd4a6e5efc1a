"""Writes of prevention: each allowed by the circle of care or by a role, each in the journal."""
