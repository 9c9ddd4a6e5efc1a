"""What the care context makes of its rows: documents."""
