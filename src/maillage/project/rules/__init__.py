"""Rules of the health project: no framework."""
