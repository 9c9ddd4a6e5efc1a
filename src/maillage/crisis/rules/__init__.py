"""What a crisis cell decides, without a framework."""
