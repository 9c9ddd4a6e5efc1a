"""What listening decides, without a framework."""
