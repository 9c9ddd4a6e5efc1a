"""What steering decides, without a framework."""
