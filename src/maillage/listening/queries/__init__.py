"""What listening reads."""
