"""Rules of the space: no framework."""
