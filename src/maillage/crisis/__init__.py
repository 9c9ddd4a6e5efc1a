"""A crisis in a territory: the cell that is opened, what it knows, whom it calls, what it closes on."""
