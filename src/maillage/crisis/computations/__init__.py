"""What a cell knows at an instant, as a report keeps it and as paper says it."""
