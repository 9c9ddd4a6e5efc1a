"""Pages of the health project."""
