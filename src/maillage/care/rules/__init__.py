"""Rules of care: no framework."""
